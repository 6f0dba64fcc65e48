import { expect, it } from "vitest";
import { around } from "./guest-paint.ts";

const SHAPE = { width: 1280, height: 720 };

it.each([
  [
    { width: 1920, height: 1080 },
    { width: 1920, height: 1080 },
  ],
  // Half a line is rounding.
  [
    { width: 1366, height: 768 },
    { width: 1366, height: 768 },
  ],
  [
    { width: 1920, height: 1200 },
    { width: 2133, height: 1200 },
  ],
  [
    { width: 2560, height: 1080 },
    { width: 2560, height: 1440 },
  ],
  [
    { width: 390, height: 844 },
    { width: 1500, height: 844 },
  ],
])("a screen of %j is whole in %j", (screen, whole) => {
  expect(around(screen, SHAPE)).toEqual(whole);
});
