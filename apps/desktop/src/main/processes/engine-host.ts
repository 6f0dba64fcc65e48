import {
  type BrowserWindow,
  type IpcMainEvent,
  ipcMain,
  type MessagePortMain,
  type WebContents,
} from "electron";
import { channels } from "../../contract/channels.ts";
import type { PortNotice } from "../../contract/engine-bridge.ts";
import {
  type FromEngineControl,
  fromEngineSchema,
  type ToEngineControl,
} from "../../contract/engine-control.ts";
import { openPage, pageUrl } from "../windows/page.ts";
import { Heartbeat } from "./heartbeat.ts";
import { type ProcessState, Readiness } from "./readiness.ts";
import { Restarts } from "./restarts.ts";

interface Events {
  readonly onState: (state: ProcessState) => void;
  /** `ready` comes anew after each start: what shall run must then be told again. */
  readonly onMessage: (message: FromEngineControl) => void;
  readonly onFault: (what: string, detail: unknown) => void;
}

/** The engine's hidden window: started, listened to, started again when it dies or hangs. */
export class EngineHost implements Disposable {
  #window: BrowserWindow | undefined;
  readonly #readiness = new Readiness();
  #closing = false;
  readonly #restarts = new Restarts(() => this.#start());
  readonly #heartbeat = new Heartbeat(() => this.#hangs());
  readonly #hear = (event: IpcMainEvent, message: unknown) => this.#take(event, message);

  constructor(
    private readonly dist: string,
    private readonly events: Events,
  ) {
    ipcMain.on(channels.engine, this.#hear);
  }

  get isReady(): boolean {
    return this.#readiness.isReady;
  }

  /** Waits while it is on its way. */
  reached(signal: AbortSignal): Promise<boolean> {
    return this.#readiness.reached(signal);
  }

  get pid(): number | undefined {
    return this.#window?.webContents.getOSProcessId();
  }

  get contents(): WebContents | undefined {
    return this.#window?.webContents;
  }

  start(): void {
    if (this.#window === undefined) this.#start();
  }

  /** One that is no longer started again by itself. */
  tryAgain(): void {
    if (this.#readiness.state !== "failed") return;
    this.#restarts.forgive();
    this.#become("restarting");
    this.#start();
  }

  send(message: ToEngineControl): void {
    if (this.isReady) this.#window?.webContents.send(channels.engine, message);
  }

  deal(notice: PortNotice, port: MessagePortMain): void {
    if (this.isReady) this.#window?.webContents.postMessage(channels.port, notice, [port]);
  }

  #start(): void {
    if (this.#closing) return;
    const window = openPage("engine", this.dist, {
      width: 640,
      height: 360,
      skipTaskbar: true,
      focusable: false,
      title: "Footlight engine",
      // Captures and composes while nobody sees it, and may sound without a click.
      webPreferences: { backgroundThrottling: false, autoplayPolicy: "no-user-gesture-required" },
    });
    this.#window = window;
    window.webContents.on("render-process-gone", (_event, { reason }) => this.#died(window, reason));
    window.on("closed", () => this.#died(window, "closed"));
    window.loadURL(pageUrl("engine")).catch((error: unknown) => {
      if (!this.#closing) this.#died(window, String(error));
    });
  }

  #take(event: IpcMainEvent, message: unknown): void {
    const page = this.#window?.webContents;
    if (page === undefined || event.sender !== page || event.senderFrame !== page.mainFrame) return;
    const parsed = fromEngineSchema.safeParse(message);
    if (!parsed.success) {
      this.events.onFault("the engine said what is not in its contract", parsed.error);
      return;
    }
    if (parsed.data.kind === "ready") this.#become("ready");
    if (parsed.data.kind === "ready" || (parsed.data.kind === "figures" && !parsed.data.stands))
      this.#heartbeat.beat();
    this.events.onMessage(parsed.data);
  }

  /** It says nothing, or composes nothing although it should. While it starts it may take its time. */
  #hangs(): void {
    if (!this.isReady) return;
    this.events.onFault("the engine hangs", "and is ended");
    this.#window?.webContents.forcefullyCrashRenderer();
  }

  #died(window: BrowserWindow, reason: string): void {
    if (this.#closing || this.#window !== window) return;
    this.#window = undefined;
    if (!window.isDestroyed()) window.destroy();
    this.events.onFault("the engine ended", reason);
    this.#become(this.#restarts.died());
  }

  #become(state: ProcessState): void {
    this.#readiness.become(state);
    this.events.onState(state);
  }

  [Symbol.dispose](): void {
    this.#closing = true;
    this.#restarts[Symbol.dispose]();
    this.#heartbeat[Symbol.dispose]();
    ipcMain.off(channels.engine, this.#hear);
    this.#window?.destroy();
  }
}
