import type { FromPage } from "../../../contract/page-port.ts";
import type { SourceSettings } from "../../../model/document.ts";
import type { PageLinks } from "./page-links.ts";
import { clearCanvas, PaintedSource, type SourceContext } from "./picture-source.ts";
import { straightRgba } from "./straight-rgba.ts";

type Paint = Extract<FromPage, { kind: "paint" }>;
type PageSettings = Extract<SourceSettings, { kind: "browser" }>;

/** A web page as main's hidden window paints it: only what changed comes here. */
export class PageSource extends PaintedSource {
  #settings: PageSettings;
  #wanted = false;
  #isLive = false;
  readonly #unlisten: () => void;

  constructor(
    world: SourceContext,
    settings: PageSettings,
    private readonly links: PageLinks,
  ) {
    super(world);
    this.#settings = settings;
    this.#unlisten = links.listen(world.id, (message) => this.#hear(message));
  }

  /** Address, style and pace are main's; a page of another size is another page. */
  override update(settings: SourceSettings): boolean {
    if (settings.kind !== "browser") return false;
    const { width, height } = this.#settings;
    this.#settings = settings;
    return settings.width === width && settings.height === height;
  }

  override setWanted(wanted: boolean): void {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    this.links.want(this.world.id, wanted);
  }

  override close(): void {
    this.setWanted(false);
    this.#unlisten();
    super.close();
  }

  #hear(message: FromPage): void {
    switch (message.kind) {
      case "paint":
        this.#paint(message);
        return;
      case "loading":
        this.#isLive = false;
        this.world.report({ state: "starting" });
        return;
      case "failed":
        // What it showed is no longer so.
        this.context?.clearRect(0, 0, this.context.canvas.width, this.context.canvas.height);
        this.#isLive = false;
        this.painted();
        this.world.report({ state: "failed", code: message.code });
        return;
      case "sound":
        return;
    }
  }

  #paint({ page, x, y, width, height, pixels }: Paint): void {
    const before = this.context?.canvas;
    if (before?.width !== page.width || before.height !== page.height) this.context = clearCanvas(page);
    this.context?.putImageData(new ImageData(straightRgba(pixels), width, height), x, y);
    this.painted();
    if (!this.#isLive) this.reportLive();
    this.#isLive = true;
  }
}
