import type { SourceSettings } from "../../../model/document.ts";
import type { SceneView } from "../compositor/compositor.ts";
import { ScenePainter } from "../compositor/scene-painter.ts";
import { clearCanvas, PaintedSource, type SourceContext } from "./picture-source.ts";

/** A scene inside another one: as large as the canvas, see-through where nothing lies. */
export class SceneSource extends PaintedSource {
  readonly #painter: ScenePainter;
  #sceneId = "";

  constructor(
    world: SourceContext,
    settings: SourceSettings,
    private readonly view: (sceneId: string) => SceneView | undefined,
  ) {
    super(world);
    this.#painter = new ScenePainter(world.canvas, "clear");
    this.context = clearCanvas(world.canvas);
    this.update(settings);
    this.painted();
  }

  override update(settings: SourceSettings): boolean {
    if (settings.kind !== "scene") return false;
    this.#sceneId = settings.sceneId;
    return true;
  }

  override advance(): void {
    if (this.context === undefined) return;
    if (!this.#painter.look(this.view(this.#sceneId)?.layers ?? NOTHING)) return;
    this.#painter.paint(this.context);
    this.painted();
  }
}

const NOTHING: SceneView["layers"] = [];
