import { describe, expect, test } from "vitest";
import type { PictureUnit, SoundUnit } from "../units.ts";
import { SendQueue } from "./send-queue.ts";

const FRAME_US = 100_000;
const picture = (frame: number, key = frame % 10 === 0): PictureUnit => ({
  kind: "picture",
  encode: "e",
  ptsUs: frame * FRAME_US,
  dtsUs: frame * FRAME_US,
  key,
  data: Buffer.alloc(100),
  config: Buffer.alloc(1),
  frame,
  source: 1,
  captureMs: 0,
});
const sound = (frame: number): SoundUnit => ({
  kind: "sound",
  track: 1,
  ptsUs: frame * FRAME_US,
  data: Buffer.alloc(10),
  config: Buffer.alloc(1),
});

function setUp(maxBytes = 1_000_000) {
  const dropped: number[] = [];
  const queue = new SendQueue(maxBytes, ({ frame }) => dropped.push(frame));
  const drain = (): string[] => {
    const out: string[] = [];
    for (let unit = queue.shift(); unit !== undefined; unit = queue.shift()) {
      out.push(unit.kind === "picture" ? `${unit.key ? "K" : "p"}${unit.frame}` : "s");
    }
    return out;
  };
  const feed = (from: number, to: number): void => {
    for (let frame = from; frame <= to; frame += 1) {
      queue.push(picture(frame));
      queue.push(sound(frame));
    }
  };
  return { queue, dropped, drain, feed };
}

describe("online", () => {
  test("what comes goes out in order, and its bytes and time are counted", () => {
    const { queue, drain, feed, dropped } = setUp();
    queue.goOnline();
    feed(0, 4);
    expect(queue).toMatchObject({ length: 10, bytes: 550, queuedMs: 400 });
    expect(drain()).toEqual(["K0", "s", "p1", "s", "p2", "s", "p3", "s", "p4", "s"]);
    expect(queue).toMatchObject({ length: 0, bytes: 0, queuedMs: 0 });
    expect(dropped).toEqual([]);
  });

  test("begins with a keyframe", () => {
    const { queue, drain, feed } = setUp();
    queue.goOnline();
    feed(8, 11);
    expect(drain().filter((unit) => unit !== "s")).toEqual(["K10", "p11"]);
  });

  test("too slow: the rest of the old GOP goes, sound stays, the new GOP is whole", () => {
    const { queue, drain, feed, dropped } = setUp();
    queue.goOnline();
    feed(0, 0);
    drain();
    feed(1, 12);
    expect(dropped).toEqual([]);
    feed(13, 22);
    expect(dropped).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    const out = drain();
    expect(out.filter((unit) => unit === "s")).toHaveLength(22);
    expect(out.filter((unit) => unit !== "s")).toEqual(["K20", "p21", "p22"]);
  });

  test("much too slow: what waits stays, nothing more comes before the next keyframe, and that takes its place", () => {
    const { queue, drain, dropped } = setUp(450);
    queue.goOnline();
    for (let frame = 0; frame < 10; frame += 1) queue.push(picture(frame));
    expect(dropped).toEqual([5, 6, 7, 8, 9]);
    expect(queue.shift()).toMatchObject({ frame: 0 });
    for (let frame = 10; frame < 12; frame += 1) queue.push(picture(frame));
    expect(dropped).toEqual([5, 6, 7, 8, 9, 1, 2, 3, 4]);
    expect(drain()).toEqual(["K10", "p11"]);
  });
});

describe("offline", () => {
  test("the newest GOP waits with its sound; what was cut off in its middle goes", () => {
    const { queue, drain, feed, dropped } = setUp();
    queue.goOnline();
    feed(0, 3);
    queue.shift();
    queue.goOffline();
    expect(dropped).toEqual([1, 2, 3]);
    feed(4, 23);
    expect(dropped.slice(3)).toEqual(Array.from({ length: 16 }, (_, at) => at + 4));
    queue.goOnline();
    expect(drain().filter((unit) => unit !== "s")).toEqual(["K20", "p21", "p22", "p23"]);
  });

  test("sound without a picture is bounded", () => {
    const { queue } = setUp();
    for (let frame = 0; frame < 3_050; frame += 1) queue.push(sound(frame));
    expect(queue.length).toBe(3_000);
  });
});
