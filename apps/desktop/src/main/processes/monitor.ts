import { MessageChannelMain } from "electron";
import type { ToEngineControl } from "../../contract/engine-control.ts";
import type { ControlWindow } from "../windows/control-window.ts";
import type { MediaProcesses } from "./media-processes.ts";

type Wish = Omit<Extract<ToEngineControl, { kind: "monitor" }>, "kind">;

/** Programme and preview on their way to the control window: over a port from page to page, never through main. */
export class Monitor {
  #wish: Wish = { width: null, fps: 30 };
  #page: number | undefined;

  constructor(
    private readonly processes: () => MediaProcesses,
    private readonly control: ControlWindow,
  ) {}

  /** A page that asks for pictures listens for its port by then; one that was loaded anew needs a new one. */
  ask(wish: Wish): void {
    this.#wish = wish;
    const page = this.control.generation;
    if (wish.width !== null && page !== this.#page) {
      this.#page = page;
      this.#deal();
    }
    this.processes().engine.send({ kind: "monitor", ...wish });
  }

  /** A new engine begins with this. */
  first(): ToEngineControl {
    return { kind: "monitor", ...this.#wish };
  }

  engineIsNew(): void {
    if (this.#page !== undefined) this.#deal();
  }

  #deal(): void {
    if (!this.processes().engine.isReady) return;
    const { port1, port2 } = new MessageChannelMain();
    if (this.control.deal({ studioPort: "monitor" }, port1))
      this.processes().engine.deal({ studioPort: "monitor" }, port2);
  }
}
