import { describe, expect, it } from "vitest";
import { LiveEdge, PART_EDGE, SEGMENT_EDGE } from "./live-edge.ts";

interface Feed {
  from?: number;
  stepS?: number;
  jitterS?: number;
  fetchS?: number;
}

/** A stream whose steps come out 0.2 s after their end, `jitterS` late every third time, and are fetched. */
const feed = (
  edge: LiveEdge,
  count: number,
  { from = 0, stepS = 2, jitterS = 0, fetchS = 0.05 }: Feed = {},
) => {
  for (let index = from; index < from + count; index++) {
    const endS = 10 + index * stepS;
    const outS = endS + 0.2 + (index % 3 === 2 ? jitterS : 0);
    edge.noteEdge(endS, stepS, outS * 1000);
    edge.noteBuffered(endS, (outS + fetchS) * 1000);
  }
};
const at = (nowS: number, currentS: number, aheadS = 1) => ({
  nowMs: nowS * 1000,
  currentS,
  bufferedEndS: currentS + aheadS,
});
/** Six segments: the last one ends at 20 and comes out at 20.2. */
const fed = () => {
  const edge = new LiveEdge();
  feed(edge, 6);
  return edge;
};

describe("LiveEdge", () => {
  it("keeps one segment, the fetch and the margin from the edge", () => {
    const edge = fed();
    expect(edge.targetS).toBeCloseTo(2 + 0.05 + 0.3);
    expect(edge.positionAt(20_200)).toBeCloseTo(20);
    expect(edge.startAt(20_200)).toBeCloseTo(20 - 2.35);
  });

  it("keeps one part, the fetch and the margin where there are parts", () => {
    const edge = new LiveEdge(PART_EDGE);
    feed(edge, 40, { stepS: 0.2, fetchS: 0.02 });
    expect(edge.targetS).toBeCloseTo(0.2 + 0.02 + PART_EDGE.marginS);
    // Nearer than the 0.6 s that the playlist asks of players that do not measure.
    expect(edge.targetS).toBeLessThan(0.6);
  });

  it("guesses before anything was fetched", () => {
    const edge = new LiveEdge(PART_EDGE);
    edge.noteEdge(10, 0.2, 10_200);
    expect(edge.targetS).toBeCloseTo(0.2 + 0.1 + PART_EDGE.marginS);
  });

  it("takes the first playlist's age into account and drops the guess for a measured arrival", () => {
    const edge = new LiveEdge();
    edge.noteEdge(10, 2, 11_700, 1_500);
    expect(edge.positionAt(11_700)).toBeCloseTo(11.5);
    expect(edge.measured).toBe(false);
    edge.noteEdge(12, 2, 12_500);
    expect(edge.positionAt(12_500)).toBeCloseTo(12);
    expect(edge.measured).toBe(true);
  });

  it("plays at normal speed within the tolerance, and settles before it stops correcting", () => {
    const edge = fed();
    const behind = (offS: number) => edge.decide(at(20.2, 20 - edge.targetS - offS));
    expect(behind(0.08)).toEqual({ kind: "rate", rate: 1 });
    expect(behind(0.2)).toEqual({ kind: "rate", rate: 1.04 });
    expect(behind(0.08)).toEqual({ kind: "rate", rate: 1.02 });
    expect(behind(0.01)).toEqual({ kind: "rate", rate: 1 });
    expect(behind(0.08)).toEqual({ kind: "rate", rate: 1 });
  });

  it("never leaves 0.95 to 1.05", () => {
    const edge = fed();
    expect(edge.decide(at(20.2, 20 - edge.targetS - 1.4))).toEqual({ kind: "rate", rate: 1.05 });
    expect(edge.decide(at(20.2, 20 - edge.targetS + 1.4))).toEqual({ kind: "rate", rate: 0.95 });
  });

  it("does not hurry while hardly anything is buffered", () => {
    const edge = fed();
    expect(edge.decide(at(20.2, 20 - edge.targetS - 1, 0.1))).toEqual({ kind: "rate", rate: 1 });
  });

  it("seeks when far behind, sooner after a hidden tab, and sooner in the low tier", () => {
    const edge = fed();
    const far = edge.decide(at(20.2, 10));
    expect(far.kind === "seek" && far.toS).toBeCloseTo(20 - edge.targetS);
    const near = at(20.2, 20 - edge.targetS - 0.9);
    expect(edge.decide(near).kind).toBe("rate");
    expect(edge.decide({ ...near, returned: true }).kind).toBe("seek");
    const low = new LiveEdge(PART_EDGE);
    feed(low, 51, { stepS: 0.2 });
    expect(low.decide(at(20.2, 20 - low.targetS - 0.9)).kind).toBe("seek");
  });

  it("backs off after a stall, bounded, and comes back after calm times", () => {
    const edge = fed();
    const before = edge.targetS;
    edge.noteStall(20_200);
    expect(edge.targetS).toBeCloseTo(before + SEGMENT_EDGE.backOffS);
    for (let index = 0; index < 30; index++) edge.noteStall(20_200);
    expect(edge.targetS).toBeCloseTo(before + SEGMENT_EDGE.maxBackOffS);
    feed(edge, 9, { from: 6 });
    expect(edge.targetS).toBeCloseTo(before + SEGMENT_EDGE.maxBackOffS);
    feed(edge, 400, { from: 15 });
    expect(edge.targetS).toBeCloseTo(before);
  });

  it("lets the usual margin take what is seldom late, and grows by what is more", () => {
    const targetWith = (jitterS: number) => {
      const edge = new LiveEdge(PART_EDGE);
      feed(edge, 30, { stepS: 0.2, jitterS, fetchS: 0.02 });
      return edge.targetS;
    };
    const calm = targetWith(0);
    expect(targetWith(0.1)).toBeCloseTo(calm);
    expect(targetWith(0.5)).toBeCloseTo(0.22 + 0.5 + PART_EDGE.worstMarginS);
  });

  it("forgets what was late long ago", () => {
    const edge = new LiveEdge(PART_EDGE);
    feed(edge, 30, { stepS: 0.2, jitterS: 0.5, fetchS: 0.02 });
    feed(edge, PART_EDGE.steps, { from: 30, stepS: 0.2, fetchS: 0.02 });
    expect(edge.targetS).toBeCloseTo(0.22 + PART_EDGE.marginS);
  });

  it("keeps more distance where fetches are slow or the network tight", () => {
    const slow = new LiveEdge();
    feed(slow, 6, { fetchS: 1.2 });
    expect(slow.targetS).toBeCloseTo(2 + 1.2 + 0.3);
    const tight = fed();
    tight.noteRatio(1.5);
    expect(tight.targetS).toBeCloseTo(2.35 + 1);
    tight.noteRatio(3);
    expect(tight.targetS).toBeCloseTo(2.35);
  });

  it("does not learn from what was fetched late because the player was not there", () => {
    const edge = new LiveEdge(PART_EDGE);
    feed(edge, 30, { stepS: 0.2, fetchS: 0.02 });
    const before = edge.targetS;
    // The viewer was elsewhere for 20 s; the first parts after it are old ones.
    edge.noteLost();
    edge.noteEdge(36, 0.2, 36_200);
    edge.noteBuffered(34, 36_250);
    edge.noteBuffered(35, 36_260);
    expect(edge.targetS).toBeCloseTo(before);
  });

  it("knows nothing after a break until the next playlist", () => {
    const edge = fed();
    edge.noteBreak();
    expect(edge.blind).toBe(true);
    expect(edge.decide(at(60, 10))).toEqual({ kind: "rate", rate: 1 });
    edge.noteEdge(22, 2, 60_000);
    expect(edge.positionAt(60_000)).toBeCloseTo(22);
  });

  it("ignores a playlist that has not moved", () => {
    const edge = new LiveEdge();
    edge.noteEdge(10, 2, 10_000);
    edge.noteEdge(10, 2, 15_000);
    expect(edge.positionAt(15_000)).toBeCloseTo(15);
  });
});
