import type { Item, Transform } from "../../model/document.ts";
import {
  around,
  type Box,
  bounds,
  contains,
  itemAt,
  movedBy,
  type Point,
  type Size,
} from "../../model/geometry/box.ts";
import { cropped, HANDLES, type Handle, handleAt, resized, rotationTo } from "../../model/geometry/resize.ts";
import { type Guides, guidesOf, type SnapLine, snapBox, snapPoint } from "../../model/geometry/snap.ts";

export interface Keys {
  /** Adds to the selection; frees the aspect of a corner; steps a turn. */
  readonly shift: boolean;
  /** Crops instead of resizing. */
  readonly alt: boolean;
  /** No snapping; resizes from the centre. */
  readonly ctrl: boolean;
}

export interface StageView {
  readonly canvas: Size;
  readonly items: readonly Item[];
  readonly selected: readonly string[];
  /** Canvas pixels that a hand is off by: what handles and snapping reach. */
  readonly reach: number;
}

type Moves = ReadonlyMap<string, Transform>;
export interface Dragged {
  readonly transforms: Moves;
  readonly lines: readonly SnapLine[];
  /** A selection that is being drawn around items. */
  readonly frame: Box | null;
}

export type Hold =
  | { readonly kind: "move" }
  | { readonly kind: "handle"; readonly handle: Handle }
  | { readonly kind: "turn" }
  | { readonly kind: "frame" };

const NOTHING: Dragged = { transforms: new Map(), lines: [], frame: null };

/** Where the knob for turning stands: above the middle of the item's top side. */
export const turnKnob = (transform: Transform, reach: number): Point =>
  handleAt({ ...transform, height: transform.height + reach * 5 }, { x: 0, y: -1 });

const near = (a: Point, b: Point, reach: number) => Math.hypot(a.x - b.x, a.y - b.y) <= reach;

/** What a press at this point would take hold of. */
export const holdAt = (view: StageView, point: Point): Hold => {
  const only =
    view.selected.length === 1 ? view.items.find((item) => item.id === view.selected[0]) : undefined;
  if (only && !only.locked) {
    const handle = HANDLES.find((one) => near(handleAt(only.transform, one), point, view.reach));
    if (handle) return { kind: "handle", handle };
    if (near(turnKnob(only.transform, view.reach), point, view.reach)) return { kind: "turn" };
  }
  return itemAt(view.items, point) ? { kind: "move" } : { kind: "frame" };
};

/** One press on the stage until it is let go: what becomes selected, and where the held items are. Pure. */
export class StageGesture {
  readonly selected: readonly string[];
  private readonly hold: Hold;
  private readonly held: readonly Item[];
  private readonly guides: Guides;
  private begun = false;

  constructor(
    private readonly view: StageView,
    private readonly from: Point,
    keys: Keys,
  ) {
    this.hold = holdAt(view, from);
    this.selected = this.pressed(keys);
    this.held = view.items.filter((item) => this.selected.includes(item.id) && !item.locked);
    const others = view.items.filter((item) => item.visible && !this.selected.includes(item.id));
    this.guides = guidesOf(
      view.canvas,
      others.map((item) => bounds(item.transform)),
    );
  }

  /** Whether the hand has moved far enough to mean it. */
  get moved(): boolean {
    return this.begun;
  }

  /** Items that a frame has caught; only for a gesture that draws one. */
  caught(frame: Box): string[] {
    return this.view.items
      .filter((item) => {
        const box = bounds(item.transform);
        return (
          item.visible &&
          !item.locked &&
          box.left < frame.right &&
          box.right > frame.left &&
          box.top < frame.bottom &&
          box.bottom > frame.top
        );
      })
      .map((item) => item.id);
  }

  drag(point: Point, keys: Keys): Dragged {
    if (!this.begun && near(point, this.from, this.view.reach / 3)) return NOTHING;
    this.begun = true;
    switch (this.hold.kind) {
      case "move":
        return this.move(point, keys);
      case "handle":
        return this.resize(point, keys, this.hold.handle);
      case "turn":
        return this.turn(point, keys);
      case "frame":
        return { ...NOTHING, frame: boxOf(this.from, point) };
    }
  }

  private pressed(keys: Keys): readonly string[] {
    const { selected, items } = this.view;
    if (this.hold.kind === "handle" || this.hold.kind === "turn") return selected;
    // What is selected can be moved through what lies over it.
    const inHand = items.find(
      (item) =>
        selected.includes(item.id) && item.visible && !item.locked && contains(item.transform, this.from),
    );
    const hit = keys.shift ? itemAt(items, this.from) : (inHand ?? itemAt(items, this.from));
    if (!hit) return keys.shift ? selected : [];
    if (keys.shift)
      return selected.includes(hit.id) ? selected.filter((id) => id !== hit.id) : [...selected, hit.id];
    return selected.includes(hit.id) ? selected : [hit.id];
  }

  private move(point: Point, keys: Keys): Dragged {
    if (this.held.length === 0) return NOTHING;
    const dx = point.x - this.from.x;
    const dy = point.y - this.from.y;
    const box = around(this.held.map((item) => bounds(movedBy(item.transform, dx, dy))));
    const snap = keys.ctrl ? { dx: 0, dy: 0, lines: [] } : snapBox(box, this.guides, this.view.reach);
    const transforms = this.held.map(
      (item) => [item.id, movedBy(item.transform, dx + snap.dx, dy + snap.dy)] as const,
    );
    return { transforms: new Map(transforms), lines: snap.lines, frame: null };
  }

  private resize(point: Point, keys: Keys, handle: Handle): Dragged {
    const item = this.held[0];
    if (!item) return NOTHING;
    const upright = item.transform.rotationDeg % 90 === 0;
    const snap =
      keys.ctrl || !upright
        ? { dx: 0, dy: 0, lines: [] }
        : snapPoint(point, this.guides, this.view.reach, this.pulledAxes(item.transform, handle));
    const to = { x: point.x + snap.dx, y: point.y + snap.dy };
    const corner = handle.x !== 0 && handle.y !== 0;
    const transform = keys.alt
      ? cropped(item.transform, handle, to)
      : resized(item.transform, handle, to, { keepAspect: corner !== keys.shift, fromCentre: keys.ctrl });
    return { transforms: new Map([[item.id, transform]]), lines: snap.lines, frame: null };
  }

  /** Which canvas axes a handle moves along, the item lying upright or on its side. */
  private pulledAxes(transform: Transform, handle: Handle): { x: boolean; y: boolean } {
    const onSide = Math.abs(transform.rotationDeg % 180) === 90;
    const along = { x: handle.x !== 0, y: handle.y !== 0 };
    return onSide ? { x: along.y, y: along.x } : along;
  }

  private turn(point: Point, keys: Keys): Dragged {
    const item = this.held[0];
    if (!item) return NOTHING;
    const transform = { ...item.transform, rotationDeg: rotationTo(item.transform, point, keys.shift) };
    return { transforms: new Map([[item.id, transform]]), lines: [], frame: null };
  }
}

const boxOf = (a: Point, b: Point): Box => ({
  left: Math.min(a.x, b.x),
  top: Math.min(a.y, b.y),
  right: Math.max(a.x, b.x),
  bottom: Math.max(a.y, b.y),
});
