import { describe, expect, it } from "vitest";
import type { VideoRendition } from "../stream/media-sink.ts";
import type { StreamPackager } from "./stream-packager.ts";
import { AVCC, GRID, makePackager, pushAll, video, videoUnits } from "./synthetic-units.ts";

const SLEEPING: VideoRendition = { ...video("480p"), asleep: true, codecString: "avc1.64001f" };
const point = (index: number): number => GRID.origin90k + index * GRID.period90k;
const units = (index: number, frames = 60) => videoUnits({ from90k: point(index), frames });

function start(of: Parameters<typeof makePackager>[0] = {}): StreamPackager {
  const { packager } = makePackager(of);
  packager.startRun({ grid: GRID, renditions: [SLEEPING, video("360p")] });
  packager.configure("360p", AVCC);
  return packager;
}

function wake(packager: StreamPackager, index: number): void {
  packager.wake("480p", point(index));
  packager.configure("480p", AVCC);
}

const list = (packager: StreamPackager, parts = false): string[] =>
  packager.view("480p")?.body({ parts, delta: false })?.bytes.toString().trimEnd().split("\n") ?? [];
const master = (packager: StreamPackager): string =>
  packager.master({ parts: false })?.bytes.toString() ?? "none";

/** Numbers of what the playlist lists; gaps are in brackets. */
const listed = (packager: StreamPackager): string[] =>
  list(packager).flatMap((line, i, lines) => {
    const name = /^(\d+)\.m4s$/.exec(line)?.[1];
    if (name === undefined) return [];
    return lines[i - 2] === "#EXT-X-GAP" ? [`(${name})`] : [name];
  });

