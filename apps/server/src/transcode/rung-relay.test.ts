import { describe, expect, it } from "vitest";
import type { RenditionUnit } from "../stream/media-sink.ts";
import { RungRelay } from "./rung-relay.ts";

const unit = (pts90k: number): RenditionUnit => ({
  dts90k: pts90k,
  pts90k,
  duration90k: 10,
  keyframe: pts90k % 100 === 0,
  data: Uint8Array.of(),
});

function relay() {
  const out: string[] = [];
  const made = new RungRelay({
    configure: (config) => out.push(`c${config[0]}`),
    unit: ({ pts90k }) => out.push(String(pts90k)),
  });
  return { made, out };
}
const CONFIG = Uint8Array.of(1);

describe("RungRelay", () => {
  it("gives out one leg's part only", () => {
    const { made, out } = relay();
    const leg = made.open(100);
    made.cut(200);
    leg.configure(CONFIG);
    for (const pts of [90, 100, 190, 200, 210]) leg.unit(unit(pts));
    expect(out).toEqual(["c1", "100", "190"]);
  });

  it("holds back the next leg until the one before has reached the point", () => {
    const { made, out } = relay();
    const first = made.open(0);
    first.configure(CONFIG);
    first.unit(unit(90));
    const second = made.open(200);
    second.configure(CONFIG);
    second.unit(unit(200));
    second.unit(unit(210));
    expect(out).toEqual(["c1", "90"]);
    first.unit(unit(190));
    first.unit(unit(200));
    second.unit(unit(220));
    expect(out).toEqual(["c1", "90", "190", "c1", "200", "210", "220"]);
  });

  it("goes on when the one before dies, and when it has nothing to do any more", () => {
    const { made, out } = relay();
    const first = made.open(0);
    const dropped = made.open(200);
    const third = made.open(200);
    third.configure(CONFIG);
    third.unit(unit(200));
    dropped.unit(unit(200));
    expect(out).toEqual([]);
    first.finish();
    expect(out).toEqual(["c1", "200"]);
  });

  it("loses nothing of a leg that is through before it has the word", () => {
    const { made, out } = relay();
    const first = made.open(0);
    const second = made.open(100);
    second.configure(CONFIG);
    for (const pts of [100, 150]) second.unit(unit(pts));
    const third = made.open(200);
    second.unit(unit(200));
    third.configure(CONFIG);
    third.unit(unit(200));
    first.finish();
    expect(out).toEqual(["c1", "100", "150", "c1", "200"]);
  });

  it("sleeps and wakes", () => {
    const { made, out } = relay();
    const first = made.open(0);
    first.configure(CONFIG);
    made.cut(100);
    first.unit(unit(0));
    first.unit(unit(100));
    const second = made.open(300);
    second.configure(CONFIG);
    second.unit(unit(300));
    expect(out).toEqual(["c1", "0", "c1", "300"]);
  });
});
