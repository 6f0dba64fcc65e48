import { setTimeout as delay } from "node:timers/promises";

/** Resolves after so long, or when it is aborted. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  delay(ms, undefined, { signal }).catch(() => {});
