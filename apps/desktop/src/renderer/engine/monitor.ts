import type { MonitorPicture, MonitorSeen } from "../../contract/monitor-port.ts";
import { encodeSlot } from "./clock/frame-grid.ts";

/** Pictures on their way to a window that may be busy, or hang. */
const MAX_UNSEEN = 2;

interface Wish {
  readonly width: number | null;
  readonly fps: number;
}
type View = MonitorPicture["view"];
type Paint = (width: number, height: number) => Uint8ClampedArray<ArrayBuffer> | undefined;

/** Shows the control window what is composed, at the size and pace that it asks for, and never waits for it. */
export class Monitor {
  #port: MessagePort | undefined;
  #wish: Wish = { width: null, fps: 10 };
  #slot = -1;
  readonly #unseen = new Map<View, number>();

  get wanted(): boolean {
    return this.#port !== undefined && this.#wish.width !== null;
  }

  attach(port: MessagePort): void {
    this.#port?.close();
    this.#port = port;
    this.#unseen.clear();
    port.onmessage = ({ data }: MessageEvent<MonitorSeen>) => {
      this.#unseen.set(data.view, Math.max(0, (this.#unseen.get(data.view) ?? 0) - 1));
    };
  }

  wish(wish: Wish): void {
    this.#wish = wish;
    this.#unseen.clear();
  }

  offer(
    ptsUs: number,
    canvas: { width: number; height: number },
    views: Readonly<Record<View, Paint>>,
  ): void {
    const { width, fps } = this.#wish;
    if (this.#port === undefined || width === null) return;
    const slot = encodeSlot(ptsUs, fps);
    if (slot === this.#slot) return;
    this.#slot = slot;
    const wide = Math.min(width, canvas.width);
    const tall = Math.max(2, Math.round((wide * canvas.height) / canvas.width));
    for (const view of ["programme", "preview"] as const) {
      const unseen = this.#unseen.get(view) ?? 0;
      if (unseen >= MAX_UNSEEN) continue;
      const rgba = views[view](wide, tall);
      if (rgba === undefined) continue;
      this.#unseen.set(view, unseen + 1);
      const message: MonitorPicture = { kind: "monitor", view, width: wide, height: tall, rgba };
      this.#port.postMessage(message, [rgba.buffer]);
    }
  }

  close(): void {
    this.#port?.close();
    this.#port = undefined;
  }
}
