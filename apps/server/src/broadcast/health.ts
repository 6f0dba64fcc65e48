import type { Advice, StreamHealth } from "@footlight/shared";
import type { PublisherView } from "../stream/live-stream.ts";
import type { TranscodeStats } from "../transcode/stats.ts";

/** No media for so long, and the streamer should know. */
const SILENT_MS = 3_000;
/** Of a rate of 30: two seconds of frames missing are worth a word. */
const MANY_MISSING = 60;

/** What the dashboard shows of a running stream, from what the hub and the transcoder measured. */
export function streamHealth(
  publisher: PublisherView,
  transcode: TranscodeStats | undefined,
  storageFull: boolean,
): StreamHealth {
  const { tracks, measure, request } = publisher;
  const decided = transcode?.state === "running";
  return {
    protocol: request.protocol,
    encoder: request.encoder ?? null,
    videoCodec: tracks.video?.codecString ?? null,
    audioCodec: tracks.audio?.codecString ?? null,
    width: tracks.video?.width ?? null,
    height: tracks.video?.height ?? null,
    fps: measure.fps === undefined ? null : Math.round(measure.fps * 100) / 100,
    videoBitrateBps: measure.videoBitrateBps,
    audioBitrateBps: measure.audioBitrateBps,
    gopS: measure.gopS ?? null,
    gopMaxS: measure.gopMaxS ?? null,
    missingFrames: publisher.missingFrames,
    passthrough: decided && tracks.video !== undefined ? transcode.passthrough : null,
    renditions: (transcode?.renditions ?? []).map((rendition) => ({
      name: rendition.name,
      resolution: rendition.kind === "video" ? `${rendition.width}x${rendition.height}` : "",
      bitrateBps: rendition.bitrateBps,
    })),
    transcodeSpeed: transcode?.speed ?? null,
    advice: advise(publisher, transcode, storageFull),
  };
}

function advise(
  publisher: PublisherView,
  transcode: TranscodeStats | undefined,
  storageFull: boolean,
): Advice[] {
  const { tracks, measure } = publisher;
  const advice: Advice[] = [];
  if (transcode?.reencodeReason === "keyframes" || transcode?.reencodeReason === "keyframe_missing") {
    advice.push("irregular_keyframes");
  }
  if (transcode?.reencodeReason === "codec" || transcode?.reencodeReason === "profile") {
    advice.push("codec_reencoded");
  }
  if (publisher.missingFrames >= MANY_MISSING) advice.push("frames_missing");
  if (measure.idleMs > SILENT_MS) advice.push("bitrate_unsteady");
  if (tracks.audio === undefined) advice.push("no_audio");
  if (tracks.video === undefined) advice.push("no_video");
  if ((transcode?.rungsDropped.length ?? 0) > 0) advice.push("rung_dropped");
  if (storageFull) advice.push("storage_full");
  return advice;
}
