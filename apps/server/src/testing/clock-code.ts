/**
 * A wall clock that survives video coding: milliseconds since 1970 as a row of black and white cells
 * burnt into the picture, read back from the viewer's pixels. Works for any size the row is scaled to.
 */
const TIME_BITS = 44;
const CHECK_BITS = 4;
export const CODE_CELLS = TIME_BITS + CHECK_BITS;

/** Where the row lies, as parts of the picture's size. */
export const CODE_AREA = { left: 0.05, top: 0.05, width: 0.9, height: 0.08 } as const;

const checksum = (timeMs: number): number => {
  let sum = 0;
  for (let rest = timeMs; rest > 0; rest = Math.floor(rest / 16)) sum = (sum * 3 + (rest % 16) + 1) % 16;
  return sum;
};

/** Most significant bit first; true is white. */
export function encodeClock(timeMs: number): boolean[] {
  const value = timeMs * 16 + checksum(timeMs);
  return Array.from(
    { length: CODE_CELLS },
    (_, i) => Math.floor(value / 2 ** (CODE_CELLS - 1 - i)) % 2 === 1,
  );
}

/** Undefined where the check bits do not agree. */
export function decodeClock(cells: readonly boolean[]): number | undefined {
  let value = 0;
  for (const cell of cells) value = value * 2 + (cell ? 1 : 0);
  const timeMs = Math.floor(value / 16);
  return value % 16 === checksum(timeMs) ? timeMs : undefined;
}

/** Reads the row from a plane of brightness (0–255). */
export function readClock(
  luma: Uint8Array,
  width: number,
  height: number,
  stride = width,
): number | undefined {
  const y = Math.round((CODE_AREA.top + CODE_AREA.height / 2) * height);
  const cells = Array.from({ length: CODE_CELLS }, (_, i) => {
    const x = Math.round((CODE_AREA.left + (CODE_AREA.width * (i + 0.5)) / CODE_CELLS) * width);
    return (luma[y * stride + x] ?? 0) > 128;
  });
  return decodeClock(cells);
}
