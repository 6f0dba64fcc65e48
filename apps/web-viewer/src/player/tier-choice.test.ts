import { describe, expect, it } from "vitest";
import { TierChoice } from "./tier-choice.ts";

describe("TierChoice", () => {
  it("leaves the low tier when starved, and comes back after a good while of ease", () => {
    const tiers = new TierChoice();
    expect(tiers.relieved(0)).toBe(false);
    tiers.starved(1_000);
    expect(tiers.lean).toBe(true);
    expect(tiers.relieved(60_999)).toBe(false);
    expect(tiers.relieved(61_000)).toBe(true);
    expect(tiers.lean).toBe(false);
  });

  it("stays longer each time, within bounds, until another stream plays", () => {
    const tiers = new TierChoice();
    tiers.starved(0);
    expect(tiers.relieved(60_000)).toBe(true);
    tiers.starved(60_000);
    expect(tiers.relieved(179_999)).toBe(false);
    for (let flight = 0; flight < 10; flight++) tiers.starved(200_000);
    expect(tiers.relieved(800_000)).toBe(true);
    tiers.forget();
    tiers.starved(900_000);
    expect(tiers.relieved(960_000)).toBe(true);
  });
});
