import type { SoundFilter } from "../../../model/document.ts";
import { newId } from "../../state/studio.ts";
import { RangeField } from "../parts/fields.tsx";
import { FilterList } from "./filter-list.tsx";

const NAMES: Record<SoundFilter["kind"], string> = {
  gain: "Gain",
  "noise-suppression": "Noise suppression",
  gate: "Noise gate",
  compressor: "Compressor",
  limiter: "Limiter",
};

const make = async (kind: SoundFilter["kind"]): Promise<SoundFilter> => {
  const head = { id: newId(), enabled: true };
  switch (kind) {
    case "gain":
      return { ...head, kind, gainDb: 0 };
    case "noise-suppression":
      return { ...head, kind };
    case "gate":
      return { ...head, kind, openDb: -26, closeDb: -32, attackMs: 25, holdMs: 200, releaseMs: 150 };
    case "compressor":
      return { ...head, kind, thresholdDb: -18, ratio: 4, attackMs: 6, releaseMs: 60, makeUpDb: 0 };
    case "limiter":
      return { ...head, kind, thresholdDb: -6, releaseMs: 60 };
  }
};

interface Knob {
  readonly key: string;
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly unit: string;
}
const db = (key: string, label: string, min: number, max: number): Knob => ({
  key,
  label,
  min,
  max,
  step: 0.5,
  unit: " dB",
});
const ms = (key: string, label: string, max: number): Knob => ({
  key,
  label,
  min: 1,
  max,
  step: 1,
  unit: " ms",
});

const KNOBS: Record<SoundFilter["kind"], readonly Knob[]> = {
  gain: [db("gainDb", "Gain", -30, 30)],
  "noise-suppression": [],
  gate: [
    db("openDb", "Opens at", -90, 0),
    db("closeDb", "Closes at", -90, 0),
    ms("attackMs", "Attack", 500),
    ms("holdMs", "Hold", 2000),
    ms("releaseMs", "Release", 2000),
  ],
  compressor: [
    db("thresholdDb", "Threshold", -60, 0),
    { key: "ratio", label: "Ratio", min: 1, max: 32, step: 0.5, unit: ":1" },
    ms("attackMs", "Attack", 500),
    ms("releaseMs", "Release", 1000),
    db("makeUpDb", "Make-up gain", 0, 30),
  ],
  limiter: [db("thresholdDb", "Threshold", -60, 0), ms("releaseMs", "Release", 1000)],
};

export const SoundFilters = ({
  filters,
  onChange,
}: {
  filters: readonly SoundFilter[];
  onChange: (filters: SoundFilter[], gesture: string | null) => void;
}) => (
  <FilterList title="Filters" filters={filters} names={NAMES} make={make} form={formOf} onChange={onChange} />
);

const formOf = (filter: SoundFilter, change: (next: SoundFilter, gesture: string | null) => void) =>
  KNOBS[filter.kind].map(({ key, label, unit, ...range }) => {
    const value = Number(new Map<string, unknown>(Object.entries(filter)).get(key));
    return (
      <RangeField
        key={key}
        label={label}
        value={value}
        {...range}
        words={`${String(value).replace("-", "−")}${unit}`}
        onChange={(next, gesture) => change({ ...filter, [key]: next }, gesture)}
      />
    );
  });
