import { describe, expect, it } from "vitest";
import { TierChoice } from "./tier-choice.ts";

const ALL = ["ultra", "low", "standard"] as const;

describe("TierChoice", () => {
  it("takes the quickest that is offered, or what the viewer wishes", () => {
    const tiers = new TierChoice();
    expect(tiers.wanted(ALL, "auto", 0)).toBe("ultra");
    expect(tiers.wanted(["low", "standard"], "auto", 0)).toBe("low");
    expect(tiers.wanted(ALL, "low", 0)).toBe("low");
    expect(tiers.wanted(ALL, "standard", 0)).toBe("standard");
    expect(tiers.wanted(["low", "standard"], "ultra", 0)).toBe("low");
    expect(tiers.wanted(["low"], "standard", 0)).toBe("low");
  });

  it("falls from ultra to low to standard, and tries ultra again by itself", () => {
    const tiers = new TierChoice();
    tiers.starved("ultra", 1_000);
    expect(tiers.wanted(ALL, "auto", 1_000)).toBe("low");
    expect(tiers.wanted(ALL, "ultra", 10_999)).toBe("low");
    tiers.starved("low", 2_000);
    expect(tiers.wanted(ALL, "auto", 3_000)).toBe("standard");
    expect(tiers.wanted(ALL, "auto", 11_000)).toBe("ultra");
    expect(tiers.wanted(["low"], "auto", 11_000)).toBe("low");
  });

  it("waits as long as the server asks, longer after each failure, and forgives after a good while", () => {
    const tiers = new TierChoice();
    tiers.starved("ultra", 0, 25_000);
    expect(tiers.wanted(ALL, "auto", 24_999)).toBe("low");
    expect(tiers.wanted(ALL, "auto", 25_000)).toBe("ultra");
    tiers.starved("ultra", 26_000);
    expect(tiers.wanted(ALL, "auto", 45_999)).toBe("low");
    tiers.starved("ultra", 400_000);
    expect(tiers.wanted(ALL, "auto", 410_000)).toBe("ultra");
  });

  it("leaves the low tier when starved, and comes back after a good while of ease", () => {
    const tiers = new TierChoice();
    expect(tiers.relieved(0)).toBe(false);
    tiers.starved("low", 1_000);
    expect(tiers.lean).toBe(true);
    expect(tiers.relieved(60_999)).toBe(false);
    expect(tiers.wanted(["low", "standard"], "auto", 90_000)).toBe("standard");
    expect(tiers.relieved(61_000)).toBe(true);
    expect(tiers.lean).toBe(false);
  });

  it("stays longer each time, within bounds, until another stream plays", () => {
    const tiers = new TierChoice();
    tiers.starved("low", 0);
    expect(tiers.relieved(60_000)).toBe(true);
    tiers.starved("low", 60_000);
    expect(tiers.relieved(179_999)).toBe(false);
    for (let flight = 0; flight < 10; flight++) tiers.starved("low", 200_000);
    expect(tiers.relieved(799_999)).toBe(false);
    expect(tiers.relieved(800_000)).toBe(true);
    tiers.forget();
    tiers.starved("low", 900_000);
    expect(tiers.relieved(960_000)).toBe(true);
  });
});
