import { expect, it } from "vitest";
import { movieChapters } from "../fmp4/chapters.ts";
import { matroskaChapters } from "./chapters.ts";

const ROOM = 400;
const chapters = [
  { id: 0, timeUs: 1_500_000, name: "Kiln opens" },
  { id: 1, timeUs: 61_000_000, name: "Über allem 🏺" },
];

it.each([
  ["Matroska", matroskaChapters],
  ["MP4", movieChapters],
] as const)("chapters of %s fill their room, however many there are, and no more", (_, write) => {
  expect(write([], ROOM)).toHaveLength(ROOM);
  expect(write(chapters, ROOM)).toHaveLength(ROOM);
  expect(write(chapters, ROOM)?.includes(Buffer.from("Über allem 🏺"))).toBe(true);
  expect(write(chapters, 60)).toBeUndefined();
});

it("Matroska counts nanoseconds, MP4 tenths of a microsecond", () => {
  expect(matroskaChapters(chapters, ROOM)?.includes(Buffer.from("918459682f00", "hex"))).toBe(true);
  expect(movieChapters(chapters, ROOM)?.includes(Buffer.from("0000000000e4e1c00a4b696c6e", "hex"))).toBe(
    true,
  );
});
