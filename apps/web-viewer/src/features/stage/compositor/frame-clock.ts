/** Calls `onTick` at a steady rate, also while the page is hidden. Returns how to stop it. */
export function startFrameClock(fps: number, onTick: () => void): () => void {
  const worker = new Worker(new URL("./tick-worker.ts", import.meta.url), { type: "module" });
  worker.onmessage = onTick;
  worker.postMessage(1_000 / fps);
  return () => worker.terminate();
}
