import { nextFrameMs } from "./frame-pace.ts";

/** From the page: the rate to begin with, then how long each frame took it. */
export type FrameNews = { readonly intervalMs: number } | { readonly busyMs: number };

let intervalMs = 0;
let dueMs = 0;

/**
 * A page that is hidden has its own timers slowed down to one a second; a worker's go on. The next tick waits
 * for the page to be done with the last one: ticks that pile up would leave a slow page no time at all.
 */
self.onmessage = ({ data }: MessageEvent<FrameNews>) => {
  const nowMs = performance.now();
  if ("intervalMs" in data) {
    intervalMs = data.intervalMs;
    dueMs = nowMs;
  } else dueMs = nextFrameMs({ dueMs, doneMs: nowMs, busyMs: data.busyMs, intervalMs });
  setTimeout(() => self.postMessage(null), dueMs - nowMs);
};
