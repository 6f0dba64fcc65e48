/**
 * Wakes the engine at each frame's time. In a worker, because a busy page delays its own timers, and never by
 * requestAnimationFrame, which a hidden window is not given. Each wait is counted anew from the epoch: no drift.
 */
import { frameAt } from "./frame-grid.ts";

/** A frame's time has come. */
export interface Tick {
  readonly frame: number;
  /** What was ordered: ticks of the order before may still be under way. */
  readonly fps: number;
}

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
    const come: Tick = { frame: last, fps: data.fps };
    postMessage(come);
    wait();
  };
  clearTimeout(timer);
  wait();
});
