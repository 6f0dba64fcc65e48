import { expect, it, vi } from "vitest";
import type { EncodeSettings } from "../src/contract/media-port.ts";
import { FfmpegPictures } from "../src/encoder/encode/ffmpeg-pictures.ts";
import type { CodedPicture } from "../src/encoder/encode/picture-run.ts";
import { FfmpegChoice } from "../src/encoder/ffmpeg/ffmpeg-choice.ts";
import { offGrid, target } from "./encoder-harness.ts";

const WAIT = { timeout: 20_000, interval: 20 };
const { encode } = target({ url: "", key: "" });

/** Feeds pictures as fast as they are taken: nothing here goes by the wall clock. */
async function encoder(over: Partial<EncodeSettings> = {}) {
  const settings = { ...encode, ...over };
  const path = (await FfmpegChoice.find(process.env)).pathFor(settings.encoder);
  const out: CodedPicture[] = [];
  const faults: string[] = [];
  let dropped = 0;
  const pictures = new FfmpegPictures({
    path,
    settings,
    onPicture: (picture) => out.push(picture),
    onDropped: (frames) => {
      dropped += frames;
    },
    onFault: (cause, hopeless) => faults.push(hopeless ? `hopeless: ${cause}` : cause),
  });
  let next = 0;
  const feed = async (count: number): Promise<void> => {
    for (const until = next + count; next < until; next += 1) {
      const data = new Uint8Array((settings.width * settings.height * 3) / 2).fill((next * 5) % 200);
      const ptsUs = Math.round((next * 1e6) / settings.fps);
      await new Promise<void>((resolve) =>
        pictures.push({ ptsUs, captureMs: next, data }, next % settings.fps === 0, resolve),
      );
    }
  };
  return { pictures, feed, out, faults, dropped: () => dropped };
}

it.concurrent("at another bitrate a fresh ffmpeg takes over at the grid: each picture once, in order", async () => {
  const { pictures, feed, out, faults, dropped } = await encoder();
  await feed(45);
  pictures.setBitrate(300_000);
  await feed(10);
  expect(pictures.pids).toHaveLength(1);
  await feed(20);
  await pictures.close();
  expect(out.map(({ captureMs }) => captureMs)).toEqual(Array.from({ length: 75 }, (_, at) => at));
  const times = out.map(({ ptsUs }) => ptsUs / 1000);
  expect(
    offGrid(
      times,
      out.map(({ key }) => key),
    ),
  ).toEqual([]);
  // The same parameter sets: players and servers go on.
  expect(new Set(out.map(({ config }) => config.toString("hex"))).size).toBe(1);
  expect([faults, dropped()]).toEqual([[], 0]);
});

it.concurrent("with B-frames pictures come in decode order, with the times that they went in with", async () => {
  const { pictures, feed, out } = await encoder({ bFrames: true });
  await feed(60);
  await pictures.close();
  expect(out.map(({ captureMs }) => captureMs).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 60 }, (_, at) => at),
  );
  expect(out.some(({ ptsUs, dtsUs }) => ptsUs > dtsUs)).toBe(true);
  expect(out.every(({ dtsUs }, at) => at === 0 || dtsUs > (out[at - 1]?.dtsUs ?? 0))).toBe(true);
  expect(out.every(({ ptsUs, dtsUs }) => ptsUs >= dtsUs)).toBe(true);
});

it.concurrent("an ffmpeg that was killed is started again; one that cannot be is given up", async () => {
  const { pictures, feed, out, faults } = await encoder();
  await feed(20);
  await vi.waitFor(() => expect(out.length).toBeGreaterThan(0), WAIT);
  process.kill(pictures.pids[0] ?? -1, "SIGKILL");
  await vi.waitFor(() => expect(faults).toHaveLength(1), WAIT);
  const before = out.length;
  await feed(20);
  await vi.waitFor(() => expect(out.length).toBeGreaterThan(before), WAIT);
  expect(out[before]?.key).toBe(true);
  await pictures.close();

  const broken = await encoder({ encoder: "h264_videotoolbox" });
  await vi.waitFor(async () => {
    await broken.feed(1);
    expect(broken.faults.at(-1)).toContain("hopeless");
  }, WAIT);
  expect(broken.out).toEqual([]);
  await broken.pictures.close();
});
