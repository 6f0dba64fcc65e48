import { describe, expect, it } from "vitest";
import { LIVE_EDGE_DEFAULTS, LiveEdge } from "./live-edge.ts";

/** A stream whose 2 s segments come out `pipelineS` after their end, `jitterS` late every third time. */
const feed = (edge: LiveEdge, segments: number, { from = 0, jitterS = 0, fetchS = 0.05 } = {}) => {
  for (let index = from; index < from + segments; index++) {
    const late = index % 3 === 2 ? jitterS : 0;
    edge.noteEdge(10 + index * 2, 2, (10 + index * 2 + 0.2 + late) * 1000);
    edge.noteFetch(fetchS);
  }
};
const at = (nowS: number, currentS: number, aheadS = 1) => ({
  nowMs: nowS * 1000,
  currentS,
  bufferedEndS: currentS + aheadS,
});

describe("LiveEdge", () => {
  it("keeps one segment, the fetch and the margin from the edge", () => {
    const edge = new LiveEdge();
    feed(edge, 6);
    expect(edge.targetS).toBeCloseTo(2 + 0.05 + 0.3);
    // At the arrival of the segment that ends at 20 the edge is 20.
    expect(edge.positionAt(20_200)).toBeCloseTo(20);
    expect(edge.startAt(20_200)).toBeCloseTo(20 - 2.35);
  });

  it("takes the first playlist's age into account and drops the guess for a measured arrival", () => {
    const edge = new LiveEdge();
    edge.noteEdge(10, 2, 11_700, 1_500);
    expect(edge.positionAt(11_700)).toBeCloseTo(11.5);
    edge.noteEdge(12, 2, 12_500);
    expect(edge.positionAt(12_500)).toBeCloseTo(12);
  });

  it("plays at normal speed within the tolerance, and settles before it stops correcting", () => {
    const edge = new LiveEdge();
    feed(edge, 6);
    const target = edge.targetS;
    const behind = (offS: number) => edge.decide(at(20.2, 20 - target - offS));
    expect(behind(0.08)).toEqual({ kind: "rate", rate: 1 });
    expect(behind(0.2)).toEqual({ kind: "rate", rate: 1.04 });
    expect(behind(0.08)).toEqual({ kind: "rate", rate: 1.02 });
    expect(behind(0.01)).toEqual({ kind: "rate", rate: 1 });
    expect(behind(0.08)).toEqual({ kind: "rate", rate: 1 });
  });

  it("never leaves 0.95 to 1.05", () => {
    const edge = new LiveEdge();
    feed(edge, 6);
    expect(edge.decide(at(20.2, 20 - edge.targetS - 1.4))).toEqual({ kind: "rate", rate: 1.05 });
    expect(edge.decide(at(20.2, 20 - edge.targetS + 1.4))).toEqual({ kind: "rate", rate: 0.95 });
  });

  it("does not hurry while hardly anything is buffered", () => {
    const edge = new LiveEdge();
    feed(edge, 6);
    expect(edge.decide(at(20.2, 20 - edge.targetS - 1, 0.1))).toEqual({ kind: "rate", rate: 1 });
  });

  it("seeks when far behind, sooner after a hidden tab", () => {
    const edge = new LiveEdge();
    feed(edge, 6);
    const far = edge.decide(at(20.2, 10));
    expect(far.kind === "seek" && far.toS).toBeCloseTo(20 - edge.targetS);
    const near = at(20.2, 20 - edge.targetS - 0.8);
    expect(edge.decide(near).kind).toBe("rate");
    expect(edge.decide({ ...near, returned: true }).kind).toBe("seek");
  });

  it("backs off after a stall, bounded, and comes back after calm segments", () => {
    const edge = new LiveEdge();
    feed(edge, 6);
    const before = edge.targetS;
    edge.noteStall();
    expect(edge.targetS).toBeCloseTo(before + LIVE_EDGE_DEFAULTS.backOffS);
    for (let index = 0; index < 30; index++) edge.noteStall();
    expect(edge.targetS).toBeCloseTo(before + LIVE_EDGE_DEFAULTS.maxBackOffS);
    feed(edge, 400, { from: 6 });
    expect(edge.targetS).toBeCloseTo(before);
  });

  it("keeps more distance where arrivals are irregular, fetches slow or the network tight", () => {
    const calm = new LiveEdge();
    feed(calm, 6);
    const irregular = new LiveEdge();
    feed(irregular, 6, { jitterS: 0.5 });
    expect(irregular.targetS).toBeCloseTo(calm.targetS + 0.3);
    const slow = new LiveEdge();
    feed(slow, 6, { fetchS: 1.2 });
    expect(slow.targetS).toBeCloseTo(2 + 1.2 + 0.3);
    calm.noteRatio(1.5);
    expect(calm.targetS).toBeCloseTo(2.35 + 1);
    calm.noteRatio(3);
    expect(calm.targetS).toBeCloseTo(2.35);
  });

  it("knows nothing after a break until the next playlist", () => {
    const edge = new LiveEdge();
    feed(edge, 6);
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
