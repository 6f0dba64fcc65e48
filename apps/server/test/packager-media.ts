import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { readBoxes, readChunks, readInitSegment } from "@footlight/protocols/fmp4/reader.ts";
import type { MediaSink, Rendition, RenditionUnit } from "../src/stream/media-sink.ts";

/** Real encoder output as a transcoder would hand it over: made once by ffmpeg, fed as fast as wanted. */
export const run = promisify(execFile);

export interface EncodedRendition {
  readonly rendition: Rendition;
  readonly config: Uint8Array;
  readonly units: readonly RenditionUnit[];
}

export interface EncodeOptions {
  readonly name: string;
  readonly size: string;
  readonly fps: string;
  readonly seconds: number;
  readonly gop: number;
  readonly bFrames: number;
  readonly passthrough?: boolean;
  readonly extra?: readonly string[];
}

export async function encodeVideo(options: EncodeOptions): Promise<EncodedRendition> {
  const [width, height] = options.size.split("x").map(Number);
  const [num, den] = options.fps.split("/").map(Number);
  const { config, units } = await encode([
    ...["-f", "lavfi", "-i", `testsrc2=size=${options.size}:rate=${options.fps}:duration=${options.seconds}`],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-b:v", "400k"],
    ...["-g", String(options.gop), "-keyint_min", String(options.gop), "-sc_threshold", "0"],
    ...["-bf", String(options.bFrames), ...(options.extra ?? [])],
  ]);
  const frame90k = (90_000 * (den ?? 1)) / (num ?? 30);
  const passthrough = options.passthrough ?? false;
  return {
    rendition: {
      kind: "video",
      name: options.name,
      width: width ?? 0,
      height: height ?? 0,
      frameRate: { num: num ?? 30, den: den ?? 1 },
      bitrateBps: 400_000,
      passthrough,
    },
    config,
    units: units.map((unit) => ({ ...unit, duration90k: passthrough ? undefined : frame90k })),
  };
}

export async function encodeAudio(seconds: number, sampleRate = 48_000): Promise<EncodedRendition> {
  const { config, units } = await encode([
    ...["-f", "lavfi", "-i", `sine=frequency=440:sample_rate=${sampleRate}:duration=${seconds}`],
    ...["-c:a", "aac", "-b:a", "64k", "-ac", "2"],
  ]);
  return {
    rendition: { kind: "audio", name: "audio", sampleRate, channels: 2, bitrateBps: 64_000 },
    config,
    units: units.map((unit) => ({ ...unit, duration90k: (1024 * 90_000) / sampleRate })),
  };
}

async function encode(args: readonly string[]): Promise<{ config: Uint8Array; units: RenditionUnit[] }> {
  const folder = await mkdtemp(join(tmpdir(), "packager-"));
  try {
    const file = join(folder, "out.mp4");
    const flags = "frag_keyframe+empty_moov+default_base_moof";
    await run("ffmpeg", ["-v", "error", ...args, "-use_editlist", "0", "-movflags", flags, file]);
    const bytes = await readFile(file);
    const headers = readBoxes(bytes).filter((box) => box.type === "ftyp" || box.type === "moov");
    const init = readInitSegment(
      Buffer.concat(headers.map((box) => bytes.subarray(box.offset, box.offset + box.size))),
    );
    const ticks = (time: number): number => Math.round((time * 90_000) / init.timescale);
    const samples = readChunks(bytes).flatMap((chunk) => chunk.samples);
    // ffmpeg without an edit list moves everything by the reorder delay: take it off again.
    const shift = Math.min(...samples.map((sample) => sample.presentationTime));
    const units = samples.map((sample) => ({
      dts90k: ticks(sample.decodeTime - shift),
      pts90k: ticks(sample.presentationTime - shift),
      duration90k: undefined,
      keyframe: sample.sync,
      data: sample.data,
    }));
    return { config: Buffer.from(init.config), units };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Feeds all renditions side by side in the order of their decode times, moved by `offset90k`. */
export function feed(sink: MediaSink, renditions: readonly EncodedRendition[], offset90k = 0): void {
  for (const each of renditions) sink.configure(each.rendition.name, each.config);
  const all = renditions.flatMap((each) => each.units.map((unit) => ({ name: each.rendition.name, unit })));
  all.sort((a, b) => a.unit.dts90k - b.unit.dts90k);
  for (const { name, unit } of all) {
    sink.push(name, { ...unit, dts90k: unit.dts90k + offset90k, pts90k: unit.pts90k + offset90k });
  }
}
