import { afterEach, describe, expect, it, vi } from "vitest";
import type { VideoRendition } from "../src/stream/media-sink.ts";
import type { FrameRate, Unit } from "../src/stream/unit.ts";
import { isOnGrid } from "../src/transcode/grid.ts";
import { AAC_FRAME90K, SILENT_AAC_FRAME } from "../src/transcode/silence.ts";
import type { Transcoder } from "../src/transcode/transcoder.ts";
import { type CollectedRun, type Material, material, start, transcode } from "./transcode-harness.ts";

/** Real ffmpeg makes the odd shapes, and the transcoder's own real ffmpeg takes them. */
const ENCODE = "-c:v libx264 -preset ultrafast -sc_threshold 0 -pix_fmt yuv420p -threads 1";
const picture = (size: string, rate: string) => `-f lavfi -i testsrc2=s=${size}:r=${rate}`;
const TONE = "-f lavfi -i sine=r=48000";
const AAC = "-c:a aac -ac 2";
const FPS30: FrameRate = { num: 30, den: 1 };

const videoOf = (run: CollectedRun): readonly VideoRendition[] =>
  run.renditions.filter((rendition) => rendition.kind === "video");
const unitsOf = (run: CollectedRun, name: string) => run.units.get(name) ?? [];
const frame90k = ({ frameRate }: VideoRendition): number => (90_000 * frameRate.den) / frameRate.num;

/** What every run owes its players, whatever came in. */
function expectSound(run: CollectedRun): void {
  expect(run.over).toBe(true);
  for (const rendition of videoOf(run)) {
    const units = unitsOf(run, rendition.name);
    expect(units.length, rendition.name).toBeGreaterThan(10);
    expect(units[0]?.keyframe, rendition.name).toBe(true);
    expect(units[0]?.pts90k).toBe(run.grid.origin90k);
    for (const [i, unit] of units.entries()) {
      if (i > 0) expect(unit.dts90k).toBeGreaterThan(units[i - 1]?.dts90k ?? 0);
      expect(unit.pts90k).toBeGreaterThanOrEqual(unit.dts90k);
    }
    // A keyframe at each grid point; in what is encoded here, nowhere else.
    const keys = units.filter((unit) => unit.keyframe).map((unit) => unit.pts90k);
    const last90k = Math.max(...units.map((unit) => unit.pts90k));
    const { origin90k, period90k } = run.grid;
    for (let point90k = origin90k; point90k <= last90k; point90k += period90k) {
      expect(
        keys.some((key90k) => Math.abs(key90k - point90k) <= 1),
        `${rendition.name} ${point90k}`,
      ).toBe(true);
    }
    if (!rendition.passthrough) {
      expect(keys.every((key90k) => isOnGrid(run.grid, key90k, frame90k(rendition)))).toBe(true);
    }
  }
  if (run.units.has("audio")) {
    const sound = unitsOf(run, "audio");
    expect(Math.abs((sound[0]?.pts90k ?? 0) - run.grid.origin90k)).toBeLessThanOrEqual(AAC_FRAME90K);
    for (const [i, unit] of sound.entries()) {
      if (i > 0) expect(unit.pts90k - (sound[i - 1]?.pts90k ?? 0)).toBe(AAC_FRAME90K);
    }
  }
}

