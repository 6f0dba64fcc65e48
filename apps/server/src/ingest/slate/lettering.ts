/**
 * Letters as strokes on a grid of 5 × 7 points, so that a picture with words needs neither a font nor a
 * build of ffmpeg that draws text. Each point is two digits, column and row; strokes lie between commas.
 */
const STROKES: Readonly<Record<string, string>> = {
  A: "06 02 20 42 46,04 44",
  B: "00 06 36 45 44 33 03,00 30 41 42 33",
  C: "41 30 10 01 05 16 36 45",
  D: "00 06 26 44 42 20 00",
  E: "40 00 06 46,03 33",
  F: "40 00 06,03 33",
  G: "41 30 10 01 05 16 36 45 43 23",
  H: "00 06,40 46,03 43",
  I: "00 06",
  J: "40 45 36 16 05",
  K: "00 06,40 03 46",
  L: "00 06 46",
  M: "06 00 23 40 46",
  N: "06 00 46 40",
  O: "10 30 41 45 36 16 05 01 10",
  P: "06 00 30 41 42 33 03",
  Q: "10 30 41 45 36 16 05 01 10,34 46",
  R: "06 00 30 41 42 33 03,23 46",
  S: "41 30 10 01 02 13 33 44 45 36 16 05",
  T: "00 40,20 26",
  U: "00 05 16 36 45 40",
  V: "00 26 40",
  W: "00 16 23 36 40",
  X: "00 46,40 06",
  Y: "00 23 40,23 26",
  Z: "00 40 06 46",
  "0": "10 30 41 45 36 16 05 01 10,14 32",
  "1": "01 10 16,06 26",
  "2": "01 10 30 41 42 06 46",
  "3": "00 40 23 33 44 45 36 16 05",
  "4": "36 30 04 44",
  "5": "40 00 03 33 44 45 36 16 05",
  "6": "30 10 01 05 16 36 45 44 33 03",
  "7": "00 40 16",
  "8": "10 30 41 42 33 13 02 01 10,13 04 05 16 36 45 44 33",
  "9": "43 13 02 01 10 30 41 45 36 16",
  _: "06 46",
  "-": "03 23",
  ".": "06 06",
};

/** Steps of the grid between two letters, of one that has no strokes, and from the top to the bottom of each. */
const BETWEEN = 2;
const BLANK = 2;
export const LETTER_HEIGHT = 6;

export interface Segment {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** A line of text as segments, from 0,0 on, in steps of the grid. What has no strokes is a space. */
export function strokesOf(text: string): Segment[] {
  let left = 0;
  return [...text].flatMap((letter) => {
    const strokes = letterStrokes(letter, left);
    left += widthOf(letter) + BETWEEN;
    return strokes;
  });
}

/** Steps of the grid that the text is wide. */
export const textWidth = (text: string): number =>
  [...text].reduce((width, letter, index) => width + widthOf(letter) + (index === 0 ? 0 : BETWEEN), 0);

function widthOf(letter: string): number {
  const strokes = letterStrokes(letter, 0);
  return strokes.length === 0 ? BLANK : Math.max(...strokes.flatMap(({ x1, x2 }) => [x1, x2]));
}

function letterStrokes(letter: string, left: number): Segment[] {
  const strokes = STROKES[letter.toUpperCase()]?.split(",") ?? [];
  return strokes.flatMap((stroke) => {
    const points = stroke.split(" ").map((point) => ({ x: left + Number(point[0]), y: Number(point[1]) }));
    return points.slice(1).flatMap((to, index) => {
      const from = points[index];
      return from === undefined ? [] : [{ x1: from.x, y1: from.y, x2: to.x, y2: to.y }];
    });
  });
}
