/** What a level limits; bit rates and buffers in units of 1,250 bits, as for the High profile. */
interface Limits {
  /** `level_idc`. */
  readonly level: number;
  readonly macroblocksPerS: number;
  readonly frameMacroblocks: number;
  readonly dpbMacroblocks: number;
  readonly bitrate: number;
  readonly buffer: number;
}

/** H.264 Table A-1, without 1b. */
const LEVELS: readonly Limits[] = (
  [
    [10, 1_485, 99, 396, 64, 175],
    [11, 3_000, 396, 900, 192, 500],
    [12, 6_000, 396, 2_376, 384, 1_000],
    [13, 11_880, 396, 2_376, 768, 2_000],
    [20, 11_880, 396, 2_376, 2_000, 2_000],
    [21, 19_800, 792, 4_752, 4_000, 4_000],
    [22, 20_250, 1_620, 8_100, 4_000, 4_000],
    [30, 40_500, 1_620, 8_100, 10_000, 10_000],
    [31, 108_000, 3_600, 18_000, 14_000, 14_000],
    [32, 216_000, 5_120, 20_480, 20_000, 20_000],
    [40, 245_760, 8_192, 32_768, 20_000, 25_000],
    [41, 245_760, 8_192, 32_768, 50_000, 62_500],
    [42, 522_240, 8_704, 34_816, 50_000, 62_500],
    [50, 589_824, 22_080, 110_400, 135_000, 135_000],
    [51, 983_040, 36_864, 184_320, 240_000, 240_000],
    [52, 2_073_600, 36_864, 184_320, 240_000, 240_000],
    [60, 4_177_920, 139_264, 696_320, 240_000, 240_000],
    [61, 8_355_840, 139_264, 696_320, 480_000, 480_000],
    [62, 16_711_680, 139_264, 696_320, 800_000, 800_000],
  ] as const
).map(([level, macroblocksPerS, frameMacroblocks, dpbMacroblocks, bitrate, buffer]) => ({
  level,
  macroblocksPerS,
  frameMacroblocks,
  dpbMacroblocks,
  bitrate,
  buffer,
}));

const HIGH_BITS = 1_250;

export interface CodedShape {
  readonly width: number;
  readonly height: number;
  readonly framesPerS: number;
  /** Peak, bits a second. */
  readonly bitrateBps: number;
  /** Of the decoder's buffer. */
  readonly bufferBits: number;
  /** Frames that the decoder keeps, for reference or until their turn to be shown. */
  readonly keptFrames: number;
}

/** `level_idc` of the lowest level that a stream of the High profile keeps to; the highest where none does. */
export function lowestHighLevel(shape: CodedShape): number {
  const across = Math.ceil(shape.width / 16);
  const down = Math.ceil(shape.height / 16);
  const frame = across * down;
  const fits = (limits: Limits): boolean =>
    frame <= limits.frameMacroblocks &&
    // A side is bounded as well: Sqrt(MaxFS * 8) (A.3.1).
    Math.max(across, down) ** 2 <= 8 * limits.frameMacroblocks &&
    frame * shape.framesPerS <= limits.macroblocksPerS &&
    frame * shape.keptFrames <= limits.dpbMacroblocks &&
    shape.bitrateBps <= limits.bitrate * HIGH_BITS &&
    shape.bufferBits <= limits.buffer * HIGH_BITS;
  return LEVELS.find(fits)?.level ?? 62;
}

/** RFC 6381 name of the High profile without constraints, at a level. */
export const highCodecString = (level: number): string => `avc1.6400${level.toString(16).padStart(2, "0")}`;
