import { type BrowserWindow, Menu, type MenuItemConstructorOptions } from "electron";
import type { BroadcastSnapshot, TopicSnapshot } from "../../contract/studio-topics.ts";
import { close, type Layout, resetLayout, show } from "../../model/panels/layout.ts";
import { panels } from "../../model/panels/panels.ts";

export interface MenuActions {
  readonly undo: () => void;
  readonly redo: () => void;
  readonly goLive: () => void;
  readonly endBroadcast: () => void;
  readonly toggleRecording: () => void;
  readonly importScenes: () => void;
  readonly exportScenes: () => void;
  readonly quit: () => void;
  readonly restartToUpdate: () => void;
  readonly changeLayout: (how: (layout: Layout) => Layout) => void;
}

interface Facts {
  readonly broadcast: BroadcastSnapshot["state"];
  readonly recording: TopicSnapshot<"recording">["state"];
  readonly history: TopicSnapshot<"history">;
  /** Panels that the window does not show. */
  readonly closed: Layout["closed"];
  /** The version that a restart brings. */
  readonly update: string | null;
}

/** The menu as things are; rebuilt only when what it shows has changed. */
export class AppMenu {
  #shown = "";

  constructor(
    private readonly actions: MenuActions,
    private readonly window: () => BrowserWindow | undefined,
  ) {}

  show(facts: Facts): void {
    const shown = JSON.stringify(facts);
    if (shown === this.#shown) return;
    this.#shown = shown;
    Menu.setApplicationMenu(Menu.buildFromTemplate(this.#template(facts)));
  }

  #template({ broadcast, recording, history, closed, update }: Facts): MenuItemConstructorOptions[] {
    const { actions } = this;
    const isIdle = broadcast === "idle";
    return [
      ...(process.platform === "darwin" ? [{ role: "appMenu" } as const] : []),
      {
        label: "&File",
        submenu: [
          { label: "Import scenes…", click: actions.importScenes },
          { label: "Export scenes…", click: actions.exportScenes },
          { type: "separator" },
          ...(update === null
            ? []
            : [
                {
                  label: `Restart to update to ${update}`,
                  enabled: isIdle && recording === "idle",
                  click: actions.restartToUpdate,
                },
              ]),
          { label: "Quit", accelerator: "CmdOrCtrl+Q", click: actions.quit },
        ],
      },
      {
        label: "&Edit",
        submenu: [
          {
            label: "Undo",
            accelerator: "CmdOrCtrl+Z",
            enabled: history.undo !== null,
            click: this.#edit("undo"),
          },
          {
            label: "Redo",
            accelerator: "CmdOrCtrl+Shift+Z",
            enabled: history.redo !== null,
            click: this.#edit("redo"),
          },
          { type: "separator" },
          { role: "cut" },
          { role: "copy" },
          { role: "paste" },
          { role: "selectAll" },
        ],
      },
      {
        label: "&Broadcast",
        submenu: [
          { label: "Go live", accelerator: "CmdOrCtrl+Shift+L", enabled: isIdle, click: actions.goLive },
          { label: "End broadcast", enabled: !isIdle, click: actions.endBroadcast },
          { type: "separator" },
          {
            label: recording === "idle" ? "Start recording" : "Stop recording",
            accelerator: "CmdOrCtrl+Shift+R",
            click: actions.toggleRecording,
          },
        ],
      },
      {
        label: "&View",
        submenu: [
          ...panels.map(
            ({ id, title }): MenuItemConstructorOptions => ({
              label: title,
              type: "checkbox",
              checked: !closed.includes(id),
              click: () =>
                actions.changeLayout((layout) =>
                  layout.closed.includes(id) ? show(layout, id) : close(layout, id),
                ),
            }),
          ),
          { label: "Put panels back where they were", click: () => actions.changeLayout(resetLayout) },
          { type: "separator" },
          { role: "resetZoom" },
          { role: "zoomIn" },
          { role: "zoomOut" },
          { role: "togglefullscreen" },
          { role: "toggleDevTools" },
        ],
      },
    ];
  }

  /** In a field of text the keys are the field's. */
  #edit(what: "undo" | "redo"): () => void {
    return () => {
      const page = this.window()?.webContents;
      const isTyping = "!!document.activeElement?.matches('input, textarea, [contenteditable=true]')";
      void page?.executeJavaScript(isTyping).then((typing) => {
        if (typing === true) page[what]();
        else this.actions[what]();
      });
    };
  }
}
