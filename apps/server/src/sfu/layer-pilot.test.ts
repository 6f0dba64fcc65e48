import { describe, expect, test } from "vitest";
import { LayerPilot } from "./layer-pilot.ts";

/** Feeds one score a second; the layers that were chosen, by second. */
function fly(pilot: LayerPilot, scores: readonly number[], fromS = 0): [number, number][] {
  const chosen: [number, number][] = [];
  for (const [index, score] of scores.entries()) {
    const atS = fromS + index + 1;
    const layer = pilot.score(score, atS * 1_000);
    if (layer !== undefined) chosen.push([atS, layer]);
  }
  return chosen;
}

const times = (score: number, count: number) => new Array<number>(count).fill(score);

describe("the layer pilot", () => {
  test("begins at the top and stays there while all is well", () => {
    const pilot = new LayerPilot({ layers: 3, nowMs: 0 });
    expect(fly(pilot, times(10, 60))).toEqual([]);
    expect(pilot.layer).toBe(2);
  });

  test("goes down one layer at a time while packets are lost, and no further than the lowest", () => {
    const pilot = new LayerPilot({ layers: 3, nowMs: 0 });
    expect(fly(pilot, times(3, 20))).toEqual([
      [3, 1],
      [6, 0],
    ]);
  });

  test("is not moved by a middling score", () => {
    const pilot = new LayerPilot({ layers: 2, nowMs: 0 });
    expect(fly(pilot, times(8, 60))).toEqual([]);
  });

  test("climbs after ten good seconds, and ever later where that was too much", () => {
    const pilot = new LayerPilot({ layers: 2, nowMs: 0 });
    expect(fly(pilot, times(2, 3))).toEqual([[3, 0]]);
    expect(fly(pilot, times(10, 11), 3)).toEqual([[14, 1]]);
    expect(fly(pilot, times(2, 3), 14)).toEqual([[17, 0]]);
    expect(fly(pilot, times(10, 21), 17)).toEqual([[38, 1]]);
  });

  test("forgets old troubles after a long time at the top", () => {
    const pilot = new LayerPilot({ layers: 2, nowMs: 0 });
    fly(pilot, [...times(2, 3), ...times(10, 11), ...times(2, 3), ...times(10, 21)]);
    expect(pilot.layer).toBe(1);
    fly(pilot, times(10, 200), 38);
    expect(fly(pilot, times(2, 1), 238)).toEqual([[239, 0]]);
    expect(fly(pilot, times(10, 20), 239)).toEqual([[250, 1]]);
  });
});
