import "@fontsource-variable/inter/wght.css";
import type { EngineBridge } from "../../contract/engine-bridge.ts";
import { WorkerTicker } from "./clock/frame-clock.ts";
import { Engine } from "./engine.ts";

declare global {
  interface Window {
    readonly engine: EngineBridge;
  }
}

await new Engine(window.engine, new WorkerTicker()).start();