describe("odd shapes", () => {
  const cases: {
    name: string;
    args: string;
    shape: Parameters<typeof material>[1];
    rate: FrameRate | undefined;
    settings?: Parameters<typeof transcode>[2];
    expected: string[];
    period90k: number;
  }[] = [
    {
      name: "2 s GOPs with B-frames pass through, large timestamps stay exact",
      args: `${picture("640x360", "30")} ${TONE} -t 5 ${ENCODE} -g 60 -bf 2 ${AAC}`,
      shape: { width: 640, height: 360, start90k: 2 ** 33 - 200_000 },
      rate: FPS30,
      expected: ["source 640x360@30", "160p 284x160@30", "audio"],
      period90k: 180_000,
    },
    {
      name: "OBS's 250-frame GOP with 3 B-frames is re-encoded on 2 s, with B-frames on the standard tier",
      args: `${picture("640x360", "30")} ${TONE} -t 5 ${ENCODE} -g 250 -bf 3 ${AAC}`,
      shape: { width: 640, height: 360 },
      rate: FPS30,
      settings: { latencyMode: "standard" },
      expected: ["360p 640x360@30", "160p 284x160@30", "audio"],
      period90k: 180_000,
    },
    {
      name: "no sound, 1 s GOPs make 2 s segments",
      args: `${picture("320x180", "30")} -t 5 ${ENCODE} -g 30`,
      shape: { width: 320, height: 180 },
      rate: FPS30,
      expected: ["source 320x180@30", "160p 284x160@30"],
      period90k: 180_000,
    },
    {
      name: "44.1 kHz mono sound only",
      args: "-f lavfi -i sine=r=44100 -t 5 -c:a aac -ac 1",
      shape: { width: 0, height: 0, sampleRate: 44_100, channels: 1 },
      rate: undefined,
      expected: ["audio"],
      period90k: 180_000,
    },
    {
      name: "portrait",
      args: `${picture("360x640", "30")} ${TONE} -t 5 ${ENCODE} -g 250 ${AAC}`,
      shape: { width: 360, height: 640 },
      rate: FPS30,
      expected: ["360p 360x640@30", "160p 160x284@30", "audio"],
      period90k: 180_000,
    },
    {
      name: "60 fps is halved where the grid allows it",
      args: `${picture("320x180", "60")} ${TONE} -t 5 ${ENCODE} -g 120 ${AAC}`,
      shape: { width: 320, height: 180 },
      rate: { num: 60, den: 1 },
      expected: ["source 320x180@60", "160p 284x160@30", "audio"],
      period90k: 180_000,
    },
    {
      name: "60 fps with an odd grid is not",
      args: `${picture("320x180", "60")} ${TONE} -t 5 ${ENCODE} -g 91 ${AAC}`,
      shape: { width: 320, height: 180 },
      rate: { num: 60, den: 1 },
      expected: ["source 320x180@60", "160p 284x160@60", "audio"],
      period90k: 91 * 1500,
    },
    {
      name: "29.97 fps",
      args: `${picture("320x180", "30000/1001")} ${TONE} -t 5 ${ENCODE} -g 30 ${AAC}`,
      shape: { width: 320, height: 180 },
      rate: { num: 30_000, den: 1001 },
      expected: ["source 320x180@29.97", "160p 284x160@29.97", "audio"],
      period90k: 180_180,
    },
    {
      name: "23.976 fps, re-encoded",
      args: `${picture("320x180", "24000/1001")} ${TONE} -t 5 ${ENCODE} -g 250 ${AAC}`,
      shape: { width: 320, height: 180 },
      rate: { num: 24_000, den: 1001 },
      expected: ["180p 320x180@23.976", "160p 284x160@23.976", "audio"],
      period90k: 180_180,
    },
    {
      name: "odd sides in 4:4:4, which browsers do not play",
      args: `${picture("641x361", "30")} ${TONE} -t 5 -c:v libx264 -preset ultrafast -pix_fmt yuv444p -g 60 ${AAC}`,
      shape: { width: 641, height: 361 },
      rate: FPS30,
      expected: ["360p 640x360@30", "160p 284x160@30", "audio"],
      period90k: 180_000,
    },
    {
      name: "a varying rate is encoded at a constant one",
      args: `${picture("320x180", "28")} ${TONE} -t 5 ${ENCODE} -g 250 ${AAC}`,
      shape: { width: 320, height: 180 },
      rate: undefined,
      expected: ["180p 320x180@30", "160p 284x160@30", "audio"],
      period90k: 180_000,
    },
  ];
  it.each(cases)("$name", async ({ args, shape, rate, settings, expected, period90k }) => {
    const source = await material(args, shape);
    const { runs, transcoder } = await transcode(source, rate, settings);
    expect(transcoder.stats().restarts).toBe(0);
    expect(runs).toHaveLength(1);
    const [run] = runs as [CollectedRun];
    expect(run.grid.period90k).toBe(period90k);
    expect(run.renditions.map(label)).toEqual(expected);
    expectSound(run);
    expectNothingLost(source, run);
  });
});

function label(rendition: CollectedRun["renditions"][number]): string {
  if (rendition.kind === "audio") return rendition.name;
  const { name, width, height, frameRate } = rendition;
  return `${name} ${width}x${height}@${Number((frameRate.num / frameRate.den).toFixed(3))}`;
}

/** Each rendition shows the whole source: from the run's start to its last frame. */
function expectNothingLost(source: Material, run: CollectedRun): void {
  const end90k = (units: readonly { pts90k: number }[]) => Math.max(...units.map((unit) => unit.pts90k));
  const videoIn = source.units.filter((unit) => unit.kind === "video");
  for (const rendition of videoOf(run)) {
    const units = unitsOf(run, rendition.name);
    expect(Math.abs(end90k(units) - end90k(videoIn)), rendition.name).toBeLessThanOrEqual(
      frame90k(rendition) + 1,
    );
    const span90k = end90k(units) - run.grid.origin90k;
    if (!rendition.passthrough) expect(units).toHaveLength(Math.round(span90k / frame90k(rendition)) + 1);
  }
}

