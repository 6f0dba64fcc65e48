/**
 * Media time is counted in 90 kHz ticks, as MPEG-TS and RTP count video. A name that ends in
 * `90k` holds ticks on the stream's own timeline: tick 0 is the stream's `epochMs` (server's wall
 * clock, UTC), and time never restarts, neither when the encoder reconnects nor when the server does.
 */
export const TICKS_PER_SECOND = 90_000;

export const ticksFromMs = (ms: number): number => Math.round(ms * 90);
export const msFromTicks = (ticks90k: number): number => ticks90k / 90;
