import type { Audience } from "@footlight/shared";
import { describe, expect, it } from "vitest";
import { clockNote, formatShare, tierBars } from "./audience.ts";

const NONE = { ingest: null, transcode: null, packaging: null, delivery: null, buffer: null };
const audience = (tiers: Audience["tiers"]): Audience => ({
  viewers: 3,
  clock: "arrival",
  stallRatio: 0,
  droppedRatio: 0,
  tiers,
  qualities: [],
});

describe("the audience in words", () => {
  it("writes shares with two figures, and never a small one as nought", () => {
    expect([null, 0, 0.00005, 0.0042, 0.0234, 0.257, 1].map(formatShare)).toEqual([
      "–",
      "none",
      "under 0.01%",
      "0.42%",
      "2.3%",
      "26%",
      "100%",
    ]);
  });
  it("says what delays count from", () => {
    expect(clockNote("arrival")).toContain("arrival at the server");
    expect(clockNote("capture")).toContain("capture");
  });
});

describe("tierBars", () => {
  it("draws all tiers to one scale, stage after stage", () => {
    const [standard, low] = tierBars(
      audience([
        {
          tier: "standard",
          viewers: 1,
          latencyMs: { median: 2_500, p95: 4_000 },
          stages: { ...NONE, transcode: 100, packaging: 1_000, buffer: 1_400 },
        },
        {
          tier: "low",
          viewers: 2,
          latencyMs: { median: 800, p95: 1_000 },
          stages: { ingest: 40, transcode: 100, packaging: 100, delivery: 0, buffer: 560 },
        },
      ]),
    );
    expect(standard).toMatchObject({ name: "Standard", median: "2.50 s", p95: "4.00 s", p95Share: 1 });
    expect(standard?.pieces).toEqual([
      { stage: "transcode", share: 0.025 },
      { stage: "packaging", share: 0.25 },
      { stage: "buffer", share: 0.35 },
    ]);
    expect(low?.pieces.map(({ stage }) => stage)).toEqual(["ingest", "transcode", "packaging", "buffer"]);
    expect(low?.p95Share).toBe(0.25);
  });
  it("stays within its width where nothing is known, or stages are longer than the delay", () => {
    const [empty] = tierBars(audience([{ tier: "low", viewers: 1, latencyMs: null, stages: NONE }]));
    expect(empty).toMatchObject({ median: "–", p95: "–", pieces: [], p95Share: null });
    const [long] = tierBars(
      audience([
        {
          tier: "low",
          viewers: 1,
          latencyMs: { median: 500, p95: 500 },
          stages: { ...NONE, buffer: 2_000 },
        },
      ]),
    );
    expect(long?.pieces).toEqual([{ stage: "buffer", share: 1 }]);
    expect(long?.p95Share).toBe(0.25);
    const [skewed] = tierBars(
      audience([
        {
          tier: "low",
          viewers: 90,
          latencyMs: { median: 1_000, p95: 90_000 },
          stages: { ...NONE, buffer: 1_000 },
        },
      ]),
    );
    expect(skewed).toMatchObject({ pieces: [{ share: 0.4 }], p95Share: 1 });
  });
});
