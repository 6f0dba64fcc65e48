import type { Filter, SourceSettings } from "../../../model/document.ts";
import type { FramePixels } from "../sources/frame-pixels.ts";
import { clearCanvas, type FrameMoment, type PictureSource, type Size } from "../sources/picture-source.ts";
import { filterStages, type Stage } from "./filter-stages.ts";

/** A source seen through its filters; what has not changed is not filtered again. */
export class FilteredSource implements PictureSource {
  #stages: readonly Stage[] = [];
  #filtersJson = "";
  /** Goes up with each change of the filters, beside the source's own version. */
  #revision = 0;
  #canvases: OffscreenCanvasRenderingContext2D[] = [];
  #done: { readonly version: number; readonly picture: OffscreenCanvas } | undefined;

  constructor(
    readonly inner: PictureSource,
    private readonly pixels?: FramePixels,
  ) {}

  get size(): Size | undefined {
    return this.inner.size;
  }

  get version(): number {
    return this.inner.version + this.#revision;
  }

  get captureMs(): number | undefined {
    return this.inner.captureMs;
  }

  setFilters(filters: readonly Filter[]): void {
    const filtersJson = JSON.stringify(filters);
    if (filtersJson === this.#filtersJson) return;
    this.#filtersJson = filtersJson;
    void filterStages(filters).then((stages) => {
      if (filtersJson !== this.#filtersJson) return;
      this.#stages = stages;
      this.#revision += 1;
    });
  }

  picture(): CanvasImageSource | undefined {
    const given = this.inner.picture();
    const { size, version } = this;
    if (given === undefined || size === undefined) return given;
    const picture = this.pixels?.of(given, this.inner.version, size) ?? given;
    if (this.#stages.length === 0) return picture;
    if (this.#done?.version !== version) this.#done = { version, picture: this.#filter(picture, size) };
    return this.#done.picture;
  }

  advance(moment: FrameMoment): void {
    this.inner.advance(moment);
  }

  update(settings: SourceSettings): boolean {
    return this.inner.update(settings);
  }

  setWanted(wanted: boolean): void {
    this.inner.setWanted(wanted);
  }

  close(): void {
    this.inner.close();
    this.#canvases = [];
    this.#done = undefined;
  }

  #filter(picture: CanvasImageSource, size: Size): OffscreenCanvas {
    let from = picture;
    let turn = 0;
    // Two canvases take turns, since none can be drawn through a filter onto itself.
    const next = () => {
      let context = this.#canvases[turn];
      if (context?.canvas.width !== size.width || context.canvas.height !== size.height) {
        context = clearCanvas(size);
        this.#canvases[turn] = context;
      }
      turn = 1 - turn;
      context.clearRect(0, 0, size.width, size.height);
      return context;
    };
    const first = next();
    const css = this.#stages[0]?.kind === "css" ? this.#stages[0].filter : "none";
    first.filter = css;
    first.drawImage(from, 0, 0, size.width, size.height);
    first.filter = "none";
    let context = first;
    for (const stage of css === "none" ? this.#stages : this.#stages.slice(1)) {
      switch (stage.kind) {
        case "css":
          from = context.canvas;
          context = next();
          context.filter = stage.filter;
          context.drawImage(from, 0, 0);
          context.filter = "none";
          break;
        case "pixels": {
          const pixels = context.getImageData(0, 0, size.width, size.height);
          stage.apply(pixels.data);
          context.putImageData(pixels, 0, 0);
          break;
        }
        case "mask":
          context.globalCompositeOperation = "destination-in";
          context.drawImage(stage.picture, 0, 0, size.width, size.height);
          context.globalCompositeOperation = "source-over";
          break;
      }
    }
    return context.canvas;
  }
}
