import type { UnitRange } from "@footlight/shared";

/** Past it the oldest are forgotten: they are then asked for once more than needed, which does no harm. */
const MAX_RANGES = 4_096;

/** A set of counters as the ranges it consists of, in order, none touching another. */
export class UnitRanges {
  #ranges: { from: number; to: number }[];

  constructor(ranges: readonly UnitRange[] = []) {
    this.#ranges = [];
    for (const range of ranges) this.add(range);
  }

  get list(): readonly UnitRange[] {
    return this.#ranges;
  }

  add({ from, to }: UnitRange): void {
    const last = this.#ranges.at(-1);
    // Nearly always the next one.
    if (last !== undefined && from === last.to + 1) {
      last.to = to;
      return;
    }
    const before = this.#ranges.filter((range) => range.to < from - 1);
    const after = this.#ranges.filter((range) => range.from > to + 1);
    const touched = this.#ranges.slice(before.length, this.#ranges.length - after.length);
    const merged = {
      from: Math.min(from, touched[0]?.from ?? from),
      to: Math.max(to, touched.at(-1)?.to ?? to),
    };
    this.#ranges = [...before, merged, ...after].slice(-MAX_RANGES);
  }

  /** What of a range is not in the set. */
  missingIn({ from, to }: UnitRange): UnitRange[] {
    const missing: UnitRange[] = [];
    let next = from;
    for (const range of this.#ranges) {
      if (range.to < next) continue;
      if (range.from > to) break;
      if (range.from > next) missing.push({ from: next, to: range.from - 1 });
      next = range.to + 1;
    }
    if (next <= to) missing.push({ from: next, to });
    return missing;
  }
}
