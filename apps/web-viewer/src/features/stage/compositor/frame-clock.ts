import type { FrameNews } from "./tick-worker.ts";

/**
 * Calls `onTick` at a steady rate, also while the page is hidden; more seldom while it takes long. Returns how
 * to stop it.
 */
export function startFrameClock(fps: number, onTick: () => void): () => void {
  const worker = new Worker(new URL("./tick-worker.ts", import.meta.url), { type: "module" });
  const tell = (news: FrameNews) => worker.postMessage(news);
  worker.onmessage = () => {
    const startedMs = performance.now();
    try {
      onTick();
    } finally {
      tell({ busyMs: performance.now() - startedMs });
    }
  };
  tell({ intervalMs: 1_000 / fps });
  return () => worker.terminate();
}
