import type { EngineWindow } from "./engine.ts";

/** The scrub bar's numbers, in seconds since the stream began. */
export interface Timeline {
  readonly startS: number;
  /** The live place: the bar's right end. */
  readonly endS: number;
  readonly positionS: number;
  /** Behind the live place; nought for a viewer at the edge. */
  readonly behindS: number;
  readonly live: boolean;
  readonly buffered: readonly (readonly [fromS: number, toS: number])[];
}

export const timelineOf = (window: EngineWindow, zeroMs: number): Timeline => {
  // The server writes the start down a moment after the first frame: nothing is before zero.
  const seconds = (ms: number) => Math.max(0, (ms - zeroMs) / 1000);
  const startS = seconds(window.startMs);
  const endS = Math.max(startS, seconds(window.liveMs));
  const within = (value: number) => Math.min(endS, Math.max(startS, value));
  const positionS = window.live ? endS : within(seconds(window.positionMs));
  return {
    startS,
    endS,
    positionS,
    behindS: endS - positionS,
    live: window.live,
    buffered: window.bufferedMs
      .map(([from, to]) => [within(seconds(from)), within(seconds(to))] as const)
      .filter(([from, to]) => to > from),
  };
};

/** Where a time stands on the bar, 0 to 1. A bar of no length is all live. */
export const shareOf = ({ startS, endS }: Timeline, streamS: number): number =>
  endS > startS ? Math.min(1, Math.max(0, (streamS - startS) / (endS - startS))) : 1;

export const timeAt = ({ startS, endS }: Timeline, share: number): number =>
  startS + (endS - startS) * Math.min(1, Math.max(0, share));

const two = (value: number) => String(value).padStart(2, "0");

/** `0:42:10`, `42:10`, `0:07` */
export const clockTime = (seconds: number): string => {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
};

const UNITS = [
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
] as const;

/** For a screen reader: `1 hour 2 minutes`, `1 minute 5 seconds`; two units at most. */
export const spokenTime = (seconds: number): string => {
  let left = Math.max(0, Math.floor(seconds));
  const words: string[] = [];
  for (const [name, size] of UNITS) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) words.push(`${count} ${name}${count === 1 ? "" : "s"}`);
  }
  return words.slice(0, 2).join(" ") || "0 seconds";
};

/** The slider's value in words. */
export const spokenPlace = (timeline: Timeline, streamS = timeline.positionS): string => {
  const behindS = timeline.endS - streamS;
  if (timeline.live && streamS === timeline.positionS) return "Live";
  return `${spokenTime(streamS)} into the stream, ${spokenTime(behindS)} behind live`;
};
