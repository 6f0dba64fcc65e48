import { execFile } from "node:child_process";
import { buildAdtsHeader } from "@footlight/protocols/aac/adts.ts";
import { parseAvcConfig } from "@footlight/protocols/h264/avc-config.ts";
import { toAnnexB } from "@footlight/protocols/h264/nal.ts";
import { expect, it } from "vitest";
import type { RenditionUnit } from "../src/stream/media-sink.ts";
import { BUNDLED_FFMPEG, material, transcode } from "./transcode-harness.ts";

/** Flash and beep once a second, through the whole chain, and each decoded again: where are they now? */
const PICTURE = `-f lavfi -i "color=black:s=320x180:r=30,drawbox=color=white:t=fill:enable='lt(mod(t\\,1)\\,0.1)'"`;
const beep = (rate: number) => `-f lavfi -i "aevalsrc=0.8*sin(2*PI*1000*t)*lt(mod(t\\,1)\\,0.1):s=${rate}"`;

type Timed = Pick<RenditionUnit, "pts90k" | "data">;

it.each([
  ["44.1 kHz mono, passed through", 44_100, 1, "-g 60 -bf 0", "low"],
  ["44.1 kHz mono, B-frames, re-encoded with B-frames", 44_100, 1, "-g 250 -bf 3", "standard"],
  ["48 kHz stereo, B-frames, re-encoded without", 48_000, 2, "-g 250 -bf 2", "low"],
] as const)("flash and beep stay where they were: %s", async (_, rate, channels, gop, latencyMode) => {
  const source = await material(
    `${PICTURE} ${beep(rate)} -t 5 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -sc_threshold 0 ${gop} -c:a aac -ac ${channels}`,
    { width: 320, height: 180, sampleRate: rate, channels, start90k: 1_000_000 },
  );
  const { runs } = await transcode(source, { num: 30, den: 1 }, { latencyMode });
  const run = runs[0];
  if (run === undefined) throw new Error("nothing came out");
  const soundIn = source.units.filter((unit) => unit.kind === "audio");
  const beepsIn = await beeps(soundIn, rate, channels);
  const beepsOut = await beeps(run.units.get("audio") ?? [], 48_000, 2);
  const videoIn = source.units.filter((unit) => unit.kind === "video");
  const flashesIn = await flashes(videoIn, source.tracks.video?.config);
  expect(beepsIn.length).toBeGreaterThanOrEqual(4);
  expect(flashesIn.length).toBeGreaterThanOrEqual(4);
  expectSame(beepsOut, beepsIn, 0.003);
  for (const { name, kind } of run.renditions) {
    if (kind === "audio") continue;
    expectSame(await flashes(run.units.get(name) ?? [], run.configs.get(name)), flashesIn, 0.0005);
  }
});

/** Seconds; the first event may stand before a run's start. */
function expectSame(got: readonly number[], wanted: readonly number[], withinS: number): void {
  const rest = wanted.slice(-4);
  const last = got.slice(-4);
  for (const [i, second] of rest.entries())
    expect(Math.abs((last[i] ?? 0) - second)).toBeLessThanOrEqual(withinS);
}

async function beeps(units: readonly Timed[], rate: number, channels: number): Promise<number[]> {
  const adts = units.flatMap(({ data }) => [
    buildAdtsHeader({ objectType: 2, sampleRate: rate, channels }, data.length),
    data,
  ]);
  const pcm = await ffmpeg(
    ["-f", "aac", "-i", "pipe:0", "-f", "s16le", "-ac", "1", "pipe:1"],
    Buffer.concat(adts),
  );
  const start = (units[0]?.pts90k ?? 0) / 90_000;
  const found: number[] = [];
  let quiet = rate;
  for (let i = 0; i * 2 + 1 < pcm.length; i++) {
    const loud = Math.abs(pcm.readInt16LE(i * 2)) > 6_000;
    if (loud && quiet > rate / 4) found.push(start + i / rate);
    quiet = loud ? 0 : quiet + 1;
  }
  return found;
}

async function flashes(units: readonly Timed[], config: Uint8Array | undefined): Promise<number[]> {
  if (config === undefined) throw new Error("no configuration");
  const { sps, pps } = parseAvcConfig(config);
  const stream = units.map(({ data }, i) => toAnnexB(data, i === 0 ? [...sps, ...pps] : []));
  const gray = await ffmpeg(
    [
      "-f",
      "h264",
      "-i",
      "pipe:0",
      "-vsync",
      "passthrough",
      "-vf",
      "scale=4:4",
      "-pix_fmt",
      "gray",
      "-f",
      "rawvideo",
      "pipe:1",
    ],
    Buffer.concat(stream),
  );
  const times = units.map(({ pts90k }) => pts90k / 90_000).sort((a, b) => a - b);
  expect(gray.length / 16).toBe(times.length);
  const bright = times.map((_, i) => (gray[i * 16 + 5] ?? 0) > 128);
  return times.filter((_, i) => bright[i] && bright[i - 1] === false);
}

function ffmpeg(args: readonly string[], input: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      BUNDLED_FFMPEG,
      ["-hide_banner", "-loglevel", "error", ...args],
      { encoding: "buffer", maxBuffer: 1 << 28 },
      (error, stdout) => (error === null ? resolve(stdout) : reject(error)),
    );
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}
