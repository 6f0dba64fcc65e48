import { expect, test } from "vitest";
import { judgeDisk } from "./disk-watch.ts";

const MIB = 1024 * 1024;

test("says at a quarter of an hour and again at three minutes, and ends while its end can be written", () => {
  const bytesPerS = MIB;
  const free = (seconds: number): number => 256 * MIB + seconds * bytesPerS;
  expect(judgeDisk(free(3_600), bytesPerS, 0)).toEqual({ kind: "fine", leftMs: 3_600_000 });
  expect(judgeDisk(free(800), bytesPerS, 0)).toEqual({ kind: "low", leftMs: 800_000 });
  expect(judgeDisk(free(790), bytesPerS, 1)).toMatchObject({ kind: "fine" });
  expect(judgeDisk(free(100), bytesPerS, 1)).toMatchObject({ kind: "low" });
  expect(judgeDisk(free(90), bytesPerS, 2)).toMatchObject({ kind: "fine" });
  expect(judgeDisk(free(0), bytesPerS, 2)).toEqual({ kind: "full" });
});
