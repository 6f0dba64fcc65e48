import "@fontsource-variable/inter/wght.css";
import type { EngineBridge } from "../../contract/engine-bridge.ts";
import { WorkerTicker } from "./clock/frame-clock.ts";
import { Engine } from "./engine.ts";

declare global {
  interface Window {
    readonly engine: EngineBridge;
  }
}

/** A page that could not begin (no sound service yet, a GPU that is just restarted) tries again. */
const AGAIN_MS = 1_000;

try {
  const engine = new Engine(window.engine, new WorkerTicker());
  // WHIP servers are told goodbye, and devices let go, also where the window just closes.
  addEventListener("pagehide", () => void engine.close());
  await engine.start();
} catch (cause) {
  setTimeout(() => location.reload(), AGAIN_MS);
  throw cause;
}
