import { powerMonitor, powerSaveBlocker } from "electron";

interface Events {
  /** The machine goes to sleep; whatever takes longer than a moment is not finished. */
  readonly onSleep: () => void;
  readonly onWake: () => void;
}

/** Keeps the machine awake while it is on air, and tells when it slept nevertheless (a closed lid). */
export class Wakefulness implements Disposable {
  #blocker: number | undefined;

  constructor(private readonly events: Events) {
    powerMonitor.on("suspend", events.onSleep);
    powerMonitor.on("resume", events.onWake);
  }

  stayAwake(wanted: boolean): void {
    if (wanted && this.#blocker === undefined)
      this.#blocker = powerSaveBlocker.start("prevent-app-suspension");
    if (!wanted && this.#blocker !== undefined) {
      powerSaveBlocker.stop(this.#blocker);
      this.#blocker = undefined;
    }
  }

  [Symbol.dispose](): void {
    this.stayAwake(false);
    powerMonitor.off("suspend", this.events.onSleep);
    powerMonitor.off("resume", this.events.onWake);
  }
}
