import { avcCodecString, buildAvcConfig } from "@footlight/protocols/h264/avc-config.ts";
import { NalType, nalTypeOf, splitAnnexB, toLengthPrefixed } from "@footlight/protocols/h264/nal.ts";
import { runJob } from "../../platform/ffmpeg/one-shot.ts";
import type { VideoTrack } from "../../stream/unit.ts";
import { drawCard, type Size } from "./card.ts";

export const STILL_FPS = 30;
/** As short as keyframes may come: who joins, and whoever looks for the stream's grid, waits for two of them. */
const GOP_S = 1;
const TIMEOUT_MS = 10_000;
const UNKNOWN: Size = { width: 1_280, height: 720 };

/** One GOP that shows a still picture, to be sent again and again. */
export interface Still {
  readonly track: VideoTrack;
  readonly frames: readonly Uint8Array[];
}

/** Encodes the slate of a channel, of the size of the picture that it takes the place of. */
export async function encodeStill(
  ffmpegPath: string,
  username: string,
  size: Size | undefined,
): Promise<Still> {
  const { width, height } = evenSize(size ?? UNKNOWN);
  const frames = STILL_FPS * GOP_S;
  const coded = await runJob({
    path: ffmpegPath,
    input: { bytes: drawCard({ width, height }, username) },
    inputOptions: [
      ...["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", `${width}x${height}`],
      ...["-framerate", String(STILL_FPS), "-threads", "1"],
    ],
    outputOptions: [
      ...["-vf", `loop=loop=${frames - 1}:size=1:start=0`, "-frames:v", String(frames)],
      // No browser refuses this profile, so it goes to the ultra tier as it is.
      ...["-c:v", "libx264", "-profile:v", "baseline", "-preset", "veryfast", "-crf", "18", "-threads", "1"],
      ...["-g", String(frames), "-sc_threshold", "0", "-x264-params", "aud=1", "-f", "h264"],
    ],
    timeoutMs: TIMEOUT_MS,
    maxBytes: 8 * 1024 * 1024,
  });
  return asStill(coded, { width, height });
}

function asStill(coded: Uint8Array, size: Size): Still {
  const units: Uint8Array[][] = [];
  for (const nal of splitAnnexB(coded)) {
    if (nalTypeOf(nal) === NalType.aud) units.push([]);
    else units.at(-1)?.push(nal);
  }
  const sets = (type: number) => (units[0] ?? []).filter((nal) => nalTypeOf(nal) === type);
  const config = buildAvcConfig(sets(NalType.sps), sets(NalType.pps));
  const isSlice = (nal: Uint8Array) => nalTypeOf(nal) === NalType.slice || nalTypeOf(nal) === NalType.idr;
  return {
    track: {
      ...{ kind: "video", codec: "h264", config, ...size },
      ...{ claimedFrameRate: { num: STILL_FPS, den: 1 }, codecString: avcCodecString(config) },
    },
    frames: units.map((nals) => toLengthPrefixed(nals.filter(isSlice))),
  };
}

/** 4:2:0 halves both sides. */
const evenSize = ({ width, height }: Size): Size => ({
  width: Math.max(2, width & ~1),
  height: Math.max(2, height & ~1),
});
