import { IconButton } from "@footlight/ui/button.tsx";
import { SelectField } from "@footlight/ui/select-field.tsx";
import {
  AlignCenterHorizontal,
  AlignCenterVertical,
  AlignEndHorizontal,
  AlignEndVertical,
  AlignStartHorizontal,
  AlignStartVertical,
} from "lucide-react";
import type { Item, Transform } from "../../../model/document.ts";
import { type Point, type Size, toCanvas } from "../../../model/geometry/box.ts";
import { aligned, type Edge } from "../../../model/geometry/place.ts";
import { cropped, type Handle } from "../../../model/geometry/resize.ts";
import { NumberInput, RangeField } from "../parts/fields.tsx";
import { useDocument, useEditedScene, useStudio, useTopic } from "../use-studio.ts";

const EDGES = [
  ["left", "Align left", AlignStartVertical],
  ["centre", "Centre across", AlignCenterVertical],
  ["right", "Align right", AlignEndVertical],
  ["top", "Align top", AlignStartHorizontal],
  ["middle", "Centre up and down", AlignCenterHorizontal],
  ["bottom", "Align bottom", AlignEndHorizontal],
] as const satisfies readonly (readonly [Edge, string, unknown])[];

const BLENDS = [
  { value: "normal", label: "Normal" },
  { value: "add", label: "Add" },
  { value: "multiply", label: "Multiply" },
  { value: "screen", label: "Screen" },
  { value: "darken", label: "Darken" },
  { value: "lighten", label: "Lighten" },
] as const;

/** Where the selected items stand; with several only what is done to all of them. */
export const PlaceForm = ({ items }: { items: readonly Item[] }) => {
  const studio = useStudio();
  const { canvas } = useDocument();
  const scene = useEditedScene();
  const send = (transforms: readonly Transform[], gesture: string | null = null) =>
    void studio.do(
      {
        kind: "items-transform",
        sceneId: scene.id,
        items: items.flatMap((item, index) => {
          const transform = transforms[index];
          return transform ? [{ itemId: item.id, transform }] : [];
        }),
      },
      gesture,
    );
  const first = items[0]?.transform;
  if (!first) return null;
  const change = (part: Partial<Transform>, gesture: string | null = null) =>
    send(
      items.map((item) => ({ ...item.transform, ...part })),
      gesture,
    );
  const number = (label: string, key: "x" | "y" | "width" | "height", toField = 0) => (
    <NumberInput
      label={label}
      value={first[key] + toField}
      {...((key === "width" || key === "height") && { min: 1, max: 16_384 })}
      onChange={(value) => change({ [key]: value - toField })}
    />
  );
  return (
    <section className="form" aria-label="Place">
      <div className="align-keys">
        {EDGES.map(([edge, label, Icon]) => (
          <IconButton
            key={edge}
            label={label}
            icon={Icon}
            size="sm"
            onClick={() =>
              send(
                aligned(
                  items.map((item) => item.transform),
                  canvas,
                  edge,
                ),
              )
            }
          />
        ))}
      </div>
      {items.length === 1 && (
        <>
          <div className="form-pair">
            {number("Left", "x", -first.width / 2)}
            {number("Top", "y", -first.height / 2)}
            {number("Width", "width")}
            {number("Height", "height")}
          </div>
          <CropFields transform={first} sourceId={items[0]?.sourceId ?? ""} onChange={change} />
          <RangeField
            label="Turned"
            value={first.rotationDeg}
            min={-180}
            max={180}
            step={1}
            words={`${String(Math.round(first.rotationDeg)).replace("-", "−")}°`}
            onChange={(rotationDeg, gesture) => change({ rotationDeg }, gesture)}
          />
        </>
      )}
      <RangeField
        label="Opacity"
        value={first.opacity}
        min={0}
        max={1}
        step={0.01}
        words={`${Math.round(first.opacity * 100)}%`}
        onChange={(opacity, gesture) => change({ opacity }, gesture)}
      />
      <SelectField
        label="Blending"
        value={first.blend}
        options={BLENDS}
        onChange={(blend) => change({ blend })}
      />
    </section>
  );
};

/** Cut off at each side, in pixels of the source as far as its size is known; nothing of the picture moves. */
const CropFields = ({
  transform,
  sourceId,
  onChange,
}: {
  transform: Transform;
  sourceId: string;
  onChange: (part: Partial<Transform>) => void;
}) => {
  const state = useTopic("sources")?.[sourceId];
  const { crop } = transform;
  const whole = {
    width: transform.width / (1 - crop.left - crop.right),
    height: transform.height / (1 - crop.top - crop.bottom),
  };
  const natural = state?.width && state.height ? { width: state.width, height: state.height } : whole;
  const field = (label: string, side: keyof Transform["crop"], handle: Handle, axis: keyof Size) => (
    <NumberInput
      label={label}
      value={Math.round(crop[side] * natural[axis])}
      min={0}
      max={Math.round(natural[axis])}
      onChange={(px) => {
        const share = px / natural[axis] - crop[side];
        onChange(cropped(transform, handle, movedHandle(transform, handle, share, whole)));
      }}
    />
  );
  const { flipX, flipY } = transform;
  return (
    <div className="form-pair">
      {field("Cut off left", "left", { x: flipX ? 1 : -1, y: 0 }, "width")}
      {field("Cut off right", "right", { x: flipX ? -1 : 1, y: 0 }, "width")}
      {field("Cut off top", "top", { x: 0, y: flipY ? 1 : -1 }, "height")}
      {field("Cut off bottom", "bottom", { x: 0, y: flipY ? -1 : 1 }, "height")}
    </div>
  );
};

/** Where a hand would have drawn a side to, to cut off that share more of the whole. */
const movedHandle = (transform: Transform, handle: Handle, share: number, whole: Size): Point =>
  toCanvas(transform, {
    x: handle.x * (transform.width / 2 - share * whole.width),
    y: handle.y * (transform.height / 2 - share * whole.height),
  });
