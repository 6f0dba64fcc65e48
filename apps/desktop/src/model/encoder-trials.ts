/** Sizes, and pictures enough that the encoder's start does not count for much. */
const TRIALS = {
  fps360p: { width: 640, height: 360, frames: 90 },
  fps720p: { width: 1280, height: 720, frames: 45 },
  fps1080p: { width: 1920, height: 1080, frames: 30 },
} as const;
export type Trial = (typeof TRIALS)[keyof typeof TRIALS];

/** What each trial encodes for. */
export const TRIAL_RATE = { fps: 30, bitrateBps: 3_000_000 } as const;
/** Slower than this in one size, it is of no use in the next larger one. */
const USABLE_FPS = 40;

export interface TrialSpeeds {
  readonly fps360p: number;
  readonly fps720p: number;
  readonly fps1080p?: number;
}

/**
 * Pictures a second in each size. Undefined where it does not encode at all.
 * @param trial one size's, undefined where that failed or took too long
 */
export async function tryAllSizes(
  trial: (size: Trial) => Promise<number | undefined>,
): Promise<TrialSpeeds | undefined> {
  const fps360p = await trial(TRIALS.fps360p);
  if (fps360p === undefined) return undefined;
  const fps720p = (fps360p < USABLE_FPS ? undefined : await trial(TRIALS.fps720p)) ?? 0;
  const fps1080p = fps720p < USABLE_FPS ? undefined : await trial(TRIALS.fps1080p);
  return { fps360p, fps720p, ...(fps1080p === undefined ? {} : { fps1080p }) };
}
