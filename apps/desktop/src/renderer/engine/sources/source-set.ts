import type { Source, StudioDocument } from "../../../model/document.ts";
import { FilteredSource } from "../filters/filtered-source.ts";
import { FramePixels } from "./frame-pixels.ts";
import type { PictureSource, Size, SourceContext, SourceReport } from "./picture-source.ts";

/** Painted at the canvas' size, whatever that is. */
const AS_CANVAS: ReadonlySet<string> = new Set(["test-picture", "scene", "slideshow"]);

type Make = (settings: Source["settings"], world: SourceContext) => PictureSource | undefined;

/** The document's sources as running things: kept by id over changes, made anew only where they must be. */
export class SourceSet {
  readonly #sources = new Map<string, FilteredSource>();
  #canvas: Size = { width: 0, height: 0 };

  constructor(
    private readonly make: Make,
    private readonly report: (id: string, report: SourceReport) => void,
    /** Where there is no GPU. */
    private readonly inMemory = false,
  ) {}

  get(id: string): FilteredSource | undefined {
    return this.#sources.get(id);
  }

  reconcile({ sources, canvas }: StudioDocument): void {
    const resized = canvas.width !== this.#canvas.width || canvas.height !== this.#canvas.height;
    this.#canvas = { width: canvas.width, height: canvas.height };
    for (const [id, source] of this.#sources) {
      const settings = sources[id]?.settings;
      const keep =
        settings !== undefined && !(resized && AS_CANVAS.has(settings.kind)) && source.update(settings);
      if (!keep) this.#drop(id, source);
    }
    for (const [id, { settings, filters }] of Object.entries(sources)) {
      this.#sources.get(id)?.setFilters(filters);
      if (this.#sources.has(id)) continue;
      const report = (told: SourceReport) => this.report(id, told);
      const world = { id, canvas: this.#canvas, report };
      const made = this.make(settings, world);
      if (made === undefined) continue;
      const filtered = new FilteredSource(made, this.inMemory ? new FramePixels() : undefined);
      filtered.setFilters(filters);
      this.#sources.set(id, filtered);
    }
  }

  /** What is seen in no scene that is shown rests. */
  want(ids: ReadonlySet<string>): void {
    for (const [id, source] of this.#sources) source.setWanted(ids.has(id));
  }

  close(): void {
    for (const [id, source] of this.#sources) this.#drop(id, source);
  }

  #drop(id: string, source: FilteredSource): void {
    source.close();
    this.#sources.delete(id);
  }
}
