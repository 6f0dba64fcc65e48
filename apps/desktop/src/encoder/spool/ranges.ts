import type { UnitRange } from "@footlight/shared";

/** Numbers in any order → the stretches without holes that they make. */
export function rangesOf(numbers: readonly number[]): UnitRange[] {
  const ranges: { from: number; to: number }[] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && number <= last.to + 1) last.to = number;
    else ranges.push({ from: number, to: number });
  }
  return ranges;
}
