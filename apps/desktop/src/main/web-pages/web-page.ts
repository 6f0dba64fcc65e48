import {
  BrowserWindow,
  type MessagePortMain,
  type NativeImage,
  type Rectangle,
  type Session,
  type WebContents,
} from "electron";
import type { FromPage, ToPage } from "../../contract/page-port.ts";
import type { SourceSettings } from "../../model/document.ts";
import { isPageAddress } from "../../model/file-address.ts";
import { loadAddress } from "./page-files.ts";
import { BLANK, guardPage, letBeHeard } from "./page-session.ts";

export type PageSettings = Extract<SourceSettings, { kind: "browser" }>;

/** Pictures on their way to the engine. */
const MAX_UNPAINTED = 2;
const RETRY_MS = [1_000, 3_000, 10_000, 30_000];
/** A page that ran for so long begins with the first delay again. */
const CALM_MS = 60_000;
/** A page is not held up for an engine that does not answer. */
const LISTEN_MS = 3_000;
/** While its address is being typed. */
const TYPING_MS = 700;
/** Chromium: the page itself, or a newer load, took the place of this one. */
const ABORTED = -3;

/** One web page in a window that nobody sees: loaded, painted for the engine while it is shown, tried again. */
export class WebPage implements Disposable {
  readonly #window: BrowserWindow;
  readonly #contents: WebContents;
  #state: "blank" | "loading" | "running" | "failed" | "crashed" = "blank";
  #visible = false;
  #unpainted = 0;
  /** Something was painted that the engine had no room for. */
  #missed = false;
  /** The display's pixels for one of a page's. */
  #scale = 1;
  #cssKey: string | undefined;
  #loadedAtMs = 0;
  #heard = (): void => undefined;
  #retry: NodeJS.Timeout | undefined;

