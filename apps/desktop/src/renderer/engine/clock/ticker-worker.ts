/**
 * Wakes the engine at each frame's time. In a worker, because a busy page delays its own timers, and never by
 * requestAnimationFrame, which a hidden window is not given. Each wait is counted anew from the epoch: no drift.
 */
import { frameAt } from "./frame-grid.ts";

export interface TickerOrder {
  readonly fps: number;
  /** Since the epoch, when this was sent. */
  readonly elapsedMs: number;
}

let timer: ReturnType<typeof setTimeout> | undefined;

addEventListener("message", ({ data }: MessageEvent<TickerOrder>) => {
  const epochMs = performance.now() - data.elapsedMs;
  let last = frameAt(data.elapsedMs, data.fps);
  const wait = () => {
    const dueMs = epochMs + ((last + 1) * 1_000) / data.fps;
    timer = setTimeout(tick, dueMs - performance.now());
  };
  const tick = () => {
    // A timer may be a hair early, or many frames late.
    last = Math.max(last + 1, frameAt(performance.now() - epochMs, data.fps));
    postMessage(last);
    wait();
  };
  clearTimeout(timer);
  wait();
});
