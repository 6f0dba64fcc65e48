/**
 * A wall clock that survives video coding: milliseconds since 1970 as a row of black and white cells in the
 * picture. The same row as the server's test pattern has, so that whoever measures delay reads both alike.
 */
const TIME_BITS = 44;
const CHECK_BITS = 4;
export const ROW_CELLS = TIME_BITS + CHECK_BITS;

/** Where the row lies, as parts of the picture's size. */
export const ROW_AREA = { left: 0.05, top: 0.05, width: 0.9, height: 0.08 } as const;

/** Most significant bit first; true is white. */
export function clockCells(timeMs: number): boolean[] {
  let check = 0;
  for (let rest = timeMs; rest > 0; rest = Math.floor(rest / 16)) check = (check * 3 + (rest % 16) + 1) % 16;
  const value = timeMs * 16 + check;
  return Array.from(
    { length: ROW_CELLS },
    (_, cell) => Math.floor(value / 2 ** (ROW_CELLS - 1 - cell)) % 2 === 1,
  );
}
