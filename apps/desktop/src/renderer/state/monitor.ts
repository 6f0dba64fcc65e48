import type { PortNotice } from "../../contract/engine-bridge.ts";
import type { MonitorPicture, MonitorSeen } from "../../contract/monitor-port.ts";

interface MonitorSize {
  readonly width: number | null;
  readonly fps: number;
}

type View = MonitorPicture["view"];

const WHOLE_FPS = 30;
/** Where the processor draws the window too, which costs as much as composing does, unless something is being moved. */
const SPARING_FPS = 15;

/** Draws the engine's pictures into whichever canvases show them, and asks for no more than those need. */
export class Monitor {
  private port: MessagePort | null = null;
  private readonly shown = new Map<View, { canvas: HTMLCanvasElement; width: number }>();
  private asked = "";
  private sparing = false;
  private held = false;

  constructor(private readonly ask: (size: MonitorSize) => void) {}

  /** Takes the engine's port whenever main deals one: at the start, and after a crash of either side. */
  listen(window: Window): void {
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
    port.onmessage = (event: MessageEvent<MonitorPicture>) => this.draw(event.data);
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
    }
    this.port?.postMessage({ kind: "seen", view: picture.view } satisfies MonitorSeen);
  }

  private askAgain(): void {
    const width = Math.max(0, ...[...this.shown.values()].map((one) => one.width));
    const fps = this.sparing && !this.held ? SPARING_FPS : WHOLE_FPS;
    const size: MonitorSize =
      width === 0 || document.hidden
        ? { width: null, fps: 1 }
        : { width: Math.min(1920, Math.max(16, Math.round(width / 16) * 16)), fps };
    if (JSON.stringify(size) === this.asked) return;
    this.asked = JSON.stringify(size);
    this.ask(size);
  }
}
