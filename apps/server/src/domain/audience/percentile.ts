/** Nearest rank; undefined of nothing. `share` from 0 to 1. */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

export const median = (values: readonly number[]): number | undefined => percentile(values, 0.5);
