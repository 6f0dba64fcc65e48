import { type WebVttCue, writeWebVtt } from "@footlight/protocols/webvtt/webvtt.ts";
import { SHEET_COLUMNS, type Sheet } from "./sheet.ts";

/**
 * The storyboard as players know it: WebVTT whose cues name a tile of a sheet by a media fragment
 * (`#xywh=`, W3C Media Fragments §4.2.2). Times count from the stream's start. `v` says how many tiles the
 * sheet has, so that one that is still growing is asked for again.
 */
export function writeStoryboard(sheets: readonly Sheet[], intervalS: number): string {
  const tiles = sheets.flatMap((sheet) =>
    sheet.at90k.map((at90k, index) => ({ startS: at90k / 90_000, text: tileUrl(sheet, index) })),
  );
  return writeWebVtt(
    tiles.map(({ startS, text }, index): WebVttCue => {
      const nextS = tiles[index + 1]?.startS ?? Number.POSITIVE_INFINITY;
      // While the streamer's connection is broken nothing is shown.
      const endS = nextS - startS <= 2 * intervalS ? nextS : startS + intervalS;
      return { startS, endS, text };
    }),
  );
}

function tileUrl({ number, tileWidth, tileHeight, at90k }: Sheet, index: number): string {
  const x = (index % SHEET_COLUMNS) * tileWidth;
  const y = Math.floor(index / SHEET_COLUMNS) * tileHeight;
  return `storyboard-${number}.jpg?v=${at90k.length}#xywh=${x},${y},${tileWidth},${tileHeight}`;
}
