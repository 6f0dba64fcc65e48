import type { SourceSettings } from "../../../model/document.ts";
import { clearCanvas, PaintedSource, type SourceContext } from "./picture-source.ts";

const LINE_HEIGHT = 1.25;
const MAX_SIDE = 8_192;

export class TextSource extends PaintedSource {
  #settings: Extract<SourceSettings, { kind: "text" }> | undefined;

  constructor(world: SourceContext, settings: SourceSettings) {
    super(world);
    this.update(settings);
  }

  override update(settings: SourceSettings): boolean {
    if (settings.kind !== "text") return false;
    this.#settings = settings;
    this.#paint();
    const font = this.#font();
    if (!document.fonts.check(font)) {
      void document.fonts.load(font).then(
        () => this.#paint(),
        () => undefined,
      );
    }
    return true;
  }

  override close(): void {
    this.#settings = undefined;
    super.close();
  }

  #font(): string {
    const { weight = 400, sizePx = 64, font = "" } = this.#settings ?? {};
    return `${weight} ${sizePx}px "${font.replaceAll('"', "")}", "Inter Variable", sans-serif`;
  }

  #paint(): void {
    const settings = this.#settings;
    if (settings === undefined) return;
    const lines = settings.text.split("\n");
    const ruler = clearCanvas({ width: 1, height: 1 });
    ruler.font = this.#font();
    const padding = Math.ceil(settings.sizePx * 0.15);
    const widest = Math.max(1, ...lines.map((line) => ruler.measureText(line).width));
    const lineTall = settings.sizePx * LINE_HEIGHT;
    const width = Math.min(MAX_SIDE, Math.ceil(widest) + 2 * padding);
    const height = Math.min(MAX_SIDE, Math.ceil(lines.length * lineTall) + 2 * padding);
    const before = this.size;
    const context = clearCanvas({ width, height });
    context.fillStyle = settings.background;
    context.fillRect(0, 0, width, height);
    context.font = this.#font();
    context.fillStyle = settings.colour;
    context.textBaseline = "middle";
    context.textAlign = settings.align === "centre" ? "center" : settings.align;
    const x = { left: padding, centre: width / 2, right: width - padding }[settings.align];
    lines.forEach((line, i) => {
      context.fillText(line, x, padding + (i + 0.5) * lineTall);
    });
    this.context = context;
    this.painted();
    if (before !== undefined && (before.width !== width || before.height !== height)) this.reportLive();
  }
}
