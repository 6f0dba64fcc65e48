import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { filling } from "../src/model/default-document.ts";
import { DOCUMENT_VERSION, documentSchema, type StudioDocument } from "../src/model/document.ts";
import { writeDocument } from "../src/model/read-document.ts";
import { KEY, RtmpSink } from "../test/rtmp-sink.ts";
import { Studio } from "./launch.ts";

const MINUTES = Number(process.env["STEADY_MINUTES"] ?? 30);
const SAMPLE_MS = 10_000;
const BLOCKED_MS = 10_000;
/** Caches fill, code is compiled. */
const WARM_UP = 0.25;
/** Of all processes together; the garbage collectors' breath is a good part of it. */
const FLAT = 1.06;
const CANVAS = { width: 640, height: 360, fps: 30 };

let sink: RtmpSink;
let studio: Studio;
let profile: string;

beforeAll(async () => {
  profile = await mkdtemp(join(tmpdir(), "footlight-steady-"));
  const film = join(profile, "film.mp4");
  await promisify(execFile)("ffmpeg", [
    ...["-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=30", "-f", "lavfi"],
    ...["-i", "sine=330:r=48000", "-t", "20", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", film],
  ]);
  await writeFile(join(profile, "scenes.json"), writeDocument(fiveSources(film)));
  [sink, studio] = await Promise.all([RtmpSink.start(), Studio.launch({ profile })]);
  const { video } = await studio.topic("settings");
  await studio.call("settings.change", { video: { ...video, ...CANVAS, bitrateBps: 1_000_000 } });
  await studio.until("engine", ({ engine, encoder }) => engine === "ready" && encoder === "ready");
  await studio.call("targets.save", { id: null, name: "sink", kind: "rtmp", url: sink.url, key: KEY });
  const { stream } = await studio.topic("settings");
  expect(await studio.call("broadcast.start", { stream })).toEqual({ fault: null });
}, 120_000);
afterAll(async () => {
  await studio?.[Symbol.asyncDispose]();
  await sink?.[Symbol.asyncDispose]();
  await rm(profile, { recursive: true, force: true });
});

it(
  `is flat for ${MINUTES} minutes, drops nothing, and hangs for ten seconds unnoticed`,
  async () => {
    await expect.poll(() => sink.pictures.length, { timeout: 60_000 }).toBeGreaterThan(150);
    const before = await dropped();
    const samples: number[] = [];
    const endMs = Date.now() + MINUTES * 60_000;
    let blocked = false;
    while (Date.now() < endMs) {
      await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
      samples.push(await memoryMib());
      if (!blocked && Date.now() > endMs - MINUTES * 30_000) {
        blocked = true;
        await studio.page.evaluate((ms) => {
          const end = performance.now() + ms;
          while (performance.now() < end);
        }, BLOCKED_MS);
      }
    }
    const settled = samples.slice(Math.floor(samples.length * WARM_UP));
    const third = Math.floor(settled.length / 3);
    const [first, last] = [median(settled.slice(0, third)), median(settled.slice(-third))];
    const steps = sink.pictures.slice(1).map(({ dts90k }, at) => dts90k - (sink.pictures[at]?.dts90k ?? 0));
    const figures = {
      ...{ minutes: MINUTES, memoryMib: [Math.min(...samples), first, last, Math.max(...samples)] },
      ...{ dropped: (await dropped()) - before, pictures: sink.pictures.length },
      longestMs: Math.max(...steps) / 90,
    };
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    expect(last / first).toBeLessThan(FLAT);
    expect(figures.dropped).toBe(0);
    expect(figures.longestMs).toBeLessThan(35);
  },
  (MINUTES + 2) * 60_000,
);

function fiveSources(film: string): StudioDocument {
  const settings = {
    test: { kind: "test-picture" },
    film: { kind: "video", path: film, loop: true },
    camera: { kind: "camera", deviceId: "default" },
    shade: { kind: "colour", colour: "#20406080" },
    title: { kind: "text", text: "Steady" },
  };
  const ids = Object.keys(settings);
  const small = (id: string, at: number) => {
    const item = filling(id, id, CANVAS);
    const place = { x: 100 + 110 * at, y: 260, width: 100, height: 60 };
    return at === 0 ? item : { ...item, transform: { ...item.transform, ...place } };
  };
  return documentSchema.parse({
    ...{ version: DOCUMENT_VERSION, name: "Steady", canvas: CANVAS, programmeSceneId: "scene" },
    sources: Object.fromEntries(
      Object.entries(settings).map(([id, each]) => [id, { id, name: id, settings: each }]),
    ),
    scenes: [{ id: "scene", name: "Scene", items: ids.map(small) }],
  });
}

async function dropped(): Promise<number> {
  const { droppedRender, droppedEncode } = await studio.topic("engine");
  return droppedRender + droppedEncode;
}

/** Proportional share of all of the studio's processes. */
async function memoryMib(): Promise<number> {
  const pids = await studio.app.evaluate(({ app }) => app.getAppMetrics().map(({ pid }) => pid));
  const kib = pids.map((pid) => {
    const [, share = "0"] = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8")) ?? [];
    return Number(share);
  });
  return Math.round(kib.reduce((sum, each) => sum + each, 0) / 1_024);
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
