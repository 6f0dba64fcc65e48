import type { PortNotice } from "../../contract/engine-bridge.ts";
import type { MonitorPicture, MonitorSeen, ThumbnailPicture } from "../../contract/monitor-port.ts";

interface MonitorSize {
  readonly width: number | null;
  readonly fps: number;
  readonly thumbnails: boolean;
}

/** Of scenes that are gone some stay, for an undo. */
const MAX_THUMBNAILS = 250;

type View = MonitorPicture["view"];

const WHOLE_FPS = 30;
/** Where the processor draws the window too, which costs as much as composing does, unless something is being moved. */
const SPARING_FPS = 15;

/** Draws the engine's pictures into whichever canvases show them, and asks for no more than those need. */
export class Monitor {
  private port: MessagePort | null = null;
  /** False in a panel's own window, which gets no pictures and must not ask in the other one's name. */
  private listens = false;
  private readonly shown = new Map<View, { canvas: HTMLCanvasElement; width: number }>();
  /** By scene; what was drawn last, for rows that come anew. */
  private readonly thumbnails = new Map<string, ImageData>();
  private readonly rows = new Map<string, HTMLCanvasElement>();
  private asked = "";
  private sparing = false;
  private held = false;

  constructor(
    private readonly ask: (size: MonitorSize) => void,
    private readonly onDrawn: () => void,
  ) {}

  /** Takes the engine's port whenever main deals one: at the start, and after a crash of either side. */
  listen(window: Window): void {
    this.listens = true;
    window.addEventListener("message", (event: MessageEvent<Partial<PortNotice> | null>) => {
      const port = event.ports[0];
      if (event.source === window && event.data?.studioPort === "monitor" && port) this.attach(port);
    });
    window.document.addEventListener("visibilitychange", () => this.askAgain());
    const hold = (held: boolean) => () => {
      this.held = held;
      this.askAgain();
    };
    window.addEventListener("pointerdown", hold(true));
    for (const end of ["pointerup", "pointercancel", "blur"]) window.addEventListener(end, hold(false));
  }

  /** Whether there is no GPU. */
  spare(sparing: boolean): void {
    this.sparing = sparing;
    this.askAgain();
  }

  attach(port: MessagePort): void {
    this.port?.close();
    this.port = port;
    port.onmessage = ({ data }: MessageEvent<MonitorPicture | ThumbnailPicture>) => {
      if (data.kind === "monitor") this.draw(data);
      else this.keep(data);
      const view = data.kind === "monitor" ? data.view : "thumbnail";
      port.postMessage({ kind: "seen", view } satisfies MonitorSeen);
    };
    this.asked = "";
    this.askAgain();
  }

  /** `width` in device pixels; until the returned is called. */
  show(view: View, canvas: HTMLCanvasElement, width: number): () => void {
    this.shown.set(view, { canvas, width });
    // A new canvas is empty, and a picture that has not changed is sent only to who asks.
    this.asked = "";
    this.askAgain();
    return () => {
      if (this.shown.get(view)?.canvas === canvas) this.shown.delete(view);
      this.askAgain();
    };
  }

  /** A scene in small; until the returned is called. */
  showThumbnail(sceneId: string, canvas: HTMLCanvasElement): () => void {
    this.rows.set(sceneId, canvas);
    this.drawThumbnail(sceneId);
    this.askAgain();
    return () => {
      if (this.rows.get(sceneId) === canvas) this.rows.delete(sceneId);
      this.askAgain();
    };
  }

  private keep({ sceneId, rgba, width, height }: ThumbnailPicture): void {
    this.thumbnails.delete(sceneId);
    this.thumbnails.set(sceneId, new ImageData(rgba, width, height));
    const [oldest] = this.thumbnails.keys();
    if (this.thumbnails.size > MAX_THUMBNAILS && oldest !== undefined) this.thumbnails.delete(oldest);
    this.drawThumbnail(sceneId);
  }

  private drawThumbnail(sceneId: string): void {
    const [canvas, picture] = [this.rows.get(sceneId), this.thumbnails.get(sceneId)];
    if (!canvas || !picture) return;
    canvas.width = picture.width;
    canvas.height = picture.height;
    canvas.getContext("2d", { alpha: false })?.putImageData(picture, 0, 0);
    canvas.dataset["drawn"] = "true";
  }

  private draw(picture: MonitorPicture): void {
    const canvas = this.shown.get(picture.view)?.canvas;
    if (canvas) {
      if (canvas.width !== picture.width || canvas.height !== picture.height) {
        canvas.width = picture.width;
        canvas.height = picture.height;
      }
      canvas
        .getContext("2d", { alpha: false })
        ?.putImageData(new ImageData(picture.rgba, picture.width, picture.height), 0, 0);
      this.onDrawn();
    }
  }

  private askAgain(): void {
    if (!this.listens) return;
    const width = Math.max(0, ...[...this.shown.values()].map((one) => one.width));
    const fps = this.sparing && !this.held ? SPARING_FPS : WHOLE_FPS;
    const size: MonitorSize =
      width === 0 || document.hidden
        ? { width: null, fps: 1, thumbnails: false }
        : {
            width: Math.min(1920, Math.max(16, Math.round(width / 16) * 16)),
            fps,
            thumbnails: this.rows.size > 0,
          };
    if (JSON.stringify(size) === this.asked) return;
    this.asked = JSON.stringify(size);
    this.ask(size);
  }
}
