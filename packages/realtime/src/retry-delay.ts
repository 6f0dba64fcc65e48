/** From lost to the next try, ms; a server that was restarted is not met by everybody at once. */
const DELAYS_MS = [0, 500, 1_000, 2_000, 4_000, 8_000, 15_000] as const;
/** Where the server has refused what we do, the same again is of little use. */
export const PATIENT_ATTEMPT = 5;

/** `attempt` counts from 0; `random` is 0 to 1 and makes it the half to the whole of the table's delay. */
export function retryDelayMs(attempt: number, random: number): number {
  const delay = DELAYS_MS[Math.min(attempt, DELAYS_MS.length - 1)] ?? 0;
  // The first try is at once for one client, and within 250 ms for a thousand.
  return delay === 0 ? 250 * random : delay * (0.5 + random / 2);
}
