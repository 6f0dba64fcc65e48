import { expect, it } from "vitest";
import { pageOfLink } from "./deep-link.ts";

it.each([
  ["footlight://live.example.org/invite/abc?x=1", "https://live.example.org/invite/abc?x=1"],
  ["footlight://localhost:8080/invite/abc", "http://localhost:8080/invite/abc"],
  [
    "footlight://live.example.org/stage/a1b2c3d4#0123456789abcdefABCDEF",
    "https://live.example.org/stage/a1b2c3d4#0123456789abcdefABCDEF",
  ],
  ["footlight://live.example.org/stage/a1b2c3d4#short", "https://live.example.org/stage/a1b2c3d4"],
  ["https://live.example.org/invite/abc", undefined],
  ["footlight:///etc/passwd", undefined],
  ["footlight://user:pass@live.example.org/", undefined],
  ["footlight", undefined],
])("%s leads to %s", (link, page) => {
  expect(pageOfLink(link)).toBe(page);
});
