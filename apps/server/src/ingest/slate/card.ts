import { LETTER_HEIGHT, type Segment, strokesOf, textWidth } from "./lettering.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The house's dark stage, its words and its lamp, as BT.601 video levels. */
const GROUND = { y: 28, u: 126, v: 130 };
const WORDS_Y = 214;
const FAINT_Y = 130;
const LAMP = { y: 150, u: 78, v: 176 };
/** Of the picture's shorter side. */
const NAME_HEIGHT = 0.09;
const WORDS_HEIGHT = 0.045;
/** No line is wider than this part of the picture. */
const MAX_WIDTH = 0.84;
/** Of a step of the letters' grid. */
const STROKE = 0.42;

/** A still picture as planar 4:2:0: the channel's name, and that it goes on soon. Sides are even. */
export function drawCard({ width, height }: Size, username: string): Buffer {
  const luma = Buffer.alloc(width * height, GROUND.y);
  const chroma = (width / 2) * (height / 2);
  const u = Buffer.alloc(chroma, GROUND.u);
  const v = Buffer.alloc(chroma, GROUND.v);
  const side = Math.min(width, height);
  const middle = height / 2;
  write(luma, { width, height }, username, middle - side * 0.1, side * NAME_HEIGHT, WORDS_Y);
  write(luma, { width, height }, "Back in a moment", middle + side * 0.12, side * WORDS_HEIGHT, FAINT_Y);
  drawLamp({ luma, u, v }, { width, height }, { x: width / 2, y: middle + side * 0.02 }, side);
  return Buffer.concat([luma, u, v]);
}

/** One line of text around the middle; `top` and `letters` (their height) in pixels. */
function write(luma: Buffer, size: Size, text: string, top: number, letters: number, level: number): void {
  const step = Math.min(letters / LETTER_HEIGHT, (size.width * MAX_WIDTH) / Math.max(1, textWidth(text)));
  const left = (size.width - textWidth(text) * step) / 2;
  for (const { x1, y1, x2, y2 } of strokesOf(text)) {
    const segment = { x1: left + x1 * step, y1: top + y1 * step, x2: left + x2 * step, y2: top + y2 * step };
    drawStroke(luma, size, segment, step * STROKE, level);
  }
}

/** A round pen along a segment, its edge one pixel soft. */
function drawStroke(luma: Buffer, { width, height }: Size, at: Segment, radius: number, level: number): void {
  const reach = radius + 1;
  const [left, right] = [Math.min(at.x1, at.x2) - reach, Math.max(at.x1, at.x2) + reach];
  const [top, bottom] = [Math.min(at.y1, at.y2) - reach, Math.max(at.y1, at.y2) + reach];
  for (let y = Math.max(0, Math.floor(top)); y < Math.min(height, bottom); y += 1) {
    for (let x = Math.max(0, Math.floor(left)); x < Math.min(width, right); x += 1) {
      const cover = Math.min(1, Math.max(0, radius + 0.5 - distance(at, x, y)));
      const index = y * width + x;
      const before = luma[index] ?? 0;
      luma[index] = Math.max(before, Math.round(GROUND.y + cover * (level - GROUND.y)));
    }
  }
}

function distance({ x1, y1, x2, y2 }: Segment, x: number, y: number): number {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const length2 = dx * dx + dy * dy;
  const along = length2 === 0 ? 0 : ((x - x1) * dx + (y - y1) * dy) / length2;
  const part = Math.min(1, Math.max(0, along));
  return Math.hypot(x - (x1 + part * dx), y - (y1 + part * dy));
}

/** A short line in the house's colour between the two. */
function drawLamp(
  planes: { readonly luma: Buffer; readonly u: Buffer; readonly v: Buffer },
  { width, height }: Size,
  middle: { readonly x: number; readonly y: number },
  side: number,
): void {
  const even = (value: number) => 2 * Math.round(value / 2);
  const [left, right] = [even(middle.x - side * 0.04), even(middle.x + side * 0.04)];
  const [top, bottom] = [even(middle.y), even(middle.y + Math.max(2, side * 0.008))];
  for (let y = top; y < Math.min(height, bottom); y += 1) {
    planes.luma.fill(LAMP.y, y * width + left, y * width + right);
    const row = (y >> 1) * (width / 2);
    planes.u.fill(LAMP.u, row + left / 2, row + right / 2);
    planes.v.fill(LAMP.v, row + left / 2, row + right / 2);
  }
}
