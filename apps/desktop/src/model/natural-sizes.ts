import type { Command } from "./commands.ts";
import type { Item, SourceSettings, StudioDocument, Transform } from "./document.ts";
import { type Size, turned } from "./geometry/box.ts";
import { atNaturalSize } from "./geometry/place.ts";
import { placeOf } from "./obs/obs-place.ts";

interface Change {
  readonly gesture: string;
  /** Null: the source is new, and is placed by its size for the first time. */
  readonly before: Size | null;
}

type Sizes = Readonly<
  Record<string, { readonly width?: number | undefined; readonly height?: number | undefined }>
>;

/**
 * A source's own size is known only when the engine has it: after a new one was added, and after a text was changed.
 * Its items then follow, as part of the step that caused it.
 */
export class NaturalSizes {
  private readonly awaited = new Map<string, Change>();

  constructor(
    private readonly world: {
      document: () => StudioDocument | null;
      sizes: () => Sizes | null;
      send: (command: Command, gesture: string) => void;
      /** Without a step of undo. */
      settle: (command: Command) => void;
    },
  ) {}

  /** A command is about to be sent that may change a source's size. */
  expect(command: Command, gesture: string): void {
    // Guests' pictures have one shape, and stand where they were placed.
    const isPlaced =
      command.kind === "source-add" && (command.place?.isFinal || command.source.settings.kind === "guest");
    if (command.kind === "source-add" && command.place && !isPlaced)
      this.awaited.set(command.source.id, { gesture, before: null });
    if (command.kind !== "source-settings" || command.settings.kind !== "text") return;
    const before = this.sizeOf(command.sourceId);
    if (before) this.awaited.set(command.sourceId, { gesture, before });
  }

  /** The engine has told sizes. */
  update(): void {
    const document = this.world.document();
    if (!document) return;
    this.settle(document);
    for (const [sourceId, change] of this.awaited) {
      const source = document.sources[sourceId];
      const size = this.sizeOf(sourceId);
      if (!source || !size) continue;
      const { before, gesture } = change;
      if (before && before.width === size.width && before.height === size.height) continue;
      this.awaited.delete(sourceId);
      for (const scene of document.scenes) {
        const items = scene.items.filter((item) => item.sourceId === sourceId);
        if (items.length === 0) continue;
        const place = (item: Item) => ({
          itemId: item.id,
          transform: before
            ? followed(item.transform, source.settings, before, size)
            : first(item.transform, source.settings, document.canvas, size),
        });
        this.world.send({ kind: "items-transform", sceneId: scene.id, items: items.map(place) }, gesture);
      }
    }
  }

  /** What came from OBS is placed by the sizes that OBS went by. */
  private settle({ scenes }: StudioDocument): void {
    for (const scene of scenes) {
      const items = scene.items.flatMap(({ id: itemId, sourceId, unplaced, transform }) => {
        const size = unplaced && this.sizeOf(sourceId);
        if (!unplaced || !size) return [];
        const { opacity } = transform;
        return [{ itemId, transform: { ...placeOf(unplaced, size), opacity } }];
      });
      if (items.length > 0) this.world.settle({ kind: "items-transform", sceneId: scene.id, items });
    }
  }

  private sizeOf(sourceId: string): Size | null {
    const { width, height } = this.world.sizes()?.[sourceId] ?? {};
    return width && height ? { width, height } : null;
  }
}

/** A camera keeps the width that it was given; anything else comes in its own size, or as much as there is room for. */
export const first = (transform: Transform, { kind }: SourceSettings, canvas: Size, size: Size): Transform =>
  kind === "camera"
    ? { ...transform, height: (transform.width * size.height) / size.width }
    : atNaturalSize(transform, canvas, size);

/** As much larger or smaller as the source became, with its first letter where it was. */
export const followed = (
  transform: Transform,
  settings: SourceSettings,
  before: Size,
  size: Size,
): Transform => {
  const width = (transform.width * size.width) / before.width;
  const height = (transform.height * size.height) / before.height;
  const side = settings.kind === "text" ? { left: 1, centre: 0, right: -1 }[settings.align] : 0;
  const shift = turned(
    { x: (side * (width - transform.width)) / 2, y: (height - transform.height) / 2 },
    transform.rotationDeg,
  );
  return { ...transform, width, height, x: transform.x + shift.x, y: transform.y + shift.y };
};