describe("a rung that sleeps", () => {
  it("is in the master from the start, as what its encoder will write, and holds up nobody", () => {
    const packager = start();
    pushAll(packager, { "360p": units(0) });
    expect(master(packager)).toContain("480p/index.m3u8");
    expect(master(packager)).toContain("avc1.64001f");
    expect(master(packager)).toContain('DATA-ID="tv.footlight.on-demand",VALUE="480p"');
    expect(packager.qualities().map(({ name }) => name)).toEqual(["480p", "360p"]);
  });

  it("has gaps at once where the others have segments, and names no init segment", () => {
    const packager = start();
    pushAll(packager, { "360p": [...units(0), ...units(1)] });
    expect(listed(packager)).toEqual(["(0)", "(1)"]);
    expect(list(packager).some((line) => line.startsWith("#EXT-X-MAP"))).toBe(false);
  });

  it("has media from the grid point on at which it wakes, under the stream's numbers", () => {
    const packager = start();
    pushAll(packager, { "360p": [...units(0), ...units(1, 30)] });
    wake(packager, 2);
    pushAll(packager, { "360p": units(1).slice(30) });
    pushAll(packager, { "360p": units(2), "480p": units(2) });
    expect(listed(packager)).toEqual(["(0)", "(1)", "2"]);
    expect(list(packager)).toContain('#EXT-X-MAP:URI="init-0.mp4"');
    // What it wakes into is waited for, like any other rendition's.
    pushAll(packager, { "360p": units(3) });
    expect(listed(packager)).toEqual(["(0)", "(1)", "2"]);
  });

  it("is absent from the MPD, asleep or awake, so that its coming cuts no Period", () => {
    const packager = start({ lowLatency: true });
    const manifest = (): string => packager.manifest()?.bytes.toString() ?? "none";
    pushAll(packager, { "360p": [...units(0), ...units(1, 30)] });
    wake(packager, 2);
    pushAll(packager, { "360p": units(1).slice(30) });
    pushAll(packager, { "360p": [...units(2), ...units(3)], "480p": [...units(2), ...units(3)] });
    pushAll(packager, { "360p": units(4, 30), "480p": units(4, 30) });
    expect(listed(packager)).toContain("2");
    expect(manifest()).toContain('id="360p"');
    expect(manifest()).not.toContain("480p");
    expect(manifest().match(/<Period /g)).toHaveLength(1);
  });

  it("has gaps again from the point on at which it is put to sleep, and media when woken once more", () => {
    const packager = start();
    wake(packager, 0);
    pushAll(packager, { "360p": [...units(0), ...units(1, 30)], "480p": units(0) });
    packager.sleep("480p", point(2));
    pushAll(packager, { "360p": [...units(1).slice(30), ...units(2)] });
    // Its last segment may still be on its way.
    expect(listed(packager)).toEqual(["0"]);
    pushAll(packager, { "480p": units(1) });
    pushAll(packager, { "360p": units(3) });
    expect(listed(packager)).toEqual(["0", "1", "(2)", "(3)"]);
    packager.wake("480p", point(5));
    pushAll(packager, { "360p": units(4) });
    pushAll(packager, { "360p": units(5), "480p": units(5) });
    expect(listed(packager)).toEqual(["0", "1", "(2)", "(3)", "(4)", "5"]);
  });

  it("gives up the segment that its encoder died in", () => {
    const packager = start({ lowLatency: true });
    wake(packager, 0);
    pushAll(packager, { "360p": units(0), "480p": units(0, 30) });
    expect(list(packager, true).filter((line) => line.startsWith("#EXT-X-PART:"))).toHaveLength(5);
    packager.sleep("480p", point(0));
    expect(listed(packager)).toEqual(["(0)"]);
    expect(packager.media.part("480p", 0, 0)).toBeUndefined();
    packager.wake("480p", point(2));
    pushAll(packager, { "360p": [...units(1), ...units(2)], "480p": units(2) });
    expect(listed(packager)).toEqual(["(0)", "(1)", "2"]);
  });

  it("sleeps on when it is put to sleep before it has woken", () => {
    const packager = start();
    pushAll(packager, { "360p": units(0, 30) });
    packager.wake("480p", point(1));
    packager.sleep("480p", point(1));
    pushAll(packager, { "360p": [...units(0).slice(30), ...units(1)] });
    expect(listed(packager)).toEqual(["(0)", "(1)"]);
  });

  it("hints the part that it will wake into, from the moment at which the others begin a segment", () => {
    const packager = start({ lowLatency: true });
    pushAll(packager, { "360p": [...units(0), ...units(1, 6)] });
    expect(list(packager, true)).toContain('#EXT-X-PRELOAD-HINT:TYPE=PART,URI="2.0.m4s"');
    expect(packager.media.part("480p", 2, 0)).toBe("hinted");
    wake(packager, 2);
    pushAll(packager, { "360p": [...units(1).slice(6), ...units(2, 6)], "480p": units(2, 6) });
    expect(packager.media.part("480p", 2, 0)).toBeInstanceOf(Uint8Array);
  });

  it("is awake again when the run goes on under another number", () => {
    const packager = start();
    wake(packager, 0);
    pushAll(packager, { "360p": units(0), "480p": units(0) });
    const other = Buffer.from(AVCC);
    other[3] = 0x20;
    packager.configure("360p", other);
    pushAll(packager, { "360p": units(1), "480p": units(1) });
    pushAll(packager, { "360p": units(2) });
    expect(packager.log.last?.run).toBe(1);
    expect(listed(packager)).toEqual(["0", "1"]);
  });

  it("is not offered once the stream is over, unless there is something of it", async () => {
    const packager = start();
    pushAll(packager, { "360p": units(0, 45) });
    await packager.end();
    expect(master(packager)).not.toContain("480p");
    expect(list(packager)).toContain("#EXTINF:1.50000,");

    const woken = start();
    wake(woken, 0);
    pushAll(woken, { "360p": units(0), "480p": units(0) });
    await woken.end();
    expect(master(woken)).toContain("480p");
  });
});

describe("demand", () => {
  it("is told of rungs on demand only, and waited for until they have media", () => {
    const asked: string[] = [];
    const { packager } = makePackager({ lowLatency: true, demanded: (name) => asked.push(name) });
    packager.startRun({ grid: GRID, renditions: [SLEEPING, video("360p")] });
    packager.configure("360p", AVCC);
    for (const name of ["480p", "360p", "nonsense"]) packager.onDemand.note(name);
    expect(asked).toEqual(["480p"]);
    pushAll(packager, { "360p": [...units(0), ...units(1, 6)] });
    const view = packager.view("480p");
    if (view === undefined) throw new Error("no view");
    expect([true, false].map((parts) => packager.onDemand.awaits(view, parts))).toEqual([true, true]);
    wake(packager, 2);
    pushAll(packager, { "360p": [...units(1).slice(6), ...units(2, 6)], "480p": units(2, 6) });
    expect([true, false].map((parts) => packager.onDemand.awaits(view, parts))).toEqual([false, true]);
    pushAll(packager, { "480p": units(2).slice(6) });
    expect(packager.onDemand.awaits(view, false)).toBe(false);
    packager.endRendition("480p");
    pushAll(packager, { "360p": units(2).slice(6) });
    expect(packager.onDemand.awaits(view, false)).toBe(false);
  });
});
