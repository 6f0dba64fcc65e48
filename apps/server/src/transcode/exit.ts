import type { ChildExit } from "../platform/child-process.ts";

/**
 * `asked`: we ended it. `retryable`: it may do better next time. `config`: it will not, unless asked
 * for something else. `fatal`: there is nothing to run.
 */
export type ExitClass = "asked" | "retryable" | "config" | "fatal";

/** Words by which ffmpeg says that it does not know or cannot do what the arguments ask. */
const CONFIG_WORDS =
  /Unknown (encoder|decoder)|Unrecognized option|Option .* not found|No such filter|Error initializing (output stream|filter|complex filters)|Error while opening encoder|Invalid argument.*opening|Cannot load (libcuda|nvcuda)|No VA display|Device creation failed/i;

/** @param produced whether it has given out any frame: arguments that have worked once are not at fault. */
export function classifyExit(exit: ChildExit, asked: boolean, produced: boolean): ExitClass {
  if (asked) return "asked";
  if (exit.spawnError !== undefined) return "fatal";
  if (!produced && exit.signal === undefined && CONFIG_WORDS.test(exit.stderr)) return "config";
  return "retryable";
}

/** Milliseconds before each successive try; the last one goes on. */
const BACK_OFF_MS = [0, 250, 1_000, 2_000, 5_000, 10_000] as const;
/** What ran for so long has earned a fresh start of the table. */
export const STABLE_MS = 15_000;

/** @param attempt 0 for the first retry. @param random in [0, 1): spreads a crowd of streams that fell together. */
export function backOffMs(attempt: number, random: number): number {
  const base = BACK_OFF_MS[Math.min(attempt, BACK_OFF_MS.length - 1)] ?? 10_000;
  return Math.round(base * (0.8 + 0.4 * random));
}
