import { globalShortcut } from "electron";
import type { StudioDocument } from "../../model/document.ts";
import type { DocumentKeeper } from "../document/document-keeper.ts";

interface Actions {
  /** With the title, tags and latency of the last broadcast. */
  readonly goLive: () => void;
  readonly endBroadcast: () => void;
  readonly panic: () => void;
  readonly toggleRecording: () => void;
  readonly saveReplay: () => void;
  readonly mark: () => void;
  /** At each press, and again while the key is held, where the system repeats it. */
  readonly talk: (sourceId: string) => void;
  /** Another program has the key. */
  readonly onTaken: (accelerator: string) => void;
}

/** The document's keys, heard whatever program is in front. */
export class Hotkeys implements Disposable {
  #heard: StudioDocument["hotkeys"] = {};
  readonly #unlisten: () => void;

  constructor(
    private readonly keeper: DocumentKeeper,
    private readonly actions: Actions,
  ) {
    this.#listen(keeper.document.hotkeys);
    this.#unlisten = keeper.onChange(({ hotkeys }) => this.#listen(hotkeys));
  }

  /** As if the key had been pressed; false where the document has none such. */
  press(accelerator: string): boolean {
    const action = this.#heard[accelerator];
    if (action !== undefined) this.#do(action);
    return action !== undefined;
  }

  #listen(hotkeys: StudioDocument["hotkeys"]): void {
    if (JSON.stringify(hotkeys) === JSON.stringify(this.#heard)) return;
    for (const accelerator of Object.keys(this.#heard)) globalShortcut.unregister(accelerator);
    this.#heard = hotkeys;
    for (const [accelerator, action] of Object.entries(hotkeys))
      if (!this.#register(accelerator, action)) this.actions.onTaken(accelerator);
  }

  #register(accelerator: string, action: string): boolean {
    try {
      return globalShortcut.register(accelerator, () => this.#do(action));
    } catch {
      // A document that was written by hand may name a key that does not exist.
      return false;
    }
  }

  #do(action: string): void {
    const [kind, id = ""] = action.split(/:(.*)/s);
    if (kind === "panic") this.actions.panic();
    if (kind === "live") this.actions.goLive();
    if (kind === "end") this.actions.endBroadcast();
    if (kind === "record") this.actions.toggleRecording();
    if (kind === "replay") this.actions.saveReplay();
    if (kind === "marker") this.actions.mark();
    if (kind === "talk") this.actions.talk(id);
    if (kind === "take") this.keeper.do({ kind: "take" });
    if (kind === "scene") this.keeper.do({ kind: "programme", sceneId: id });
    const sound = kind === "mute" ? this.keeper.document.sources[id]?.sound : undefined;
    if (sound) this.keeper.do({ kind: "sound", sourceId: id, change: { muted: !sound.muted } });
  }

  [Symbol.dispose](): void {
    this.#unlisten();
    globalShortcut.unregisterAll();
  }
}
