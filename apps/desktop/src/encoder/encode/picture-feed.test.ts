import { expect, test } from "vitest";
import type { EncodeSettings } from "../../contract/media-port.ts";
import type { PictureUnit, UnitSink } from "../units.ts";
import { PictureFeed } from "./picture-feed.ts";

const FPS = 10;
const FRAME_US = 1e6 / FPS;
const settings: EncodeSettings = {
  ...{ id: "e", width: 64, height: 36, fps: FPS, bitrateBps: 1_000_000, keyframeIntervalMs: 1_000 },
  ...{ encoder: "webcodecs", effort: "balanced", bFrames: false },
};

/** Encodes that give what they are told to. */
class Encodes {
  readonly sinks = new Map<string, Set<UnitSink>>();
  readonly bitrates: string[] = [];
  others = 0;

  openPictures({ id, bitrateBps }: EncodeSettings, sink: UnitSink) {
    this.bitrates.push(`open ${id} ${bitrateBps}`);
    const sinks = this.sinks.get(id) ?? new Set();
    this.sinks.set(id, sinks.add(sink));
    return () => {
      sinks.delete(sink);
      this.bitrates.push(`end ${id}`);
    };
  }
  users = (id: string): number => (this.sinks.get(id)?.size ?? 0) + (id === "e" ? this.others : 0);
  gridUs = (): number => 0;
  setBitrate = (id: string, bps: number): void => {
    this.bitrates.push(`set ${id} ${bps}`);
  };
  give(id: string, frame: number, key = frame % FPS === 0): void {
    const time = frame * FRAME_US;
    const unit: PictureUnit = {
      ...{ kind: "picture", encode: id, ptsUs: time, dtsUs: time, key, frame, source: 1, captureMs: 0 },
      ...{ data: Buffer.alloc(1), config: Buffer.alloc(1) },
    };
    for (const sink of this.sinks.get(id) ?? []) sink.push(unit);
  }
}

function setUp(others: number, mayEncodeMore = true) {
  const source = new Encodes();
  source.others = others;
  const out: string[] = [];
  const feed = new PictureFeed({
    source,
    settings,
    targetId: "t",
    mayEncodeMore: () => mayEncodeMore,
    sink: { push: (unit) => unit.kind === "picture" && out.push(`${unit.encode}${unit.frame}`) },
  });
  return { source, out, feed };
}

test("alone it turns its encode down and up again", () => {
  const { source, feed } = setUp(0);
  feed.setBitrate(500_000);
  feed.setBitrate(1_000_000);
  expect(source.bitrates).toEqual(["open e 1000000", "set e 500000", "set e 1000000"]);
});

test("beside others it gets its own, from a keyframe of the grid on, each picture once", () => {
  const { source, out, feed } = setUp(1);
  for (let frame = 0; frame < 3; frame += 1) source.give("e", frame);
  feed.setBitrate(500_000);
  // The new encode begins off the grid, and is slower by two pictures.
  for (let frame = 3; frame < 14; frame += 1) {
    source.give("e", frame);
    if (frame >= 5) source.give("e~t", frame - 2, frame === 5 || frame - 2 === 10);
  }
  source.give("e~t", 12);
  expect(out).toEqual([
    ...Array.from({ length: 10 }, (_, frame) => `e${frame}`),
    ...["e~t10", "e~t11", "e~t12"],
  ]);
  expect(source.bitrates).toEqual(["open e 1000000", "open e~t 500000", "end e"]);
});

test("recovered it goes back to the shared one the same way", () => {
  const { source, out, feed } = setUp(1);
  feed.setBitrate(500_000);
  for (let frame = 3; frame < 12; frame += 1) {
    source.give("e~t", frame, frame === 3 || frame === 10);
    source.give("e", frame);
  }
  feed.setBitrate(700_000);
  feed.setBitrate(1_000_000);
  for (let frame = 12; frame < 22; frame += 1) {
    source.give("e", frame);
    source.give("e~t", frame);
  }
  expect(out.slice(-4)).toEqual(["e~t18", "e~t19", "e20", "e21"]);
  expect(source.bitrates.slice(2)).toEqual(["end e", "set e~t 700000", "open e 1000000", "end e~t"]);
});

test("an encode of its own that gives nothing is given up after a GOP", () => {
  const { source, out, feed } = setUp(1);
  feed.setBitrate(500_000);
  source.give("e~t", 3, true);
  for (let frame = 4; frame < 22; frame += 1) source.give("e", frame);
  expect(out.slice(-3)).toEqual(["e9", "e20", "e21"]);
  expect(source.bitrates.at(-1)).toBe("end e~t");
});

test("a machine without room leaves it to the queue", () => {
  const { source, feed } = setUp(1, false);
  feed.setBitrate(500_000);
  expect(source.bitrates).toEqual(["open e 1000000"]);
});
