import { type ReadMpd, readMpd } from "@footlight/protocols/testing/mpd-reader.ts";
import { describe, expect, it } from "vitest";
import type { StreamPackager } from "./stream-packager.ts";
import {
  ASC,
  AVCC,
  audio,
  audioUnits,
  GRID,
  makePackager,
  pushAll,
  video,
  videoUnits,
} from "./synthetic-units.ts";

const GOP = 60;
const S = 90_000;

function start(
  names: string[],
  of: Parameters<typeof makePackager>[0] & { grid?: typeof GRID } = {},
): StreamPackager {
  const { packager } = makePackager({ lowLatency: true, ...of });
  run(packager, names, of.grid);
  return packager;
}

function run(packager: StreamPackager, names: string[], grid = GRID): void {
  const renditions = names.map((name) => (name === "audio" ? audio : video(name)));
  packager.startRun({ grid, renditions });
  for (const name of names) packager.configure(name, name === "audio" ? ASC : AVCC);
}

/** Whole GOPs of some renditions from a time on. */
const gops = (names: readonly string[], count: number, from90k = 0) =>
  Object.fromEntries(names.map((name) => [name, videoUnits({ frames: count * GOP, from90k })]));

const text = (packager: StreamPackager): string => packager.manifest()?.bytes.toString() ?? "";
const read = (packager: StreamPackager): ReadMpd => readMpd(text(packager), "http://host/manifest.mpd");
/** Each Period's first number, start, end and renditions. */
const shape = (packager: StreamPackager) =>
  read(packager).periods.map(({ startS, endS, representations }) => ({
    from: representations[0]?.firstNumber,
    startS,
    endS,
    names: representations.map(({ id }) => id).join(" "),
  }));
const open = Number.POSITIVE_INFINITY;

