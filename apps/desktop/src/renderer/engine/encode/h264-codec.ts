import type { EncodeSettings } from "../../../contract/media-port.ts";

/** MaxMBPS and MaxFS of each level_idc, ISO 14496-10 table A-1. */
const LEVELS: readonly (readonly [idc: number, macroblocksPerS: number, macroblocks: number])[] = [
  [21, 19_800, 792],
  [30, 40_500, 1_620],
  [31, 108_000, 3_600],
  [32, 216_000, 5_120],
  [40, 245_760, 8_192],
  [42, 522_240, 8_704],
  [50, 589_824, 22_080],
  [51, 983_040, 36_864],
  [52, 2_073_600, 36_864],
];

/** Constrained baseline is what every WebRTC viewer takes; high costs the encoder more, and gives more a bit. */
const PROFILES = { light: "42e0", balanced: "42e0", best: "6400" } as const;

/** `avc1.PPCCLL` (RFC 6381 §3.3) with the lowest level that holds the size and rate. */
export function h264Codec({ width, height, fps, effort }: EncodeSettings): string {
  const macroblocks = Math.ceil(width / 16) * Math.ceil(height / 16);
  const level = LEVELS.find(([, perS, most]) => macroblocks <= most && macroblocks * fps <= perS);
  return `avc1.${PROFILES[effort]}${(level?.[0] ?? 52).toString(16)}`;
}
