import type { SourceSettings } from "../../../model/document.ts";
import { readImage } from "./image-source.ts";
import { clearCanvas, type FrameMoment, PaintedSource, type SourceContext } from "./picture-source.ts";

type Slideshow = Extract<SourceSettings, { kind: "slideshow" }>;

/** Pictures after one another, each as large as the canvas allows; the next is read while one is shown. */
export class SlideshowSource extends PaintedSource {
  #settings: Slideshow | undefined;
  #order: string[] = [];
  #next = 0;
  #shown: ImageBitmap | undefined;
  #coming: ImageBitmap | undefined;
  #reading = false;
  #misses = 0;
  /** When the picture that is shown began, and when the next one began to fade in. */
  #sinceMs: number | undefined;
  #fadeMs: number | undefined;

  constructor(world: SourceContext, settings: SourceSettings) {
    super(world);
    this.update(settings);
  }

  override update(settings: SourceSettings): boolean {
    if (settings.kind !== "slideshow") return false;
    const samePictures =
      JSON.stringify(settings.paths) === JSON.stringify(this.#settings?.paths) &&
      settings.shuffle === this.#settings?.shuffle;
    this.#settings = settings;
    if (samePictures) return true;
    this.#order = settings.shuffle ? shuffled(settings.paths) : [...settings.paths];
    this.#next = 0;
    this.#misses = 0;
    this.world.report({ state: "starting" });
    if (this.#order.length === 0) this.world.report({ state: "failed", code: "not_found" });
    void this.#read();
    return true;
  }

  override advance({ elapsedMs }: FrameMoment): void {
    const settings = this.#settings;
    if (settings === undefined) return;
    if (this.#shown === undefined) {
      if (this.#coming !== undefined) this.#take(elapsedMs);
      return;
    }
    const dueMs = (this.#sinceMs ?? elapsedMs) + settings.everyMs;
    if (this.#coming === undefined || elapsedMs < dueMs) return;
    this.#fadeMs ??= elapsedMs;
    const progress = settings.fadeMs === 0 ? 1 : (elapsedMs - this.#fadeMs) / settings.fadeMs;
    if (progress >= 1) this.#take(elapsedMs);
    else this.#paint(progress);
  }

  override close(): void {
    this.#settings = undefined;
    this.#shown?.close();
    this.#coming?.close();
    super.close();
  }

  #take(elapsedMs: number): void {
    this.#shown?.close();
    this.#shown = this.#coming;
    this.#coming = undefined;
    this.#sinceMs = elapsedMs;
    this.#fadeMs = undefined;
    this.#paint(0);
    if (this.#order.length > 1) void this.#read();
  }

  #paint(progress: number): void {
    this.context ??= clearCanvas(this.world.canvas);
    const { width, height } = this.world.canvas;
    this.context.clearRect(0, 0, width, height);
    this.#draw(this.context, this.#shown, 1 - progress);
    this.#draw(this.context, this.#coming, progress);
    this.painted();
  }

  #draw(context: OffscreenCanvasRenderingContext2D, picture: ImageBitmap | undefined, alpha: number): void {
    if (picture === undefined || alpha === 0) return;
    const { width, height } = this.world.canvas;
    const scale = Math.min(width / picture.width, height / picture.height);
    const [wide, tall] = [picture.width * scale, picture.height * scale];
    context.globalAlpha = alpha;
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, (width - wide) / 2, (height - tall) / 2, wide, tall);
    context.globalAlpha = 1;
  }

  /** The next picture that can be read; files that cannot are passed over. */
  async #read(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    while (this.#settings !== undefined && this.#coming === undefined && this.#misses < this.#order.length) {
      const path = this.#order[this.#next % this.#order.length] ?? "";
      this.#next += 1;
      const read = await readImage(path);
      if (typeof read === "string") this.#misses += 1;
      else if (this.#settings === undefined || !this.#order.includes(path)) read.close();
      else {
        this.#coming = read;
        this.#misses = 0;
      }
    }
    this.#reading = false;
    if (this.#settings !== undefined && this.#coming === undefined && this.#shown === undefined)
      this.world.report({ state: "failed", code: "not_found" });
  }
}

function shuffled(paths: readonly string[]): string[] {
  const order = [...paths];
  for (let at = order.length - 1; at > 0; at -= 1) {
    const other = Math.floor(Math.random() * (at + 1));
    const [one = "", two = ""] = [order[at], order[other]];
    order[at] = two;
    order[other] = one;
  }
  return order;
}
