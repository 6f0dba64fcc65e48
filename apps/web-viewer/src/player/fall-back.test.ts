import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FallBack, type TierNotice } from "./fall-back.ts";

const setUp = () => {
  const told: (TierNotice | null)[] = [];
  return { told, fallBack: new FallBack((notice) => told.push(notice)) };
};

describe("FallBack", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("tells of a fall and of the way back once each, whatever fails in between", () => {
    const { told, fallBack } = setUp();
    fallBack.fell("lost");
    fallBack.fell("full");
    vi.advanceTimersByTime(2_000);
    fallBack.fell("blocked");
    vi.advanceTimersByTime(60_000);
    expect(told).toEqual([{ kind: "fell", reason: "lost" }]);
    fallBack.back();
    fallBack.back();
    expect(told.slice(1)).toEqual([{ kind: "back" }]);
  });

  it("says nothing to who was back at once, or went elsewhere by choice", () => {
    const { told, fallBack } = setUp();
    fallBack.fell("lost");
    vi.advanceTimersByTime(1_900);
    fallBack.back();
    fallBack.fell("poor");
    fallBack.forget();
    vi.advanceTimersByTime(60_000);
    expect(told).toEqual([]);
  });

  it("takes back what it said when it does not matter any more", () => {
    const { told, fallBack } = setUp();
    fallBack.fell("poor");
    vi.advanceTimersByTime(2_000);
    fallBack.forget();
    expect(told.at(-1)).toBeNull();
  });
});
