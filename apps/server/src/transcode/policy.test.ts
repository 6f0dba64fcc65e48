import { describe, expect, it } from "vitest";
import { TIMELINE_CLOCK } from "../stream/capture-clock.ts";
import { AudioLine } from "./audio-line.ts";
import { backOffMs, classifyExit } from "./exit.ts";
import { keyframeExpression } from "./ffmpeg-args.ts";
import { encodingFrameRate } from "./frame-rate.ts";
import { LagWatch } from "./lag-watch.ts";
import { ProgressParser } from "./progress.ts";
import { AAC_FRAME90K, SILENT_AAC_FRAME } from "./silence.ts";

describe("classifyExit", () => {
  const exit = { code: 1, signal: undefined, spawnError: undefined, stderr: "" };
  it.each([
    ["asked", exit, true, true],
    ["fatal", { ...exit, code: undefined, spawnError: new Error("ENOENT") }, false, false],
    ["config", { ...exit, stderr: "Unknown encoder 'h264_nvenc'" }, false, false],
    ["retryable", { ...exit, stderr: "Unknown encoder 'h264_nvenc'" }, false, true],
    ["retryable", { ...exit, code: undefined, signal: "SIGKILL" as const }, false, false],
    ["retryable", { ...exit, code: 0 }, false, true],
  ] as const)("%s", (kind, how, asked, produced) => {
    expect(classifyExit(how, asked, produced)).toBe(kind);
  });

  it("backs off by a table, with jitter", () => {
    expect([0, 1, 2, 9].map((attempt) => backOffMs(attempt, 0.5))).toEqual([0, 250, 1000, 10_000]);
    expect(backOffMs(2, 0)).toBe(800);
    expect(backOffMs(2, 0.999)).toBe(1200);
  });
});

describe("LagWatch", () => {
  it("is patient with a backlog that melts, and not with one that stays", () => {
    const melting = new LagWatch(-10_000);
    expect([0, 1, 2, 3, 4, 5, 6].map((s) => melting.isBehind(s * 1000, 5000 - s * 400))).not.toContain(true);
    const staying = new LagWatch(-10_000);
    expect([0, 1, 2, 3].map((s) => staying.isBehind(s * 1000, 2500))).toEqual([false, false, false, true]);
  });

  it("lets a run start with a backlog", () => {
    const watch = new LagWatch(0);
    expect([0, 3, 5, 7, 9].map((s) => watch.isBehind(s * 1000, 4000))).not.toContain(true);
    expect(watch.isBehind(10_000, 4000)).toBe(true);
  });

  it("forgives a short one", () => {
    const watch = new LagWatch(-10_000);
    watch.isBehind(0, 3000);
    watch.isBehind(2000, 100);
    expect(watch.isBehind(3500, 3000)).toBe(false);
  });
});

describe("AudioLine", () => {
  const line = (start90k: number) => {
    const units: { pts90k: number; silent: boolean }[] = [];
    const sound = new AudioLine(
      ({ pts90k, data }) => units.push({ pts90k, silent: data === SILENT_AAC_FRAME }),
      start90k,
    );
    return { units, sound };
  };
  const frame = Uint8Array.of(1);

  it("leaves out the encoder's priming and keeps real times", () => {
    const { units, sound } = line(90_000);
    for (const pts of [87_000, 88_920, 90_840]) sound.push(pts, frame);
    expect(units.map(({ pts90k }) => pts90k)).toEqual([88_920, 90_840]);
  });

  it("fills a gap, and leaves out what comes for a time that is filled", () => {
    const { units, sound } = line(0);
    sound.push(0, frame);
    sound.fillTo(4 * AAC_FRAME90K);
    sound.push(2 * AAC_FRAME90K, frame);
    sound.push(6 * AAC_FRAME90K, frame);
    expect(units.map(({ pts90k }) => pts90k / AAC_FRAME90K)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(units.map(({ silent }) => silent)).toEqual([false, true, true, true, true, true, false]);
  });
});

it("a progress block is read across chunks", () => {
  const seen: unknown[] = [];
  const parser = new ProgressParser((progress) => seen.push(progress));
  parser.push("frame=10\nspeed=1.0");
  parser.push("2x\ndup_frames=3\ndrop_frames=0\nprogress=continue\nspeed=N/A\nprogress=end\n");
  expect(seen).toEqual([
    { speed: 1.02, duplicatedFrames: 3, droppedFrames: 0 },
    { speed: undefined, duplicatedFrames: 0, droppedFrames: 0 },
  ]);
});

it("keyframes are counted from the grid's origin, wherever a process starts", () => {
  expect(keyframeExpression({ origin90k: 0, period90k: 180_000 }, 45_000, 3000)).toBe(
    "expr:if(isnan(prev_forced_t),1,gt(floor((t+0.516666667)/2.000000000),floor((prev_forced_t+0.516666667)/2.000000000)))",
  );
});

it("a varying rate goes to the nearest standard one, an absurd claim to none", () => {
  const held = Array.from({ length: 29 }, (_, i) => ({
    kind: "video" as const,
    dts90k: i * 3214,
    pts90k: i * 3214,
    keyframe: i === 0,
    data: Uint8Array.of(),
    receivedAtMs: 0,
    clock: TIMELINE_CLOCK,
  }));
  expect(encodingFrameRate(undefined, { num: 60, den: 1 }, held)).toEqual({ num: 30, den: 1 });
  expect(encodingFrameRate({ num: 30_000, den: 1001 }, undefined, held)).toEqual({ num: 30_000, den: 1001 });
  expect(encodingFrameRate(undefined, { num: 90_000, den: 1 }, [])).toEqual({ num: 30, den: 1 });
});