describe("the manifest of a stream", () => {
  it("is there with the first part", () => {
    const packager = start(["360p"]);
    expect(packager.manifest()).toBeUndefined();
    pushAll(packager, { "360p": videoUnits({ frames: 6 }) });
    expect(shape(packager)).toEqual([{ from: 0, startS: 0, endS: open, names: "360p" }]);
  });

  it("is the same bytes while nothing but time goes on, once the rewind window is full", () => {
    const packager = start(["360p", "audio"], { dvrWindowS: 4 });
    const all = { ...gops(["360p"], 20), audio: audioUnits({ frames: 1_880 }) };
    const until = (end90k: number, from90k = 0) =>
      Object.fromEntries(
        Object.entries(all).map(([name, units]) => [
          name,
          units.filter(({ dts90k }) => dts90k >= from90k && dts90k < end90k),
        ]),
      );
    pushAll(packager, until(15 * S));
    const first = packager.manifest();
    expect(first).toBeDefined();
    pushAll(packager, until(40 * S, 15 * S));
    expect(packager.log.nextSeq).toBe(20);
    expect(packager.manifest()).toBe(first);
  });

  it("lets players go back to the stream's start, and no further than the window", () => {
    const packager = start(["360p"], { dvrWindowS: 20 });
    const depthAfter = (gop: number): string | undefined => {
      pushAll(packager, gops(["360p"], 1, (gop - 1) * 2 * S));
      return read(packager).root.attributes["timeShiftBufferDepth"];
    };
    const depths = Array.from({ length: 14 }, (_, index) => depthAfter(index + 1));
    expect(depths[0]).toBe("PT4S");
    expect(depths[6]).toBe("PT12S");
    expect(depths[13]).toBe("PT20S");
  });

  it("ends a run's Period where it ended, and begins the next where its media begins", () => {
    const packager = start(["360p"]);
    pushAll(packager, { "360p": videoUnits({ frames: 2 * GOP + 15 }) });
    packager.endRun();
    expect(shape(packager)).toEqual([{ from: 0, startS: 0, endS: open, names: "360p" }]);
    run(packager, ["360p"], { origin90k: 9 * S, period90k: 2 * S });
    pushAll(packager, gops(["360p"], 1, 9 * S));
    expect(shape(packager)).toEqual([
      { from: 0, startS: 0, endS: 4.5, names: "360p" },
      { from: 3, startS: 9, endS: open, names: "360p" },
    ]);
    expect(read(packager).periods[1]?.representations[0]).toMatchObject({
      mediaStartS: 9,
      initUrl: "http://host/360p/init-1.mp4",
    });
  });

  it("is static, with an end, once the stream is over", async () => {
    const packager = start(["360p"]);
    pushAll(packager, { "360p": videoUnits({ frames: GOP + 30 }) });
    await packager.end();
    const { root, type } = read(packager);
    expect(type).toBe("static");
    expect(root.attributes["mediaPresentationDuration"]).toBe("PT3S");
    expect(shape(packager)).toEqual([{ from: 0, startS: 0, endS: 3, names: "360p" }]);
  });

  it("leaves out what a dropped rendition never made", () => {
    const packager = start(["720p", "360p"]);
    pushAll(packager, gops(["720p", "360p"], 2));
    packager.endRendition("720p");
    pushAll(packager, gops(["360p"], 2, 4 * S));
    expect(shape(packager)).toEqual([
      { from: 0, startS: 0, endS: 4, names: "720p 360p" },
      { from: 2, startS: 4, endS: open, names: "360p" },
    ]);
  });

  it("leaves out what came later than its run, be it to stay", () => {
    const packager = start(["720p", "360p"]);
    pushAll(packager, gops(["360p"], 10));
    const late = videoUnits({ frames: 16 * GOP }).slice(8 * GOP);
    pushAll(packager, { "720p": late, "360p": gops(["360p"], 6, 20 * S)["360p"] ?? [] });
    expect(packager.log.get(12)?.entries.get("720p")?.kind).toBe("media");
    expect(shape(packager)).toEqual([{ from: 0, startS: 0, endS: open, names: "360p" }]);
  });

  it("announces a rendition that was away for a Period that has not begun", () => {
    const packager = start(["720p", "360p"]);
    pushAll(packager, gops(["720p", "360p"], 2));
    // It lags so far that some of its intervals are gaps.
    pushAll(packager, gops(["360p"], 8, 4 * S));
    const late = videoUnits({ frames: 11 * GOP }).slice(8 * GOP);
    pushAll(packager, { "720p": late, "360p": gops(["360p"], 1, 20 * S)["360p"] ?? [] });
    const [before, without, after] = shape(packager);
    expect([before?.names, without?.names, after?.names]).toEqual(["720p 360p", "360p", "720p 360p"]);
    expect(without?.startS).toBe(before?.endS);
    expect(after?.startS).toBe(without?.endS);
    expect(after?.endS).toBe(open);
    // Three segments after its first, so that players have read of it before.
    const seqs = Array.from({ length: 11 }, (_, seq) => seq);
    const gaps = seqs.filter((seq) => packager.log.get(seq)?.entries.get("720p")?.kind === "gap");
    expect(gaps.length).toBeGreaterThan(0);
    expect(without?.from).toBe(gaps[0]);
    expect(after?.from).toBe((gaps.at(-1) ?? 0) + 1 + 3);
  });

  it("keeps a Period's name, start and numbers when its first segments have left the window", () => {
    const packager = start(["360p"], { dvrWindowS: 0 });
    pushAll(packager, gops(["360p"], 2));
    const before = shape(packager);
    pushAll(packager, gops(["360p"], 60, 4 * S));
    packager.expire();
    expect(packager.log.first?.seq).toBeGreaterThan(0);
    expect(shape(packager)).toEqual(before);
  });

  it("does not take up what was missing at its run's start when that has left the window", () => {
    const packager = start(["720p", "360p"], { dvrWindowS: 0 });
    pushAll(packager, gops(["360p"], 10));
    const before = shape(packager);
    for (let gop = 10; gop < 60; gop += 1) pushAll(packager, gops(["720p", "360p"], 1, gop * 2 * S));
    packager.expire();
    expect(packager.log.first?.entries.get("720p")?.kind).toBe("media");
    expect(shape(packager)).toEqual(before);
  });

  it("counts by fractions of ticks where a GOP is no whole number of them", () => {
    // 50 frames at 23.976 fps: 187687.5 ticks.
    const period90k = 187_687.5;
    const packager = start(["360p"], { grid: { origin90k: 0, period90k } });
    const frame90k = 3_753.75;
    const units = videoUnits({ frames: 4 * 50, gop: 50 }).map((unit, index) => ({
      ...unit,
      pts90k: Math.round(index * frame90k),
      dts90k: Math.round(index * frame90k),
      duration90k: frame90k,
    }));
    pushAll(packager, { "360p": units });
    const template = text(packager).match(/<SegmentTemplate[^>]*>/)?.[0];
    expect(template).toContain('timescale="180000" duration="375375"');
  });

  it("says how long before its end a segment can be had: all but the first part", () => {
    const packager = start(["360p"]);
    pushAll(packager, gops(["360p"], 1));
    expect(read(packager).periods[0]?.representations[0]?.availableBeforeEndS).toBeCloseTo(1.8, 3);
    const standard = start(["360p"], { lowLatency: false });
    pushAll(standard, gops(["360p"], 1));
    expect(read(standard).periods[0]?.representations[0]?.availableBeforeEndS).toBe(0);
  });
});