  constructor(
    private settings: PageSettings,
    session: Session,
    private readonly port: MessagePortMain,
    /** The page that listens to it. */
    private readonly engine: () => WebContents | undefined,
    /** It has crashed and wants another one in its place: what Electron paints unseen stays dark after a crash. */
    private readonly onGone: (failures: number) => void,
    /** In a row. */
    private failures = 0,
  ) {
    this.#window = new BrowserWindow({
      ...{ show: false, frame: false, transparent: true, backgroundColor: "#00000000", useContentSize: true },
      ...{ width: settings.width, height: settings.height },
      webPreferences: {
        ...{ session, sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false },
        ...{ offscreen: true, backgroundThrottling: false },
        ...{ autoplayPolicy: "no-user-gesture-required", disableDialogs: true, spellcheck: false },
      },
    });
    this.#contents = this.#window.webContents;
    // The mixer alone plays it; what is muted here is captured all the same.
    this.#contents.setAudioMuted(true);
    this.#contents.setFrameRate(settings.fps);
    this.#contents.stopPainting();
    guardPage(this.#contents);
    this.#follow();
    port.on("message", ({ data }) => this.#hear(data as ToPage));
    port.start();
    this.#send({ kind: "loading" });
    void this.#begin();
  }

  get isVisible(): boolean {
    return this.#visible;
  }

  get closesWhenHidden(): boolean {
    return this.settings.closeWhenHidden;
  }

  /** False: it must be made anew. */
  update(settings: PageSettings): boolean {
    const before = this.settings;
    if (settings.width !== before.width || settings.height !== before.height) return false;
    this.settings = settings;
    if (settings.fps !== before.fps) this.#contents.setFrameRate(settings.fps);
    if (settings.url !== before.url && this.#state !== "blank") this.#loadIn(TYPING_MS);
    else if (settings.css !== before.css && this.#state === "running") void this.#style();
    return true;
  }

  /** What nobody sees is not painted. */
  setVisible(visible: boolean): void {
    if (visible === this.#visible) return;
    this.#visible = visible;
    if (!visible) this.#contents.stopPainting();
    else if (this.#state === "running") this.#paintAll();
  }

  load(): void {
    if (this.#state === "blank") return;
    clearTimeout(this.#retry);
    if (this.#state === "crashed") {
      this.onGone(this.failures);
      return;
    }
    this.#state = "loading";
    this.#contents.stopPainting();
    this.#send({ kind: "loading" });
    // Its failures come as events.
    if (!isPageAddress(this.settings.url)) this.#failed("unreachable");
    else this.#contents.loadURL(loadAddress(this.settings.url)).catch(() => undefined);
  }

  [Symbol.dispose](): void {
    this.#heard();
    clearTimeout(this.#retry);
    this.port.close();
    if (!this.#window.isDestroyed()) this.#window.destroy();
  }

  /** Its sound is taken while the window is blank, for good: no page is ever there that could take something itself. */
  async #begin(): Promise<void> {
    await this.#contents.loadURL(BLANK).catch(() => undefined);
    await this.#measure();
    const engine = this.engine();
    if (engine === undefined || this.#window.isDestroyed()) return;
    const deny = letBeHeard(this.#contents);
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, LISTEN_MS);
      this.#heard = () => {
        clearTimeout(late);
        resolve();
      };
      this.#send({ kind: "sound", mediaSourceId: this.#contents.getMediaSourceId(engine) });
    });
    deny();
    if (this.#window.isDestroyed()) return;
    this.#state = "loading";
    this.load();
  }

  /** Some Electrons paint in the display's pixels: the window is then that much smaller, and what is in it too. */
  async #measure(): Promise<void> {
    const scale: unknown = await this.#contents.executeJavaScript("devicePixelRatio").catch(() => 1);
    if (typeof scale !== "number" || scale === 1 || this.#window.isDestroyed()) return;
    this.#scale = scale;
    const { width, height } = this.settings;
    this.#window.setContentSize(Math.round(width / scale), Math.round(height / scale));
  }

  #follow(): void {
    const contents = this.#contents;
    contents.on("paint", (_event, dirty, image) => this.#painted(dirty, image));
    contents.on("dom-ready", () => void this.#loaded());
    contents.on("did-fail-load", (_event, code, _words, _url, isMainFrame) => {
      if (isMainFrame && code !== ABORTED) this.#failed("unreachable");
    });
    contents.on("did-navigate", (_event, _url, status) => {
      if (status >= 400) this.#failed("unreachable");
    });
    contents.on("render-process-gone", () => this.#failed("crashed"));
  }

  async #loaded(): Promise<void> {
    if (this.#state === "failed") return;
    this.#cssKey = undefined;
    // Kept by Electron for each host, so it is said for each page.
    if (this.#scale !== 1) this.#contents.setZoomFactor(1 / this.#scale);
    await this.#style();
    if (this.#state !== "loading") return;
    this.#state = "running";
    this.#loadedAtMs = Date.now();
    if (this.#visible) this.#paintAll();
  }

  async #style(): Promise<void> {
    const { css } = this.settings;
    const before = this.#cssKey;
    this.#cssKey = undefined;
    try {
      const key = css.trim() === "" ? undefined : await this.#contents.insertCSS(css);
      if (before !== undefined) await this.#contents.removeInsertedCSS(before);
      this.#cssKey = key;
    } catch {
      // The page went away meanwhile; the next one is styled anew.
    }
  }

  #failed(code: "unreachable" | "crashed"): void {
    if (this.#state === "failed" || this.#state === "crashed") return;
    if (this.#state === "running" && Date.now() - this.#loadedAtMs > CALM_MS) this.failures = 0;
    this.#state = code === "crashed" ? "crashed" : "failed";
    this.#contents.stopPainting();
    this.#send({ kind: "failed", code });
    const delayMs = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)] ?? 0;
    this.failures += 1;
    this.#loadIn(delayMs * (0.9 + 0.2 * Math.random()));
  }

  #loadIn(delayMs: number): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.load(), delayMs);
  }

  #paintAll(): void {
    this.#contents.startPainting();
    this.#contents.invalidate();
  }

  #painted(dirty: Rectangle, image: NativeImage): void {
    if (this.#state !== "running" || !this.#visible) return;
    if (this.#unpainted >= MAX_UNPAINTED) {
      this.#missed = true;
      return;
    }
    const page = image.getSize();
    const { x, y, width, height } = dirty;
    if (width === 0 || height === 0) return;
    const isWhole = width === page.width && height === page.height;
    const pixels = (isWhole ? image : image.crop(dirty)).toBitmap();
    this.#unpainted += 1;
    this.#send({ kind: "paint", page, x, y, width, height, pixels });
  }

  #hear(message: ToPage): void {
    if (message.kind === "listening") {
      this.#heard();
      return;
    }
    this.#unpainted = Math.max(0, this.#unpainted - 1);
    if (!this.#missed) return;
    this.#missed = false;
    this.#contents.invalidate();
  }

  #send(message: FromPage): void {
    this.port.postMessage(message);
  }
}
