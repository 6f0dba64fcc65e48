import { describe, expect, it } from "vitest";
import { DecodeClock } from "./decode-clock.ts";
import { KeyframePacer } from "./keyframe-pacer.ts";

const FRAME90K = 3_000;

/** An encoder at 30 fps whose frames are keyframes when `isKey` says so; frames at which it was asked. */
function encode(frames: number, isKey: (frame: number, asked: readonly number[]) => boolean): number[] {
  const asked: number[] = [];
  let frame = 0;
  const pacer = new KeyframePacer(() => asked.push(frame));
  for (; frame < frames; frame += 1) pacer.frame(1_000_000 + frame * FRAME90K, isKey(frame, asked));
  return asked;
}

describe("KeyframePacer", () => {
  it("asks who makes none, one frame before each point of its grid", () => {
    const asked = encode(400, (frame, asks) => frame === 0 || asks.at(-1) === frame - 1);
    // The first period shows that it makes none by itself.
    expect(asked).toEqual([65, 119, 179, 239, 299, 359]);
  });

  it("keeps to the grid with who answers late", () => {
    const asked = encode(400, (frame, asks) => frame === 0 || asks.at(-1) === frame - 5);
    expect(asked).toEqual([65, 119, 179, 239, 299, 359]);
  });

  it("leaves who keeps time alone", () => {
    expect(encode(600, (frame) => frame % 60 === 0)).toEqual([]);
    expect(encode(600, (frame) => frame % 30 === 0)).toEqual([]);
  });

  it("asks again who does not answer", () => {
    expect(encode(120, (frame) => frame === 0)).toEqual([65, 80, 95, 110]);
  });

  it("begins anew with a sender that begins anew", () => {
    const asked: number[] = [];
    let at = 0;
    const pacer = new KeyframePacer(() => asked.push(at));
    for (at = 0; at < 30; at += 1) pacer.frame(at * FRAME90K, at === 0);
    for (; at < 200; at += 1) pacer.frame(900_000_000 + at * FRAME90K, false);
    expect(asked).toEqual([]);
  });
});

describe("DecodeClock", () => {
  it("is the presentation's while no frame is shown after a later one", () => {
    const clock = new DecodeClock();
    expect([0, 3_000, 6_000, 50_000].map((pts) => clock.dts90k(pts))).toEqual([0, 3_000, 6_000, 50_000]);
  });

  it("keeps before it from a first B-frame on", () => {
    const clock = new DecodeClock();
    // I P B B P B B P …
    const order = [0, 3, 1, 2, 6, 4, 5, 9, 7, 8, 12, 10, 11];
    const times = order.map((frame) => ({ pts: frame * 3_000, dts: clock.dts90k(frame * 3_000) }));
    const steps = times.slice(1).map(({ dts }, i) => dts - (times[i]?.dts ?? 0));
    expect(Math.min(...steps)).toBeGreaterThan(0);
    for (const { pts, dts } of times.slice(4)) expect(dts).toBeLessThanOrEqual(pts);
  });

  it("goes back with a sender whose time does", () => {
    const clock = new DecodeClock();
    expect([900_000, 903_000, 0, 3_000].map((pts) => clock.dts90k(pts))).toEqual([
      900_000, 903_000, 0, 3_000,
    ]);
  });
});
