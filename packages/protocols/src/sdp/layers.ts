import type { OfferedLayer } from "./offer-types.ts";

/** Names that clients use for their layers, smallest first. */
const NAMED: readonly (readonly string[])[] = [
  ["q", "h", "f"],
  ["l", "m", "h"],
  ["low", "mid", "high"],
  ["low", "medium", "high"],
  ["lo", "mid", "hi"],
  ["r0", "r1", "r2", "r3"],
];

/**
 * Simulcast layers from the smallest up, as mediasoup counts them. By their sizes where the offer has them
 * (RFC 8851 §5), else by names of which this is known; else the first is the one most wanted
 * (RFC 8853 §5.2), so the largest: OBS's "0", "1", ….
 */
export function smallestFirst(layers: readonly OfferedLayer[]): OfferedLayer[] {
  const sizes = layers.map(sizeOf);
  if (sizes.every((size) => size !== undefined)) {
    return layers
      .map((layer, index) => ({ layer, size: sizes[index] ?? 0 }))
      .sort((a, b) => a.size - b.size)
      .map(({ layer }) => layer);
  }
  const names = NAMED.find((set) => layers.every(({ rid }) => set.includes(rid)));
  if (names === undefined) return [...layers].reverse();
  return [...layers].sort((a, b) => names.indexOf(a.rid) - names.indexOf(b.rid));
}

function sizeOf({ parameters }: OfferedLayer): number | undefined {
  const size = Number(parameters["max-width"] ?? parameters["max-height"]);
  return size > 0 ? size : undefined;
}
