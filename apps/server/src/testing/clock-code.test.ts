import { expect, it } from "vitest";
import { decodeClock, encodeClock } from "./clock-code.ts";

it("reads back what it wrote, and notices a wrong cell", () => {
  const now = 1_795_255_555_123;
  const cells = encodeClock(now);
  expect(decodeClock(cells)).toBe(now);
  const wrong = cells.map((cell, i) => (i === 46 ? !cell : cell));
  expect(decodeClock(wrong)).toBeUndefined();
});
