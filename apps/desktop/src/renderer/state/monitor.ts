import type { PortNotice } from "../../contract/engine-bridge.ts";
import type { MonitorPicture, MonitorSeen } from "../../contract/monitor-port.ts";

interface MonitorSize {
  readonly width: number | null;
  readonly fps: number;
}

type View = MonitorPicture["view"];

/** Draws the engine's pictures into whichever canvases show them, and asks for no more than those need. */
export class Monitor {
  private port: MessagePort | null = null;
  private readonly shown = new Map<View, { canvas: HTMLCanvasElement; width: number }>();
  private asked = "";

  constructor(private readonly ask: (size: MonitorSize) => void) {}

  /** Takes the engine's port whenever main deals one: at the start, and after a crash of either side. */
  listen(window: Window): void {
    window.addEventListener("message", (event: MessageEvent<Partial<PortNotice> | null>) => {
      const port = event.ports[0];
      if (event.source === window && event.data?.studioPort === "monitor" && port) this.attach(port);
    });
    window.document.addEventListener("visibilitychange", () => this.askAgain());
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
    const size: MonitorSize =
      width === 0 || document.hidden
        ? { width: null, fps: 1 }
        : { width: Math.min(1920, Math.max(16, Math.round(width / 16) * 16)), fps: 30 };
    if (JSON.stringify(size) === this.asked) return;
    this.asked = JSON.stringify(size);
    this.ask(size);
  }
}
