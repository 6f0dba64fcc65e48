import { z } from "zod";

/** Pictures of a sheet, by rows from the left. */
export const SHEET_COLUMNS = 5;
export const SHEET_TILES = 25;
/** The longer side of a tile. */
const TILE_PIXELS = 160;
/** Pictures in a whole rewind window, about; a longer window has them farther apart. */
const PICTURES_A_WINDOW = 720;
const LEAST_INTERVAL_S = 10;

/** A sheet of pictures: which tile shows what time of the stream. */
export const Sheet = z.object({
  number: z.int().min(0),
  tileWidth: z.int().min(2).max(TILE_PIXELS),
  tileHeight: z.int().min(2).max(TILE_PIXELS),
  /** Time of each tile's picture, 90 kHz ticks since the stream's start. */
  at90k: z.array(z.number().min(0)).min(1).max(SHEET_TILES),
});
export type Sheet = z.infer<typeof Sheet>;

/** What is kept of a stream's full sheets beside their bytes. */
export const SheetIndex = z.object({ sheets: z.array(Sheet) });
export type SheetIndex = z.infer<typeof SheetIndex>;

export const pictureIntervalS = (dvrWindowS: number): number =>
  Math.max(LEAST_INTERVAL_S, Math.ceil(dvrWindowS / PICTURES_A_WINDOW));

/** Of the picture's shape, even on both sides as chroma of half the size wants it. */
export function tileSize(width: number, height: number): { width: number; height: number } {
  const scale = TILE_PIXELS / Math.max(width, height, 1);
  const even = (side: number) => Math.max(2, Math.round((side * scale) / 2) * 2);
  return { width: even(width), height: even(height) };
}

export const rowsOf = (tiles: number): number => Math.ceil(tiles / SHEET_COLUMNS);
