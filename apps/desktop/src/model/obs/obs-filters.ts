import type { Filter, SoundFilter, SoundSettings } from "../document.ts";
import { clamp, type ObsFilter, type ObsSource, valuesOf } from "./obs-file.ts";
import { kindOf } from "./obs-source.ts";

const KEY_COLOURS: Record<string, string> = { green: "#00ff00", blue: "#0000ff", magenta: "#ff00ff" };

const headOf = ({ name, enabled }: ObsFilter, id: string) => {
  const given = name.trim().slice(0, 120);
  return { id, enabled, ...(given !== "" && { name: given }) };
};

/** Null where there is none of ours. Ranges are OBS' own, brought to ours. */
export const pictureFilterOf = (filter: ObsFilter, id: string): Filter | null => {
  const of = valuesOf(filter.settings);
  const head = headOf(filter, id);
  switch (kindOf(filter.id)) {
    case "chroma_key_filter":
      return {
        ...head,
        kind: "chroma-key",
        colour: KEY_COLOURS[of.text("key_color_type", "green")] ?? of.colour("key_color", 0xff00ff00),
        similarity: clamp(of.number("similarity", 400) / 1000, 0, 1),
        smoothness: clamp(of.number("smoothness", 80) / 1000, 0, 1),
      };
    case "color_filter":
      return {
        ...head,
        kind: "colour",
        brightness: clamp(of.number("brightness", 0), -1, 1),
        contrast: clamp(of.number("contrast", 0), -1, 1),
        saturation: clamp(of.number("saturation", 0), -1, 1),
        hueDeg: clamp(of.number("hue_shift", 0), -180, 180),
      };
    case "mask_filter":
      return { ...head, kind: "mask", path: of.text("image_path") };
    case "footlight_blur":
      return { ...head, kind: "blur", radiusPx: clamp(of.number("radius", 10), 0, 100) };
    case "clut_filter":
      return {
        ...head,
        kind: "lut",
        path: of.text("image_path"),
        amount: clamp(of.number("clut_amount", 1), 0, 1),
      };
    default:
      return null;
  }
};

export const soundFilterOf = (filter: ObsFilter, id: string): SoundFilter | null => {
  const of = valuesOf(filter.settings);
  const head = headOf(filter, id);
  switch (kindOf(filter.id)) {
    case "gain_filter":
      return { ...head, kind: "gain", gainDb: clamp(of.number("db", 0), -30, 30) };
    case "noise_suppress_filter":
      return { ...head, kind: "noise-suppression" };
    case "noise_gate_filter":
      return {
        ...head,
        kind: "gate",
        openDb: of.number("open_threshold", -26),
        closeDb: of.number("close_threshold", -32),
        attackMs: of.number("attack_time", 25),
        holdMs: of.number("hold_time", 200),
        releaseMs: of.number("release_time", 150),
      };
    case "compressor_filter":
      return {
        ...head,
        kind: "compressor",
        thresholdDb: of.number("threshold", -18),
        ratio: clamp(of.number("ratio", 10), 1, 32),
        attackMs: of.number("attack_time", 6),
        releaseMs: of.number("release_time", 60),
        makeUpDb: of.number("output_gain", 0),
      };
    case "limiter_filter":
      return {
        ...head,
        kind: "limiter",
        thresholdDb: of.number("threshold", -6),
        releaseMs: of.number("release_time", 60),
      };
    default:
      return null;
  }
};

/** obs.h `OBS_SOURCE_FLAG_FORCE_MONO`. */
const FORCE_MONO = 2;
const MONITORS: Record<number, SoundSettings["monitor"]> = { 1: "only", 2: "also" };

export const soundOf = (source: ObsSource, filters: SoundFilter[]): SoundSettings => ({
  volumeDb: source.volume <= 0 ? -96 : clamp(Math.round(200 * Math.log10(source.volume)) / 10, -96, 26),
  muted: source.muted,
  talkKey: source["push-to-talk"] ? "push" : source["push-to-mute"] ? "cough" : "none",
  solo: false,
  monitor: MONITORS[source.monitoring_type] ?? "off",
  pan: clamp(source.balance * 2 - 1, -1, 1),
  mono: (source.flags & FORCE_MONO) !== 0,
  offsetMs: clamp(Math.round(source.sync / 1e6), 0, 20_000),
  tracks: [1, 2, 3, 4, 5, 6].filter((track) => (source.mixers >> (track - 1)) & 1),
  filters: filters.slice(0, 16),
});
