import type { SourceSettings } from "../../../model/document.ts";
import { clearCanvas, PaintedSource, type SourceContext } from "./picture-source.ts";

/** One colour, which may be see-through; a few pixels are enough, the item stretches them. */
export class ColourSource extends PaintedSource {
  constructor(world: SourceContext, settings: SourceSettings) {
    super(world);
    this.update(settings);
  }

  override update(settings: SourceSettings): boolean {
    if (settings.kind !== "colour") return false;
    this.context ??= clearCanvas({ width: 16, height: 16 });
    this.context.clearRect(0, 0, 16, 16);
    this.context.fillStyle = settings.colour;
    this.context.fillRect(0, 0, 16, 16);
    this.painted();
    return true;
  }

  protected override reportLive(): void {
    this.world.report({ state: "live", ...this.world.canvas });
  }
}
