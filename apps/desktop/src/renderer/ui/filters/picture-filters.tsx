import type { Filter } from "../../../model/document.ts";
import { newId } from "../../state/studio.ts";
import { ColourField, RangeField } from "../parts/fields.tsx";
import { useStudio } from "../use-studio.ts";
import { FilterList } from "./filter-list.tsx";

const NAMES: Record<Filter["kind"], string> = {
  "chroma-key": "Chroma key",
  colour: "Colour correction",
  blur: "Blur",
  mask: "Image mask",
  lut: "Colour table (LUT)",
};

type Change = (next: Filter, gesture: string | null) => void;

export const PictureFilters = ({
  filters,
  onChange,
}: {
  filters: readonly Filter[];
  onChange: (filters: Filter[], gesture: string | null) => void;
}) => {
  const studio = useStudio();
  const make = async (kind: Filter["kind"]): Promise<Filter | null> => {
    const head = { id: newId(), enabled: true };
    switch (kind) {
      case "chroma-key":
        return { ...head, kind, colour: "#00ff00", similarity: 0.4, smoothness: 0.1 };
      case "colour":
        return { ...head, kind, brightness: 0, contrast: 0, saturation: 0, hueDeg: 0 };
      case "blur":
        return { ...head, kind, radiusPx: 10 };
      case "mask":
      case "lut": {
        const wanted = kind === "mask" ? "image" : "lut";
        const path = (await studio.ask("files.pick", { kind: wanted, many: false }))?.paths[0];
        if (path === undefined) return null;
        return kind === "mask" ? { ...head, kind, path } : { ...head, kind, path, amount: 1 };
      }
    }
  };
  return (
    <FilterList
      title="Filters"
      filters={filters}
      names={NAMES}
      make={make}
      form={formOf}
      onChange={onChange}
    />
  );
};

const percent = (value: number) => `${Math.round(value * 100)}%`;
const signed = (value: number) =>
  `${value > 0 ? "+" : value < 0 ? "−" : ""}${Math.abs(Math.round(value * 100))}`;

const formOf = (filter: Filter, change: Change) => {
  switch (filter.kind) {
    case "chroma-key":
      return (
        <>
          <ColourField
            label="Colour to take out"
            value={filter.colour}
            onChange={(colour, id) => change({ ...filter, colour }, id)}
          />
          {(["similarity", "smoothness"] as const).map((key) => (
            <RangeField
              key={key}
              label={key === "similarity" ? "How much like it" : "Soft edge"}
              value={filter[key]}
              min={0}
              max={1}
              step={0.01}
              words={percent(filter[key])}
              onChange={(value, id) => change({ ...filter, [key]: value }, id)}
            />
          ))}
        </>
      );
    case "colour":
      return (
        <>
          {(["brightness", "contrast", "saturation"] as const).map((key) => (
            <RangeField
              key={key}
              label={{ brightness: "Brightness", contrast: "Contrast", saturation: "Saturation" }[key]}
              value={filter[key]}
              min={-1}
              max={1}
              step={0.01}
              words={signed(filter[key])}
              onChange={(value, id) => change({ ...filter, [key]: value }, id)}
            />
          ))}
          <RangeField
            label="Hue"
            value={filter.hueDeg}
            min={-180}
            max={180}
            step={1}
            words={`${filter.hueDeg}°`}
            onChange={(hueDeg, id) => change({ ...filter, hueDeg }, id)}
          />
        </>
      );
    case "blur":
      return (
        <RangeField
          label="Radius"
          value={filter.radiusPx}
          min={0}
          max={100}
          step={1}
          words={`${filter.radiusPx} px`}
          onChange={(radiusPx, id) => change({ ...filter, radiusPx }, id)}
        />
      );
    case "mask":
      return <p className="field-hint">{filter.path}</p>;
    case "lut":
      return (
        <>
          <p className="field-hint">{filter.path}</p>
          <RangeField
            label="How much"
            value={filter.amount}
            min={0}
            max={1}
            step={0.01}
            words={percent(filter.amount)}
            onChange={(amount, id) => change({ ...filter, amount }, id)}
          />
        </>
      );
  }
};
