import { type BrowserWindow, type MessagePortMain, nativeTheme, type WebContents } from "electron";
import { channels } from "../../contract/channels.ts";
import type { PortNotice } from "../../contract/engine-bridge.ts";
import { openPage, pageUrl } from "./page.ts";
import type { WindowState } from "./window-state.ts";

/** The window that a person sees. It may hang, crash or close without the broadcast noticing. */
export class ControlWindow implements Disposable {
  #window: BrowserWindow | undefined;
  #crashes: number[] = [];
  /** Grows with each page that is loaded. */
  generation = 0;

  constructor(
    private readonly dist: string,
    private readonly state: WindowState,
    private readonly events: {
      /** The person closes it; false keeps it. */
      readonly onClose: () => boolean;
      readonly onClosed: () => void;
      readonly onCrash: (reason: string) => void;
    },
  ) {}

  async open(): Promise<void> {
    if (this.#window !== undefined) return this.show();
    const window = openPage("control", this.dist, {
      ...this.state.bounds(),
      minWidth: 900,
      minHeight: 600,
      title: "Footlight Studio",
      backgroundColor: nativeTheme.shouldUseDarkColors ? "#101014" : "#f7f6f4",
    });
    this.#window = window;
    this.state.follow(window);
    if (this.state.isMaximised) window.maximize();
    window.once("ready-to-show", () => window.show());
    window.on("close", (event) => {
      if (!this.events.onClose()) event.preventDefault();
    });
    window.on("closed", () => {
      if (this.#window !== window) return;
      this.#window = undefined;
      this.events.onClosed();
    });
    window.webContents.on("did-start-navigation", ({ isMainFrame }) => {
      if (isMainFrame) this.generation++;
    });
    window.webContents.on("render-process-gone", (_event, { reason }) => this.#recover(window, reason));
    await window.loadURL(pageUrl("control"));
  }

  isPage(contents: WebContents): boolean {
    return this.#window?.webContents === contents;
  }

  get window(): BrowserWindow | undefined {
    return this.#window;
  }

  show(): void {
    if (this.#window?.isMinimized()) this.#window.restore();
    this.#window?.show();
    this.#window?.focus();
  }

  /** False when there is no page to take it. */
  deal(notice: PortNotice, port: MessagePortMain): boolean {
    if (this.#window === undefined || this.#window.webContents.isCrashed()) return false;
    this.#window.webContents.postMessage(channels.port, notice, [port]);
    return true;
  }

  /** A new window in its place; one that crashes again and again is left, for the broadcast is worth more than it. */
  #recover(window: BrowserWindow, reason: string): void {
    if (reason === "clean-exit" || this.#window !== window) return;
    this.#window = undefined;
    window.destroy();
    this.events.onCrash(reason);
    const now = Date.now();
    this.#crashes = [...this.#crashes.filter((at) => now - at < 60_000), now];
    if (this.#crashes.length <= 5) void this.open();
  }

  [Symbol.dispose](): void {
    const window = this.#window;
    this.#window = undefined;
    window?.destroy();
  }
}
