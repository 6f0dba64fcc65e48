import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { filling } from "../src/model/default-document.ts";
import { documentSchema, type StudioDocument } from "../src/model/document.ts";
import type { EnginePage } from "./engine-page/engine-page.ts";

const CANVAS = { width: 160, height: 90, fps: 30 };
export function soundCases(engineOf: () => EnginePage): void {
  let engine: EnginePage;
  let folder: string;
  let film: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "footlight-sound-"));
    film = join(folder, "film.mp4");
    const picture = "color=black:s=160x90:r=30,drawbox=color=white:t=fill:enable='lt(mod(t,1),0.199)'";
    const beep = "0.25*lt(mod(t,1),0.2)*sin(2*PI*1000*t)";
    engine = engineOf();
    await promisify(execFile)("ffmpeg", [
      ...["-hide_banner", "-loglevel", "error", "-f", "lavfi", "-i", picture],
      ...["-f", "lavfi", "-i", `aevalsrc='${beep}|${beep}':s=48000`, "-t", "6"],
      ...["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "15", "-c:a", "aac", film],
    ]);
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const collection = (microphone: object, filmSound: object): StudioDocument =>
    documentSchema.parse({
      ...{ version: 1, name: "Test", canvas: CANVAS, programmeSceneId: "film" },
      sources: {
        mic: {
          id: "mic",
          name: "Mic",
          settings: { kind: "microphone", deviceId: "default" },
          sound: microphone,
        },
        film: { id: "film", name: "Film", settings: { kind: "video", path: film }, sound: filmSound },
      },
      scenes: [{ id: "film", name: "Film", items: [filling("i", "film", CANVAS)] }],
      globalSound: ["mic"],
    });

  const peakOf = (samples: Float32Array) =>
    samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);

  it("hears a microphone, shows its level, and mutes it", async () => {
    await engine.control({ kind: "document", document: collection({}, { muted: true }) });
    await engine.told("source", { id: "mic", state: "live" });
    const loud = (id: string) =>
      engine.page.waitForFunction(
        (id) =>
          held.told.some(
            (message) =>
              message.kind === "levels" &&
              message.levels.some((level) => level.id === id && level.peakDb > -40),
          ),
        id,
      );
    // Chromium's own microphone beeps once a second.
    await loud("mic");
    await loud("programme");
    await engine.control({ kind: "document", document: collection({ muted: true }, { muted: true }) });
    await engine.media({ kind: "tracks", tracks: [1] });
    await engine.sent("sound", 5);
    const silence = await engine.sent("sound", 110);
    expect(Math.max(...silence.map(({ samples }) => peakOf(samples)))).toBe(0);
    await engine.control({ kind: "document", document: collection({}, { muted: true }) });
    await engine.page.waitForFunction(() =>
      held.sent.some(
        (message) => message.kind === "sound" && message.samples.some((sample) => sample > 0.01),
      ),
    );
    await engine.control({ kind: "panic", on: true });
    // What was on its way when the button was pressed.
    await engine.sent("sound", 10);
    const panic = await engine.sent("sound", 110);
    expect(Math.max(...panic.map(({ samples }) => peakOf(samples)))).toBe(0);
    await engine.control({ kind: "panic", on: false });
  });

  it("sends each track without a hole, on the clock of the pictures", async () => {
    await engine.control({
      ...{ kind: "document", document: collection({ tracks: [2] }, { tracks: [1, 3], volumeDb: -6 }) },
    });
    await engine.told("source", { id: "film", state: "live" });
    await engine.takeRaw(true);
    await engine.media({ kind: "tracks", tracks: [1, 2] });
    await engine.media({
      kind: "encode",
      settings: {
        ...{ id: "raw", width: 160, height: 90, fps: 30, bitrateBps: 1_000_000, keyframeIntervalMs: 2_000 },
        ...{ encoder: "libx264", effort: "light", bFrames: false },
      },
    });
    await engine.page.evaluate(() => {
      held.sent = [];
    });
    await engine.page.waitForFunction(
      () => held.sent.filter((message) => message.kind === "sound" && message.track === 1).length > 200,
    );
    const { pictures, sounds } = await engine.page.evaluate(() => ({
      pictures: held.sent.flatMap((message) =>
        message.kind === "raw" && message.data !== null
          ? [
              {
                lateMs: (held.arrivedMs.get(message) ?? 0) - message.ptsUs / 1_000,
                luma: message.data[7_240] ?? 0,
              },
            ]
          : [],
      ),
      sounds: held.sent.flatMap((message) =>
        message.kind === "sound"
          ? [{ ...message, arrivedMs: held.arrivedMs.get(message) ?? 0, samples: [...message.samples] }]
          : [],
      ),
    }));
    const lateMs: number[] = [];
    for (const track of [1, 2]) {
      const blocks = sounds.filter((block) => block.track === track);
      let endUs = blocks[0]?.ptsUs ?? 0;
      for (const { ptsUs, samples, arrivedMs } of blocks) {
        expect(Math.abs(ptsUs - endUs)).toBeLessThan(2);
        endUs = ptsUs + (samples.length / 2 / 48_000) * 1_000_000;
        lateMs.push(arrivedMs - endUs / 1_000);
      }
    }
    // Both are told as soon as they are there; on a busy machine the quickest of each shows the two clocks.
    const between = Math.min(...lateMs) - Math.min(...pictures.map((picture) => picture.lateMs));
    expect(Math.abs(between)).toBeLessThan(60);
    // 0.25 by −6 dB.
    const loudest = (track: number) =>
      Math.max(
        ...sounds
          .filter((block) => block.track === track)
          .map(({ samples }) => peakOf(Float32Array.from(samples))),
      );
    expect(loudest(1)).toBeGreaterThan(0.1);
    expect(loudest(1)).toBeLessThan(0.15);
    expect(
      Math.max(...pictures.map(({ luma }) => luma)) - Math.min(...pictures.map(({ luma }) => luma)),
    ).toBeGreaterThan(150);
    await engine.media({ kind: "stop", encode: "raw" });
    await engine.media({ kind: "tracks", tracks: [] });
  });
}
