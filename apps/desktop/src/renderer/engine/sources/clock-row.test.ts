import { expect, it } from "vitest";
import { CODE_AREA, CODE_CELLS, decodeClock } from "../../../../../server/src/testing/clock-code.ts";
import { clockCells, ROW_AREA, ROW_CELLS } from "./clock-row.ts";

it.each([0, 1, 1_764_000_000_123, 2 ** 44 - 1])(
  "is read by what reads the server's pattern: %i",
  (timeMs) => {
    expect(decodeClock(clockCells(timeMs))).toBe(timeMs);
  },
);

it("lies where the server's pattern has it", () => {
  expect([ROW_AREA, ROW_CELLS]).toEqual([CODE_AREA, CODE_CELLS]);
});
