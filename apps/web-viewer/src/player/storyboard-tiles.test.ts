import { describe, expect, it } from "vitest";
import { readStoryboard, tileAt } from "./storyboard-tiles.ts";

const VTT = `WEBVTT

NOTE made by hand

00:00:00.000 --> 00:00:10.000
storyboard-0.jpg?v=2#xywh=0,0,160,90

second
01:00:10.500 --> 01:00:20.500 align:start
storyboard-0.jpg?v=2#xywh=160,90,160,90

00:30.000 --> 00:40.000
a caption, no picture
`;

describe("readStoryboard", () => {
  const tiles = readStoryboard(VTT, "https://host/media/stream/master.m3u8");

  it("reads the cues that name a tile", () => {
    const url = "https://host/media/stream/storyboard-0.jpg?v=2";
    expect(tiles).toEqual([
      { fromS: 0, toS: 10, url, x: 0, y: 0, width: 160, height: 90 },
      { fromS: 3610.5, toS: 3620.5, url, x: 160, y: 90, width: 160, height: 90 },
    ]);
    expect(readStoryboard("WEBVTT\n", "https://host/")).toEqual([]);
  });

  it("finds the picture of a time, or the one before it", () => {
    expect(tileAt(tiles, 5)).toBe(tiles[0]);
    expect(tileAt(tiles, 100)).toBe(tiles[0]);
    expect(tileAt(tiles, 9_999)).toBe(tiles[1]);
    expect(tileAt(tiles.slice(1), 5)).toBe(tiles[1]);
    expect(tileAt([], 5)).toBeNull();
  });
});