describe("on air", () => {
  let transcoder: Transcoder | undefined;
  afterEach(() => transcoder?.close());
  const alive = (pid: number): boolean => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };
  const steady = () =>
    material(`${picture("320x180", "30")} ${TONE} -t 9 ${ENCODE} -g 30 ${AAC}`, { width: 320, height: 180 });
  const until = (units: readonly Unit[], end90k: number) => units.filter((unit) => unit.dts90k < end90k);
  const since = (units: readonly Unit[], start90k: number) => units.filter((unit) => unit.dts90k >= start90k);

  it("starts a new run when ffmpeg is killed, and goes on at the next point of the same grid", async () => {
    const source = await steady();
    const live = start();
    transcoder = live.transcoder;
    live.subscription.tracks(source.tracks, FPS30);
    live.subscription.units(until(source.units, 400_000));
    await live.sink.until(() => (live.sink.runs[0]?.units.get("160p")?.length ?? 0) > 60);
    process.kill(live.transcoder.pid as number, "SIGKILL");
    await vi.waitFor(() => expect(live.transcoder.stats().state).toBe("deciding"));
    live.subscription.units(since(source.units, 400_000));
    live.subscription.push({ type: "ended" });
    await live.transcoder.done;
    const [first, second] = live.sink.runs as [CollectedRun, CollectedRun];
    expect(live.sink.runs).toHaveLength(2);
    expect(live.transcoder.stats().restarts).toBe(1);
    expectSound(second);
    const delivered90k = Math.max(...unitsOf(first, "source").map((unit) => unit.pts90k));
    expect(second.grid.origin90k).toBeGreaterThan(delivered90k);
    expect(second.grid.origin90k - delivered90k).toBeLessThanOrEqual(180_000);
    expect(isOnGrid(first.grid, second.grid.origin90k, 3000)).toBe(true);
  });

  it("re-encodes from the next frame on when a keyframe of the grid is missing", async () => {
    const irregular = await material(
      `${picture("320x180", "30")} ${TONE} -t 9 ${ENCODE} -g 250 -force_key_frames 0,2,4,5.5,7.5 ${AAC}`,
      { width: 320, height: 180 },
    );
    const { runs, transcoder: done } = await transcode(irregular, FPS30);
    expect(runs).toHaveLength(2);
    const [first, second] = runs as [CollectedRun, CollectedRun];
    expect(first.renditions[0]?.name).toBe("source");
    expect(second.renditions[0]?.name).toBe("180p");
    expect(done.stats().reencodeReason).toBe("keyframe_missing");
    expectSound(first);
    expectSound(second);
    const delivered90k = Math.max(...unitsOf(first, "source").map((unit) => unit.pts90k));
    expect(second.grid.origin90k - delivered90k).toBe(3000);
    expectNothingLost(irregular, second);
  });

  it("drops the top encoded rung when ffmpeg stands still, and takes up the rest", async () => {
    const source = await material(`${picture("320x180", "30")} -t 9 ${ENCODE} -g 250`, {
      width: 320,
      height: 180,
    });
    let nowMs = 0;
    const live = start({}, { clock: { nowMs: () => nowMs, monotonicMs: () => nowMs } });
    transcoder = live.transcoder;
    live.subscription.tracks(source.tracks, FPS30);
    live.subscription.units(until(source.units, 220_000));
    await live.sink.until(() => live.sink.runs.length === 1);
    const stuck = live.transcoder.pid as number;
    process.kill(stuck, "SIGSTOP");
    live.subscription.units(since(until(source.units, 600_000), 220_000));
    await new Promise((resolve) => setImmediate(resolve));
    nowMs = 7_000;
    live.subscription.units(since(until(source.units, 620_000), 600_000));
    await new Promise((resolve) => setImmediate(resolve));
    nowMs = 11_000;
    live.subscription.units(since(source.units, 620_000));
    live.subscription.push({ type: "ended" });
    await live.transcoder.done;
    expect(live.transcoder.stats().rungsDropped).toEqual(["180p"]);
    expect(live.sink.runs.at(-1)?.renditions.map(({ name }) => name)).toEqual(["160p"]);
    expectSound(live.sink.runs.at(-1) as CollectedRun);
    expect(alive(stuck)).toBe(false);
  });

  it("fills with silence what is announced and does not come", async () => {
    const source = await material(`${picture("320x180", "30")} -t 5 ${ENCODE} -g 60`, {
      width: 320,
      height: 180,
    });
    let nowMs = 0;
    const live = start({}, { clock: { nowMs: () => nowMs, monotonicMs: () => nowMs } });
    transcoder = live.transcoder;
    live.subscription.tracks({ ...source.tracks, expectsAudio: true }, FPS30);
    live.subscription.units(until(source.units, 300_000));
    await new Promise((resolve) => setImmediate(resolve));
    expect(live.sink.runs).toHaveLength(0);
    nowMs = 1_000;
    live.subscription.units(since(source.units, 300_000));
    live.subscription.push({ type: "ended" });
    await live.transcoder.done;
    const [run] = live.sink.runs as [CollectedRun];
    expectSound(run);
    const sound = unitsOf(run, "audio");
    expect(sound.every((unit) => unit.data === SILENT_AAC_FRAME)).toBe(true);
    expect((sound.at(-1)?.pts90k ?? 0) - run.grid.origin90k).toBeGreaterThan(4.9 * 90_000);
  });

  it("bridges sound that stops for a while", async () => {
    const source = await steady();
    const units = source.units.filter(
      (unit) => unit.kind === "video" || unit.dts90k < 270_000 || unit.dts90k > 540_000,
    );
    const { runs } = await transcode({ ...source, units }, FPS30);
    expect(runs).toHaveLength(1);
    const [run] = runs as [CollectedRun];
    expectSound(run);
    const silent = unitsOf(run, "audio").filter((unit) => unit.data === SILENT_AAC_FRAME);
    const real = unitsOf(run, "audio").filter((unit) => unit.pts90k > 560_000 && unit.data.length > 20);
    expect(silent.length * AAC_FRAME90K).toBeGreaterThan(180_000);
    expect(real.length).toBeGreaterThan(100);
  });

  it("does not start anew whenever a source wakes that sleeps again and again", async () => {
    const source = await steady();
    // A second of media, seven of nothing.
    const asleep90k = (dts90k: number) => Math.floor(dts90k / 90_000) * 630_000;
    const units = source.units.map((unit) => ({
      ...unit,
      dts90k: unit.dts90k + asleep90k(unit.dts90k),
      pts90k: unit.pts90k + asleep90k(unit.dts90k),
    }));
    const { runs, transcoder: done } = await transcode({ ...source, units }, FPS30);
    // A new run for the first pause, one for the next, one without the source's keyframes; then bridges.
    expect(done.stats().restarts).toBeLessThanOrEqual(3);
    const last = runs.at(-1) as CollectedRun;
    expectSound(last);
    const pictures = unitsOf(last, last.renditions[0]?.name ?? "");
    const span90k = (pictures.at(-1)?.pts90k ?? 0) - last.grid.origin90k;
    expect(span90k).toBeGreaterThan(2 * 720_000);
    expect(pictures).toHaveLength(Math.round(span90k / 3_000) + 1);
  });

  it("goes on with a new run after a reconnect", async () => {
    const source = await steady();
    const live = start();
    transcoder = live.transcoder;
    live.subscription.tracks(source.tracks, FPS30);
    live.subscription.units(until(source.units, 300_000));
    live.subscription.push({ type: "interrupted" });
    live.subscription.tracks(source.tracks, FPS30);
    live.subscription.units(since(source.units, 450_000));
    live.subscription.push({ type: "ended" });
    await live.transcoder.done;
    expect(live.sink.runs).toHaveLength(2);
    for (const run of live.sink.runs) expectSound(run);
    expect(live.transcoder.stats().restarts).toBe(0);
  });

  it("leaves no process when it is closed, at once and twice", async () => {
    const source = await steady();
    const live = start();
    live.subscription.tracks(source.tracks, FPS30);
    live.subscription.units(until(source.units, 300_000));
    await live.sink.until(() => live.sink.runs.length === 1);
    const pid = live.transcoder.pid as number;
    expect(alive(pid)).toBe(true);
    await Promise.all([live.transcoder.close(), live.transcoder.close()]);
    expect(alive(pid)).toBe(false);
    expect(live.sink.runs[0]?.over).toBe(true);
    const idle = start();
    await idle.transcoder.close();
    expect(idle.sink.runs).toHaveLength(0);
  });

  it("says that ffmpeg is missing, and goes on trying", async () => {
    const source = await steady();
    const live = start({ ffmpegPath: "/nonexistent/ffmpeg" });
    transcoder = live.transcoder;
    live.subscription.tracks(source.tracks, FPS30);
    live.subscription.units(source.units);
    await live.sink.until(() => live.sink.runs[0]?.over === true);
    expect(live.transcoder.stats().failure).toBe("ffmpeg_missing");
    expect(live.transcoder.stats().state).toBe("backing_off");
  });
});
