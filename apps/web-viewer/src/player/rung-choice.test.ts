import { describe, expect, it } from "vitest";
import { affordable, leaveNow, RungChoice } from "./rung-choice.ts";

const LADDER = [300_000, 700_000, 1_500_000, 3_000_000];
const at = (seconds: number, current: number, throughputBps: number, cap = 99) => ({
  bitratesBps: LADDER,
  current,
  cap,
  throughputBps,
  nowMs: seconds * 1000,
});

describe("affordable", () => {
  it("is the best rung within 80 %, or the lowest", () => {
    expect(affordable(LADDER, 2_000_000)).toBe(2);
    expect(affordable(LADDER, 1_800_000)).toBe(1);
    expect(affordable(LADDER, 100_000)).toBe(0);
    expect(affordable([], 1_000_000)).toBe(0);
  });
});

describe("RungChoice", () => {
  it("goes down at once and as far as needed", () => {
    expect(new RungChoice().next(at(0, 3, 500_000))).toBe(0);
    expect(new RungChoice().next(at(0, 3, 2_000_000))).toBe(2);
  });

  it("goes up one step at a time, each after the last one has proved itself", () => {
    const choice = new RungChoice();
    expect(choice.next(at(0, 0, 50_000_000))).toBe(1);
    expect(choice.next(at(2, 1, 50_000_000))).toBe(1);
    expect(choice.next(at(3, 1, 50_000_000))).toBe(2);
    expect(choice.next(at(6, 2, 50_000_000))).toBe(3);
    expect(choice.next(at(9, 3, 50_000_000))).toBe(3);
  });

  it("waits after a step down, and longer where the step up before it was one too many", () => {
    const choice = new RungChoice();
    choice.noteDown(0);
    expect(choice.next(at(7.9, 0, 50_000_000))).toBe(0);
    expect(choice.next(at(8, 0, 50_000_000))).toBe(1);
    expect(choice.next(at(10, 1, 500_000))).toBe(0);
    expect(choice.next(at(25.9, 0, 50_000_000))).toBe(0);
    expect(choice.next(at(26, 0, 50_000_000))).toBe(1);
  });

  it("keeps to the cap, also downwards", () => {
    expect(new RungChoice().next(at(0, 1, 50_000_000, 1))).toBe(1);
    expect(new RungChoice().next(at(0, 3, 50_000_000, 1))).toBe(1);
  });
});

describe("leaveNow", () => {
  const facts = {
    rateBps: 800_000,
    currentBps: 2_500_000,
    lowerBps: 400_000,
    behindS: 0.4,
    aheadS: 1.6,
    bufferS: 0.4,
  };

  it("leaves early in a segment that would stop the picture", () => {
    expect(leaveNow(facts)).toBe(true);
  });

  it("stays where the buffer lasts until the next segment", () => {
    expect(leaveNow({ ...facts, currentBps: 900_000 })).toBe(false);
    expect(leaveNow({ ...facts, bufferS: 5 })).toBe(false);
  });

  it("stays where the segment is nearly over: its beginning again would take longer", () => {
    expect(leaveNow({ ...facts, behindS: 1.7, aheadS: 0.3 })).toBe(false);
  });

  it("stays where there is nothing lower", () => {
    expect(leaveNow({ ...facts, lowerBps: 2_500_000 })).toBe(false);
  });
});
