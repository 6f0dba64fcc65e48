import { join } from "node:path";
import { Menu, nativeImage, Tray } from "electron";
import type { BroadcastSnapshot } from "../../contract/studio-topics.ts";

interface Actions {
  readonly show: () => void;
  readonly goLive: () => void;
  readonly endBroadcast: () => void;
  readonly panic: () => void;
  readonly quit: () => void;
}

const WORDS: Record<BroadcastSnapshot["state"], string> = {
  idle: "Not on air",
  starting: "Going live",
  live: "On air",
  interrupted: "Line interrupted",
  stopping: "Ending",
};

/** The sign in the system's bar: on air or not, and the few things that are wanted with the window out of sight. */
export class StudioTray implements Disposable {
  readonly #tray: Tray;
  #shown = "";

  constructor(
    assets: string,
    private readonly actions: Actions,
  ) {
    this.#tray = new Tray(nativeImage.createFromPath(join(assets, "tray.png")));
    this.#tray.on("click", actions.show);
  }

  show({ state, panic }: Pick<BroadcastSnapshot, "state" | "panic">): void {
    if (this.#shown === `${state} ${panic}`) return;
    this.#shown = `${state} ${panic}`;
    const { actions } = this;
    this.#tray.setToolTip(`Footlight Studio: ${WORDS[state]}`);
    this.#tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: WORDS[state], enabled: false },
        { type: "separator" },
        state === "idle"
          ? { label: "Go live", click: actions.goLive }
          : { label: "End broadcast", click: actions.endBroadcast },
        { label: panic ? "End panic" : "Panic", click: actions.panic },
        { type: "separator" },
        { label: "Show the studio", click: actions.show },
        { label: "Quit", click: actions.quit },
      ]),
    );
  }

  [Symbol.dispose](): void {
    this.#tray.destroy();
  }
}
