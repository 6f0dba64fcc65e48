/** Frames lie at multiples of 1/fps on the media clock, which counts from the engine's epoch and never stops. */
export const ptsUsOf = (frame: number, fps: number): number => Math.round((frame * 1_000_000) / fps);

/** The newest frame whose time has come. */
export const frameAt = (elapsedMs: number, fps: number): number =>
  Math.floor((elapsedMs * fps) / 1_000 + 1e-6);

/** Times of frames are rounded to whole microseconds. */
const ROUNDING_US = 2;

/** Which keyframe interval after `gridUs` a picture lies in: the first one of each is a keyframe. */
export const keyframeSlot = (ptsUs: number, intervalMs: number, gridUs = 0): number =>
  Math.floor((ptsUs - gridUs + ROUNDING_US) / (intervalMs * 1_000));

/** Which frame of a slower encode a picture of the canvas' grid belongs to. */
export const encodeSlot = (ptsUs: number, fps: number): number =>
  Math.floor((ptsUs * fps) / 1_000_000 + 1e-3);
