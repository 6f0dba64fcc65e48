import { quoted, tag } from "./attributes.ts";

export interface AudioTrackEntry {
  readonly uri: string;
  readonly codec: string;
  readonly channels: number;
  /** Peak and average of its segments, bits a second. */
  readonly peakBps: number;
  readonly averageBps: number;
}

export interface VideoVariantEntry {
  readonly uri: string;
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  /** Of the picture alone; the sound is added here. */
  readonly peakBps: number;
  readonly averageBps: number;
}

export interface MultivariantPlaylist {
  /** Best first. */
  readonly videos: readonly VideoVariantEntry[];
  readonly audio: AudioTrackEntry | undefined;
  /** Facts for players by name in reverse DNS order (EXT-X-SESSION-DATA). */
  readonly sessionData?: Readonly<Record<string, string>>;
}

const AUDIO_GROUP = "audio";
/** Apple's authoring rule 9.12/9.13: the default variant over the open internet is the one near 2 Mbit/s. */
const FIRST_VARIANT_BPS = 2_000_000;

/**
 * RFC 8216bis §4.4.6. The first variant is where AVPlayer and many set-top players begin, so the rung
 * nearest to 2 Mbit/s comes first; the others follow, best first. hls.js sorts for itself and
 * ffmpeg takes the best, wherever they stand.
 */
export function writeMultivariantPlaylist(playlist: MultivariantPlaylist): string {
  const { videos, audio } = playlist;
  const lines = ["#EXTM3U", "#EXT-X-VERSION:6", "#EXT-X-INDEPENDENT-SEGMENTS"];
  for (const [id, value] of Object.entries(playlist.sessionData ?? {})) {
    lines.push(tag("SESSION-DATA", { "DATA-ID": quoted(id), VALUE: quoted(value) }));
  }
  if (audio !== undefined && videos.length > 0) {
    lines.push(
      tag("MEDIA", {
        TYPE: "AUDIO",
        "GROUP-ID": quoted(AUDIO_GROUP),
        NAME: quoted("Sound"),
        DEFAULT: "YES",
        AUTOSELECT: "YES",
        CHANNELS: quoted(String(audio.channels)),
        URI: quoted(audio.uri),
      }),
    );
  }
  for (const video of startFirst(videos)) {
    lines.push(
      tag("STREAM-INF", {
        ...bandwidths(video.peakBps + (audio?.peakBps ?? 0), video.averageBps + (audio?.averageBps ?? 0)),
        CODECS: quoted([video.codec, ...(audio === undefined ? [] : [audio.codec])].join(",")),
        RESOLUTION: `${video.width}x${video.height}`,
        "FRAME-RATE": video.frameRate.toFixed(3),
        AUDIO: audio === undefined ? undefined : quoted(AUDIO_GROUP),
        "CLOSED-CAPTIONS": "NONE",
      }),
      video.uri,
    );
  }
  if (videos.length === 0 && audio !== undefined) {
    // Sound alone: the variant is the audio itself, without a group (§4.4.6.2.1).
    lines.push(
      tag("STREAM-INF", { ...bandwidths(audio.peakBps, audio.averageBps), CODECS: quoted(audio.codec) }),
      audio.uri,
    );
  }
  return `${lines.join("\n")}\n`;
}

/** Rounded up to 10 kbit/s, so that the playlist (and its ETag) changes seldom. */
function bandwidths(peakBps: number, averageBps: number) {
  const round = (bps: number): number => Math.max(1, Math.ceil(bps / 10_000)) * 10_000;
  return { BANDWIDTH: round(peakBps), "AVERAGE-BANDWIDTH": Math.min(round(averageBps), round(peakBps)) };
}

function startFirst(videos: readonly VideoVariantEntry[]): readonly VideoVariantEntry[] {
  const distance = (video: VideoVariantEntry): number =>
    Math.abs(Math.log(Math.max(1, video.averageBps) / FIRST_VARIANT_BPS));
  const start = videos.reduce<VideoVariantEntry | undefined>(
    (best, video) => (best === undefined || distance(video) < distance(best) ? video : best),
    undefined,
  );
  return start === undefined ? videos : [start, ...videos.filter((video) => video !== start)];
}
