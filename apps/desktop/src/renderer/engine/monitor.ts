import type { MonitorPicture, MonitorSeen, ThumbnailPicture } from "../../contract/monitor-port.ts";
import { encodeSlot } from "./clock/frame-grid.ts";
import type { Thumbnail } from "./compositor/thumbnails.ts";
import type { Composed } from "./encode/picture-encode.ts";

/** Pictures on their way to a window that may be busy, or hang. */
const MAX_UNSEEN = 2;

interface Wish {
  readonly width: number | null;
  readonly fps: number;
  readonly thumbnails?: boolean | undefined;
}
type View = MonitorPicture["view"];
type Shown = Pick<Composed, "version" | "pixels">;

/** Shows the control window what is composed, at the size and pace that it asks for, and never waits for it. */
export class Monitor {
  #port: MessagePort | undefined;
  #wish: Wish = { width: null, fps: 10 };
  #slot = -1;
  readonly #unseen = new Map<MonitorSeen["view"], number>();
  /** What each view shows: what has not changed is not sent again. */
  readonly #sent = new Map<View, number>();

  get wanted(): boolean {
    return this.#port !== undefined && this.#wish.width !== null;
  }

  /** Whether the window shows scenes in small, and has drawn those that it was given. */
  get takesThumbnail(): boolean {
    return this.wanted && this.#wish.thumbnails === true && (this.#unseen.get("thumbnail") ?? 0) < MAX_UNSEEN;
  }

  attach(port: MessagePort): void {
    this.#port?.close();
    this.#port = port;
    this.#forget();
    port.onmessage = ({ data }: MessageEvent<MonitorSeen>) => {
      this.#unseen.set(data.view, Math.max(0, (this.#unseen.get(data.view) ?? 0) - 1));
    };
  }

  wish(wish: Wish): void {
    this.#wish = wish;
    this.#forget();
  }

  offer(
    ptsUs: number,
    canvas: { width: number; height: number },
    views: Readonly<Record<View, () => Shown | undefined>>,
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
      const shown = views[view]();
      if (shown === undefined || shown.version === this.#sent.get(view)) continue;
      this.#sent.set(view, shown.version);
      const rgba = shown.pixels(wide, tall);
      this.#unseen.set(view, unseen + 1);
      const message: MonitorPicture = { kind: "monitor", view, width: wide, height: tall, rgba };
      this.#port.postMessage(message, [rgba.buffer]);
    }
  }

  thumbnail(thumbnail: Thumbnail): void {
    this.#unseen.set("thumbnail", (this.#unseen.get("thumbnail") ?? 0) + 1);
    const message: ThumbnailPicture = { kind: "thumbnail", ...thumbnail };
    this.#port?.postMessage(message, [thumbnail.rgba.buffer]);
  }

  #forget(): void {
    this.#unseen.clear();
    this.#sent.clear();
  }

  close(): void {
    this.#port?.close();
    this.#port = undefined;
  }
}
