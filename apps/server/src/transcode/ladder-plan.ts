import { lowestHighLevel } from "@footlight/protocols/h264/level.ts";
import type { Ladder, Rung } from "@footlight/shared";
import { SOURCE_RENDITION } from "@footlight/shared";
import type { FrameRate } from "../stream/unit.ts";
import { framesPerSecond } from "./frame-rate.ts";

/** The picture that comes in. */
export interface SourceShape {
  readonly width: number;
  readonly height: number;
  readonly frameRate: FrameRate;
  /** Measured; what a passed-through rung announces. */
  readonly bitrateBps: number;
}

export interface EncodedRung {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly frameRate: FrameRate;
  readonly bitrateBps: number;
  /** Each how many-th frame of the source is encoded: 2 for 60 → 30. */
  readonly frameStep: number;
  /** H.264 level that the encoder is held to, so that a rung can be announced before it is encoded. */
  readonly level: number;
  /** Encoded all the time; the others when somebody asks for them. */
  readonly alwaysOn: boolean;
}

/** A picture of its own size that is no higher costs too little to be worth a wait. */
const SMALL_HEIGHT = 360;
/** What x264 makes its decoder keep at most: four frames with B-frames as references, else fewer. */
const KEPT_FRAMES = 4;

export interface LadderPlan {
  readonly source: { readonly name: string; readonly shape: SourceShape } | undefined;
  /** Largest first. */
  readonly encoded: readonly EncodedRung[];
}

/**
 * Which renditions a source gets. A rung's height is that of the shorter side, so that a portrait
 * picture of 720x1280 has a `720p` too. Never larger, never more frames than the source; what is as
 * high as the source is replaced by `source` (passed through) or made at the source's own size.
 *
 * @param periodFrames frames of the source between two grid points: a rate is only divided where
 * that divides the grid as well, so that each grid point stays a frame.
 */
export function planLadder(
  source: SourceShape,
  ladder: Ladder,
  options: {
    readonly passthrough: boolean;
    readonly periodFrames: number;
    readonly without?: ReadonlySet<string>;
  },
): LadderPlan {
  const short = even(Math.min(source.width, source.height));
  const fps = framesPerSecond(source.frameRate);
  const below = ladder.filter((rung) => rung.height < short);
  const top = options.passthrough ? [] : topRungs(short, fps, ladder);
  const encoded = distinct([...top, ...below])
    .map((rung) => sized(source, rung, options.periodFrames))
    .filter((rung) => options.without?.has(rung.name) !== true)
    .sort((a, b) => b.width * b.height - a.width * a.height || b.bitrateBps - a.bitrateBps);
  return {
    source: options.passthrough ? { name: SOURCE_RENDITION, shape: source } : undefined,
    encoded: encoded.map((rung, i) => {
      const isLowest = i === encoded.length - 1;
      return { ...rung, alwaysOn: rung.alwaysOn || isLowest || rung.name === standIn(short, ladder)?.name };
    }),
  };
}

/** Where the source is too small for a rung that is always on, its next lower rung is on instead. */
function standIn(short: number, ladder: Ladder): Rung | undefined {
  if (!ladder.some((rung) => rung.alwaysOn && rung.height > short)) return undefined;
  return ladder.filter((rung) => rung.height < short).sort((a, b) => b.height - a.height)[0];
}

/** The rungs of the source's own height, those that its rate fills; without any, one named after it. */
function topRungs(short: number, fps: number, ladder: Ladder): readonly Rung[] {
  const same = ladder.filter((rung) => rung.height === short).sort((a, b) => a.maxFps - b.maxFps);
  if (same.length === 0) {
    const bitrateBps = bitrateForHeight(short, ladder);
    return [{ name: `${short}p`, height: short, maxFps: 60, bitrateBps, alwaysOn: short <= SMALL_HEIGHT }];
  }
  // 1080p60 beside 1080p is for sources faster than 30 fps; a slower one has no use for both.
  const enough = same.findIndex((rung) => rung.maxFps >= fps - 0.5);
  return enough === -1 ? same : same.slice(0, enough + 1);
}

function distinct(rungs: readonly Rung[]): readonly Rung[] {
  return rungs.filter((rung, i) => rungs.findIndex((other) => other.name === rung.name) === i);
}

/** Bits a second for a height between the ladder's, by area; beyond its ends in proportion to area. */
export function bitrateForHeight(height: number, ladder: Ladder): number {
  const rungs = [...ladder].sort((a, b) => a.height - b.height || a.bitrateBps - b.bitrateBps);
  const area = (h: number): number => h * h;
  const above = rungs.find((rung) => rung.height >= height);
  const below = rungs.findLast((rung) => rung.height <= height);
  const scaled = (rung: Rung): number => (rung.bitrateBps * area(height)) / area(rung.height);
  const bps = (): number => {
    if (above === undefined) return below === undefined ? 1_000_000 : scaled(below);
    if (below === undefined) return scaled(above);
    if (above.height === below.height) return above.bitrateBps;
    const share = (area(height) - area(below.height)) / (area(above.height) - area(below.height));
    return below.bitrateBps + share * (above.bitrateBps - below.bitrateBps);
  };
  return Math.max(50_000, Math.round(bps() / 1000) * 1000);
}

function sized(source: SourceShape, rung: Rung, periodFrames: number): EncodedRung {
  const short = Math.min(source.width, source.height);
  const scale = rung.height >= even(short) ? 1 : rung.height / short;
  const portrait = source.height > source.width;
  const longest = Math.max(source.width, source.height);
  const long = scale === 1 ? even(longest) : Math.max(2, 2 * Math.round((longest * scale) / 2));
  const side = scale === 1 ? even(short) : even(rung.height);
  const frameStep = stepFor(framesPerSecond(source.frameRate), rung.maxFps, periodFrames);
  const [width, height] = portrait ? [side, long] : [long, side];
  const frameRate = reduced({ num: source.frameRate.num, den: source.frameRate.den * frameStep });
  const { name, bitrateBps, alwaysOn } = rung;
  const framesPerS = framesPerSecond(frameRate);
  // The encoder's rate is bounded by its target, its buffer is a second of it (see ffmpeg-args.ts).
  const coded = { width, height, framesPerS, bitrateBps, bufferBits: bitrateBps, keptFrames: KEPT_FRAMES };
  return { name, width, height, frameRate, bitrateBps, frameStep, level: lowestHighLevel(coded), alwaysOn };
}

/** 4:2:0 pictures have even sides. */
const even = (pixels: number): number => Math.max(2, pixels - (pixels % 2));

function stepFor(fps: number, maxFps: number, periodFrames: number): number {
  // 29.97 and 59.94 count as 30 and 60; 31 fps by a careless clock is no reason to halve.
  const step = Math.ceil(fps / maxFps - 0.05);
  return step > 1 && periodFrames % step === 0 ? step : 1;
}

function reduced(rate: FrameRate): FrameRate {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  const by = divisor(rate.num, rate.den);
  return { num: rate.num / by, den: rate.den / by };
}
