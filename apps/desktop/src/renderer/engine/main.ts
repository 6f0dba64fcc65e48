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
  await new Engine(window.engine, new WorkerTicker()).start();
} catch (cause) {
  setTimeout(() => location.reload(), AGAIN_MS);
  throw cause;
}
