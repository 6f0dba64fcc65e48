import { spawn } from "node:child_process";
import { FlvReader, type FlvTag } from "@footlight/protocols/flv/flv-file.ts";
import { splitAnnexB, toLengthPrefixed } from "@footlight/protocols/h264/nal.ts";
import { hevcNalTypeOf } from "@footlight/protocols/hevc/hevc-config.ts";

const FFMPEG = "/usr/bin/ffmpeg";

/** Runs ffmpeg with media on its pipes; rejects with its last words. For short pieces: all in memory. */
export function runFfmpeg(args: readonly string[], input?: Uint8Array, ffmpeg = FFMPEG): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(ffmpeg, ["-v", "error", "-nostdin", ...args], { stdio: ["pipe", "pipe", "pipe"] });
    const out: Buffer[] = [];
    let words = "";
    child.stdout.on("data", (data: Buffer) => out.push(data));
    child.stderr.on("data", (data: Buffer) => {
      words = (words + data.toString()).slice(-2_000);
    });
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(Buffer.concat(out));
      else reject(new Error(`ffmpeg ended with ${code}: ${words}`));
    });
  });
}

/** ffmpeg's input and codec arguments → the FLV tags of its output (H.264, AAC, script data). */
export async function flvTags(args: readonly string[]): Promise<FlvTag[]> {
  return new FlvReader().push(await runFfmpeg([...args, "-f", "flv", "pipe:1"]));
}

/** A moving picture with a tone: `seconds` of H.264 with B-frames and a 1 s GOP, and AAC. */
export function testTags(options: {
  readonly seconds: number;
  readonly size?: string;
  readonly fps?: number;
}): Promise<FlvTag[]> {
  const { seconds, size = "320x180", fps = 30 } = options;
  return flvTags([
    ...["-f", "lavfi", "-i", `testsrc=size=${size}:rate=${fps}`],
    ...["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"],
    ...["-t", String(seconds), "-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", String(fps)],
    ...["-pix_fmt", "yuv420p", "-c:a", "aac", "-ac", "2"],
  ]);
}

/**
 * HEVC as Enhanced RTMP v1 tags (`hvc1`), without B-frames, a keyframe each second: Debian's ffmpeg 5.1
 * cannot put it into FLV itself.
 */
export async function hevcTags(options: {
  readonly seconds: number;
  readonly size?: string;
  readonly fps?: number;
}): Promise<FlvTag[]> {
  const { seconds, size = "320x180", fps = 30 } = options;
  const params = `log-level=none:bframes=0:keyint=${fps}:min-keyint=${fps}:scenecut=0:info=0`;
  const mp4 = await runFfmpeg([
    ...["-f", "lavfi", "-i", `testsrc=size=${size}:rate=${fps}`, "-t", String(seconds)],
    ...["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", params, "-pix_fmt", "yuv420p"],
    ...["-tag:v", "hvc1", "-f", "mp4", "-movflags", "frag_keyframe+empty_moov", "pipe:1"],
  ]);
  const annexB = await runFfmpeg(
    [
      "-i",
      "pipe:0",
      "-c",
      "copy",
      "-bsf:v",
      "hevc_mp4toannexb,hevc_metadata=aud=insert",
      "-f",
      "hevc",
      "pipe:1",
    ],
    mp4,
  );
  const frames: Uint8Array[][] = [];
  for (const nal of splitAnnexB(annexB)) {
    if (hevcNalTypeOf(nal) === 35) frames.push([]);
    frames.at(-1)?.push(nal);
  }
  return enhancedTags({
    fourCc: "hvc1",
    config: boxBody(mp4, "hvcC"),
    fps,
    frames: frames.map((nals) => ({
      keyframe: nals.some((nal) => hevcNalTypeOf(nal) >= 16 && hevcNalTypeOf(nal) <= 21),
      data: toLengthPrefixed(nals),
    })),
  });
}

/** AV1 as Enhanced RTMP v1 tags (`av01`), a keyframe first only. */
export async function av1Tags(options: {
  readonly frames: number;
  readonly size?: string;
  readonly fps?: number;
}): Promise<FlvTag[]> {
  const { frames, size = "160x90", fps = 30 } = options;
  const mp4 = await runFfmpeg([
    ...["-f", "lavfi", "-i", `testsrc=size=${size}:rate=${fps}`, "-frames:v", String(frames)],
    ...["-pix_fmt", "yuv420p", "-c:v", "libaom-av1", "-cpu-used", "8", "-usage", "realtime"],
    ...["-f", "mp4", "-movflags", "frag_keyframe+delay_moov", "pipe:1"],
  ]);
  const ivf = await runFfmpeg(["-i", "pipe:0", "-c", "copy", "-f", "ivf", "pipe:1"], mp4);
  const units: { keyframe: boolean; data: Buffer }[] = [];
  // IVF: a 32-byte header, then 12 bytes (size, time) before each temporal unit.
  for (let at = 32; at < ivf.length; ) {
    const size = ivf.readUInt32LE(at);
    units.push({ keyframe: units.length === 0, data: ivf.subarray(at + 12, at + 12 + size) });
    at += 12 + size;
  }
  return enhancedTags({ fourCc: "av01", config: boxBody(mp4, "av1C"), fps, frames: units });
}

/** Enhanced RTMP v1 bodies: SequenceStart, then one CodedFramesX (no composition time) a frame. */
export function enhancedTags(source: {
  readonly fourCc: string;
  readonly config: Uint8Array;
  readonly fps: number;
  readonly frames: readonly { readonly keyframe: boolean; readonly data: Uint8Array }[];
}): FlvTag[] {
  const body = (first: number, data: Uint8Array): Buffer =>
    Buffer.concat([Buffer.from([first]), Buffer.from(source.fourCc), data]);
  // AV1 has no composition time in any packet; its plain form is CodedFrames.
  const packetType = source.fourCc === "av01" ? 1 : 3;
  return [
    { type: 9, timestamp: 0, body: body(0x90, source.config) },
    ...source.frames.map(({ keyframe, data }, index) => ({
      type: 9,
      timestamp: Math.round((index * 1000) / source.fps),
      body: body((keyframe ? 0x90 : 0xa0) | packetType, data),
    })),
  ];
}

function boxBody(mp4: Buffer, name: string): Buffer {
  const at = mp4.indexOf(name);
  if (at < 4) throw new Error(`no ${name} box`);
  return mp4.subarray(at + 4, at - 4 + mp4.readUInt32BE(at - 4));
}
