import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import type { Item, Transform } from "../../../model/document.ts";
import { corners, movedBy, type Point } from "../../../model/geometry/box.ts";
import { HANDLES, handleAt } from "../../../model/geometry/resize.ts";
import { type Dragged, type Keys, StageGesture, turnKnob } from "../../state/stage-gesture.ts";
import { ContextMenu } from "../parts/context-menu.tsx";
import { useGesture } from "../parts/fields.tsx";
import { useDocument, useEditedScene, useSelection, useStudio } from "../use-studio.ts";
import { ItemMenu, isInReach } from "./item-menu.tsx";
import { RIM_PX } from "./monitor-view.tsx";
import { useClipboard } from "./use-clipboard.ts";

/** CSS pixels that a hand is off by. */
const REACH_PX = 9;
const ARROWS: Record<string, Point> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

const points = (transform: Transform) =>
  corners(transform)
    .map(({ x, y }) => `${x},${y}`)
    .join(" ");
const keysOf = (event: PointerEvent): Keys => ({
  shift: event.shiftKey,
  alt: event.altKey,
  ctrl: event.ctrlKey || event.metaKey,
});

/** Outlines, handles and snapping lines over the picture, and the hand that moves things on it. */
export const StageOverlay = ({ scale }: { scale: number }) => {
  const studio = useStudio();
  const { canvas } = useDocument();
  const scene = useEditedScene();
  const selected = useSelection();
  const held = useRef<StageGesture | null>(null);
  const gesture = useGesture();
  const clipboard = useClipboard();
  const [dragged, setDragged] = useState<Dragged | null>(null);
  const reach = REACH_PX / scale;

  const at = (event: PointerEvent<SVGSVGElement>): Point => {
    const box = event.currentTarget.getBoundingClientRect();
    return {
      x: (event.clientX - box.left - RIM_PX) / scale,
      y: (event.clientY - box.top - RIM_PX) / scale,
    };
  };
  const press = (event: PointerEvent<SVGSVGElement>) => {
    if (event.button === 1) return;
    const view = { canvas, items: scene.items, selected, reach };
    const next = new StageGesture(view, at(event), keysOf(event));
    studio.select(next.selected);
    // The other button opens the menu of what is now selected.
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    held.current = next;
    gesture.begin();
  };
  const drag = (event: PointerEvent<SVGSVGElement>) => {
    if (!held.current) return;
    const next = held.current.drag(at(event), keysOf(event));
    setDragged(next);
    if (next.frame) studio.select(held.current.caught(next.frame));
    else void send(next.transforms);
  };
  const send = (transforms: ReadonlyMap<string, Transform>) => {
    if (transforms.size === 0) return Promise.resolve(false);
    const items = [...transforms].map(([itemId, transform]) => ({ itemId, transform }));
    return studio.do({ kind: "items-transform", sceneId: scene.id, items }, gesture.id());
  };
  const release = async (event: PointerEvent<SVGSVGElement>) => {
    const last = held.current;
    held.current = null;
    if (last?.moved) await send(last.drag(at(event), keysOf(event)).transforms);
    setDragged(null);
    gesture.begin();
  };
  /** With Control held; false: the stage has no such key. */
  const onCommand = (event: KeyboardEvent): boolean => {
    const items = scene.items.filter((item) => selected.includes(item.id));
    switch (event.key.toLowerCase()) {
      case "a":
        studio.select(scene.items.filter(isInReach).map((item) => item.id));
        return true;
      case "c":
        clipboard.copy(items);
        return true;
      case "v":
        clipboard.paste(event.shiftKey ? "copy" : "same");
        return true;
      case "d":
        clipboard.duplicate(items);
        return true;
      default:
        return false;
    }
  };
  const onKey = (event: KeyboardEvent) => {
    const arrow = ARROWS[event.key];
    const items = scene.items.filter((item) => selected.includes(item.id) && !item.locked);
    if (arrow && items.length > 0 && !event.altKey) {
      const by = event.shiftKey ? 10 : 1;
      const moves = items.map(
        (item) => [item.id, movedBy(item.transform, arrow.x * by, arrow.y * by)] as const,
      );
      void send(new Map(moves));
    } else if (event.key === "Delete" || event.key === "Backspace") {
      if (selected.length === 0) return;
      const words = selected.length === 1 ? "Source removed" : `${selected.length} sources removed`;
      void studio.doAndTell({ kind: "items-remove", sceneId: scene.id, itemIds: [...selected] }, words);
    } else if (event.key === "Escape") studio.select([]);
    else if (!(event.ctrlKey || event.metaKey) || !onCommand(event)) return;
    event.preventDefault();
  };

  const transformOf = (item: Item) => dragged?.transforms.get(item.id) ?? item.transform;
  const chosen = scene.items.filter((item) => selected.includes(item.id));
  const only = chosen.length === 1 ? chosen[0] : undefined;
  const rim = RIM_PX / scale;
  const line = 1.5 / scale;
  return (
    <ContextMenu menu={<ItemMenu items={chosen} />}>
      <svg
        className="stage-overlay"
        viewBox={`${-rim} ${-rim} ${canvas.width + 2 * rim} ${canvas.height + 2 * rim}`}
        role="application"
        aria-label="Stage. Arrow keys move what is selected, with Shift further; Delete removes it; Control with C, V and D copies, pastes and duplicates."
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the stage is worked on by keyboard too
        tabIndex={0}
        onPointerDown={press}
        onPointerMove={drag}
        onPointerUp={(event) => void release(event)}
        onPointerCancel={(event) => void release(event)}
        onKeyDown={onKey}
        onKeyUp={(event) => event.key in ARROWS && gesture.begin()}
      >
        {chosen.map((item) => (
          <polygon
            key={item.id}
            className="stage-outline"
            data-locked={item.locked || undefined}
            points={points(transformOf(item))}
            strokeWidth={line}
          />
        ))}
        {only && !only.locked && <Handles transform={transformOf(only)} reach={reach} line={line} />}
        {dragged?.lines.map((one) => (
          <line
            key={`${one.axis}${one.at}`}
            className="stage-snap"
            strokeWidth={line}
            {...(one.axis === "x"
              ? { x1: one.at, x2: one.at, y1: 0, y2: canvas.height }
              : { y1: one.at, y2: one.at, x1: 0, x2: canvas.width })}
          />
        ))}
        {dragged?.frame && (
          <rect
            className="stage-frame"
            x={dragged.frame.left}
            y={dragged.frame.top}
            width={dragged.frame.right - dragged.frame.left}
            height={dragged.frame.bottom - dragged.frame.top}
            strokeWidth={line}
          />
        )}
      </svg>
    </ContextMenu>
  );
};

const CURSORS = ["ns-resize", "nesw-resize", "ew-resize", "nwse-resize"];

const Handles = ({ transform, reach, line }: { transform: Transform; reach: number; line: number }) => {
  const top = handleAt(transform, { x: 0, y: -1 });
  const knob = turnKnob(transform, reach);
  const half = reach * 0.5;
  return (
    <>
      <line className="stage-outline" x1={top.x} y1={top.y} x2={knob.x} y2={knob.y} strokeWidth={line} />
      <circle className="stage-handle" cx={knob.x} cy={knob.y} r={half} strokeWidth={line} cursor="grab" />
      {HANDLES.map((handle) => {
        const { x, y } = handleAt(transform, handle);
        // Straight up is 0; the cursor turns with the item.
        const angle = (Math.atan2(handle.x, -handle.y) * 180) / Math.PI + transform.rotationDeg;
        const cursor = CURSORS[((Math.round(angle / 45) % 4) + 4) % 4];
        return (
          <rect
            key={`${handle.x}${handle.y}`}
            className="stage-handle"
            x={x - half}
            y={y - half}
            width={2 * half}
            height={2 * half}
            strokeWidth={line}
            cursor={cursor}
          />
        );
      })}
    </>
  );
};
