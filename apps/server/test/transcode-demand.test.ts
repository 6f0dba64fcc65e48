import { avcCodecString } from "@footlight/protocols/h264/avc-config.ts";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { FrameRate, Unit } from "../src/stream/unit.ts";
import type { Transcoder } from "../src/transcode/transcoder.ts";
import { type CollectedRun, type Material, material, start } from "./transcode-harness.ts";

/** Rungs on demand, with real ffmpeg: 200p and 180p sleep, 160p is always on. */
const rung = (height: number, alwaysOn: boolean) => {
  return { name: `${height}p`, height, maxFps: 30, bitrateBps: 2_000 * height, alwaysOn };
};
const LADDER = [rung(200, false), rung(180, false), rung(160, true)];
const FPS30: FrameRate = { num: 30, den: 1 };
const SECOND = 90_000;

const source = (gop: number): Promise<Material> =>
  material(
    "-f lavfi -i testsrc2=s=320x240:r=30 -f lavfi -i sine=r=48000 -t 13 -c:v libx264 -preset ultrafast " +
      `-sc_threshold 0 -pix_fmt yuv420p -threads 1 -bf 2 -g ${gop} -c:a aac -ac 2`,
    { width: 320, height: 240 },
  );

describe.each([
  ["passed through, low", 60, "low"],
  ["re-encoded from keyframes far apart, standard", 250, "standard"],
] as const)("on demand: %s", (_, gop, latencyMode) => {
  let transcoder: Transcoder | undefined;
  afterEach(() => transcoder?.close());

  /** The source's first seconds, and then as far as asked. */
  async function onAir(seconds: number, deps: Parameters<typeof start>[1] = {}) {
    const { tracks, units } = await source(gop);
    const live = start({ ladder: LADDER, latencyMode }, deps);
    transcoder = live.transcoder;
    let at = 0;
    const feedTo = async (end: number): Promise<void> => {
      const upTo = units.findIndex((unit: Unit) => unit.dts90k >= end * SECOND);
      live.subscription.units(units.slice(at, upTo < 0 ? units.length : upTo));
      at = upTo < 0 ? units.length : upTo;
      // The transcoder has taken them when all events are out.
      await new Promise((resolve) => setImmediate(resolve));
    };
    live.subscription.tracks(tracks, FPS30);
    await feedTo(seconds);
    await live.sink.until(() => live.sink.runs.length === 1);
    const run = live.sink.runs[0] as CollectedRun;
    const point = (index: number): number => run.grid.origin90k + index * run.grid.period90k;
    const end = async (): Promise<void> => {
      await feedTo(Number.POSITIVE_INFINITY);
      live.subscription.push({ type: "ended" });
      await live.transcoder.done;
    };
    return { ...live, run, point, feedTo, end };
  }

  const shown = (run: CollectedRun, name: string): number[] =>
    (run.units.get(name) ?? []).map(({ pts90k }) => pts90k).sort((a, b) => a - b);
  const keys = (run: CollectedRun, name: string): number[] =>
    (run.units.get(name) ?? []).filter(({ keyframe }) => keyframe).map(({ pts90k }) => pts90k);

  /** Each frame of the span once, in decoding order, with keyframes where the rung that is always on has them. */
  function expectWhole(
    run: CollectedRun,
    name: string,
    from90k: number,
    until90k = Number.POSITIVE_INFINITY,
  ) {
    const within = (pts90k: number): boolean => pts90k >= from90k && pts90k < until90k;
    expect(shown(run, name).filter(within), name).toEqual(shown(run, "160p").filter(within));
    expect(keys(run, name).filter(within), name).toEqual(keys(run, "160p").filter(within));
    const units = (run.units.get(name) ?? []).filter(({ pts90k }) => within(pts90k));
    for (const [i, unit] of units.entries()) {
      if (i > 0) expect(unit.dts90k).toBeGreaterThan(units[i - 1]?.dts90k ?? 0);
    }
  }

  it("wakes at the next grid point, hands over when a second one wakes, and sleeps again", async () => {
    const { transcoder, sink, run, point, feedTo, end } = await onAir(5);
    const { pid } = transcoder;
    expect(transcoder.stats()).toMatchObject({ awake: [], annexPid: undefined });
    const said = (): unknown[] => run.said.map(({ what, from90k }) => [what, from90k]);

    transcoder.wake("200p");
    transcoder.wake("160p");
    transcoder.wake("nonsense");
    expect(said()).toEqual([["+200p", point(3)]]);
    await feedTo(7);
    await sink.until(() => shown(run, "200p").length > 10);
    const first = transcoder.stats().annexPid;
    expect(first).toBeGreaterThan(0);

    transcoder.wake("180p");
    expect(said().slice(1)).toEqual([["+180p", point(4)]]);
    await feedTo(9);
    await sink.until(() => shown(run, "180p").length > 10 && Math.max(...shown(run, "200p")) >= point(4));
    expect(transcoder.stats().annexPid).not.toBe(first);
    expect(transcoder.stats().awake).toEqual(["200p", "180p"]);

    transcoder.sleep("200p");
    expect(said().slice(2)).toEqual([["-200p", point(5)]]);
    await feedTo(11);
    transcoder.sleep("180p");
    transcoder.wake("180p");
    await end();

    expectWhole(run, "200p", point(3), point(5));
    expect(shown(run, "200p").at(0)).toBe(point(3));
    expect(shown(run, "200p").at(-1)).toBe(point(5) - 3000);
    expectWhole(run, "180p", point(4));
    expect(shown(run, "180p").at(0)).toBe(point(4));
    // Nobody else has noticed.
    expect(sink.runs).toHaveLength(1);
    expect(pid).toBeGreaterThan(0);
    expect(transcoder.stats().restarts).toBe(0);
    const all = shown(run, "160p");
    expect(all).toHaveLength(Math.round(((all.at(-1) ?? 0) - (all[0] ?? 0)) / 3000) + 1);
  });

  it("announces what the encoder then writes", async () => {
    const { transcoder, run, end } = await onAir(5);
    transcoder.wake("180p");
    transcoder.wake("200p");
    await end();
    const announced = run.renditions.filter(({ kind }) => kind === "video").slice(gop === 60 ? 1 : 0);
    const named = announced.map((each) =>
      each.kind === "video" ? [each.name, each.asleep, each.codecString] : [],
    );
    expect(named.slice(-3)).toEqual([
      ["200p", true, "avc1.64000d"],
      ["180p", true, "avc1.64000c"],
      ["160p", false, expect.any(String)],
    ]);
    for (const [name, , codec] of named) {
      const config = run.configs.get(name as string);
      if (config !== undefined) expect(avcCodecString(config), String(name)).toBe(codec);
    }
    expect(run.configs.has("200p")).toBe(true);
  });

  it("brings back what was woken when its ffmpeg is killed, and the others go on", async () => {
    const { transcoder, sink, run, point, feedTo, end } = await onAir(5);
    const { pid } = transcoder;
    transcoder.wake("200p");
    await feedTo(7);
    await sink.until(() => shown(run, "200p").length > 10);
    process.kill(transcoder.stats().annexPid as number, "SIGKILL");
    await vi.waitFor(() => expect(run.said.map(({ what }) => what)).toEqual(["+200p", "-200p", "+200p"]));
    expect(run.said.map(({ from90k }) => from90k)).toEqual([point(3), point(3), point(4)]);
    await feedTo(9);
    expect(transcoder.pid).toBe(pid);
    await end();
    expectWhole(run, "200p", point(4));
    expect(sink.runs).toHaveLength(1);
    expect(transcoder.stats().restarts).toBe(0);
  });

  it("is there from the first frame on when the stream's ffmpeg starts anew", async () => {
    const { transcoder, sink, run, feedTo, end } = await onAir(5);
    transcoder.wake("180p");
    await feedTo(7);
    await sink.until(() => shown(run, "180p").length > 10);
    process.kill(transcoder.pid as number, "SIGKILL");
    await vi.waitFor(() => expect(run.over).toBe(true));
    await end();
    const again = sink.runs.at(-1) as CollectedRun;
    expect(sink.runs).toHaveLength(2);
    expect(again.said).toEqual([{ what: "+180p", from90k: again.grid.origin90k }]);
    expectWhole(again, "180p", again.grid.origin90k);
  });

  it("gives up its own top rung when it is too slow", async () => {
    let nowMs = 0;
    const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
    const { transcoder, sink, run, feedTo, end } = await onAir(5, { clock });
    const { pid } = transcoder;
    transcoder.wake("200p");
    transcoder.wake("180p");
    await feedTo(7);
    await sink.until(() => shown(run, "180p").length > 10);
    process.kill(transcoder.stats().annexPid as number, "SIGSTOP");
    await feedTo(9.5);
    await sink.until(() => Math.max(...shown(run, "160p")) > run.grid.origin90k + 8 * SECOND);
    nowMs = 7_000;
    await feedTo(9.6);
    nowMs = 11_000;
    await feedTo(9.7);
    expect(transcoder.stats().rungsDropped).toEqual(["200p"]);
    expect(transcoder.stats().awake).toEqual(["180p"]);
    expect(run.said.at(-1)?.what).toBe("x200p");
    await end();
    expect(pid).toBeGreaterThan(0);
    expect(sink.runs).toHaveLength(1);
    expect(transcoder.stats().restarts).toBe(0);
    expectWhole(run, "180p", run.grid.origin90k + 5 * run.grid.period90k);
  });
});
