import type { Filter, SoundFilter, SourceSettings } from "../document.ts";
import { pathOfAddress } from "../file-address.ts";

type Settings = Readonly<Record<string, unknown>>;

/** `#rrggbb` or `#rrggbbaa` as OBS keeps colours: ABGR in one number. */
const abgrOf = (colour: string): number => {
  const byte = (at: number) => Number.parseInt(colour.slice(at, at + 2) || "ff", 16);
  return ((byte(7) << 24) | (byte(5) << 16) | (byte(3) << 8) | byte(1)) >>> 0;
};

/** A source's settings in OBS' words, as far as it has any; the counterpart of `counterpartOf`. */
export const obsSettingsOf = (settings: SourceSettings): Settings => {
  switch (settings.kind) {
    case "colour":
      return { color: abgrOf(settings.colour) };
    case "image":
      return { file: settings.path };
    case "slideshow":
      return {
        files: settings.paths.map((value) => ({ value, hidden: false, selected: false })),
        slide_time: settings.everyMs,
        transition_speed: settings.fadeMs,
        randomize: settings.shuffle,
      };
    case "text":
      return {
        text: settings.text,
        font: {
          face: settings.font,
          size: settings.sizePx,
          style: settings.weight >= 600 ? "Bold" : "Regular",
          flags: settings.weight >= 600 ? 1 : 0,
        },
        // One of the two is read, by the kind that it is asked for as.
        color: abgrOf(settings.colour),
        color1: abgrOf(settings.colour),
        color2: abgrOf(settings.colour),
        bk_color: abgrOf(settings.background.slice(0, 7)),
        bk_opacity: Math.round(Number.parseInt(settings.background.slice(7) || "ff", 16) / 2.55),
        align: settings.align === "centre" ? "center" : settings.align,
      };
    case "video":
      return { local_file: settings.path, is_local_file: true, looping: settings.loop };
    case "browser":
      return {
        ...(settings.url.startsWith("file://")
          ? { is_local_file: true, local_file: pathOfAddress(settings.url) }
          : { is_local_file: false, url: settings.url }),
        width: settings.width,
        height: settings.height,
        fps_custom: true,
        fps: settings.fps,
        css: settings.css,
        shutdown: settings.closeWhenHidden,
      };
    case "display":
      return { display: settings.displayId, show_cursor: true };
    case "window":
      return { window: settings.title, window_id: settings.windowId };
    case "camera":
      return {
        device_id: settings.deviceId,
        ...(settings.width && settings.height && { resolution: `${settings.width}x${settings.height}` }),
      };
    case "microphone":
      return { device_id: settings.deviceId };
    default:
      return {};
  }
};

/** The kind that OBS has for a filter of ours, and its settings there. */
export const obsFilterOf = (
  filter: Filter | SoundFilter,
): { readonly kind: string; readonly settings: Settings } => {
  switch (filter.kind) {
    case "chroma-key":
      return {
        kind: "chroma_key_filter_v2",
        settings: {
          key_color_type: "custom",
          key_color: abgrOf(filter.colour),
          similarity: Math.round(filter.similarity * 1000),
          smoothness: Math.round(filter.smoothness * 1000),
        },
      };
    case "colour":
      return {
        kind: "color_filter_v2",
        settings: {
          brightness: filter.brightness,
          contrast: filter.contrast,
          saturation: filter.saturation,
          hue_shift: filter.hueDeg,
        },
      };
    case "blur":
      return { kind: "footlight_blur", settings: { radius: filter.radiusPx } };
    case "mask":
      return { kind: "mask_filter_v2", settings: { image_path: filter.path } };
    case "lut":
      return { kind: "clut_filter", settings: { image_path: filter.path, clut_amount: filter.amount } };
    case "gain":
      return { kind: "gain_filter", settings: { db: filter.gainDb } };
    case "noise-suppression":
      return { kind: "noise_suppress_filter_v2", settings: { method: "rnnoise" } };
    case "gate":
      return {
        kind: "noise_gate_filter",
        settings: {
          open_threshold: filter.openDb,
          close_threshold: filter.closeDb,
          attack_time: filter.attackMs,
          hold_time: filter.holdMs,
          release_time: filter.releaseMs,
        },
      };
    case "compressor":
      return {
        kind: "compressor_filter",
        settings: {
          threshold: filter.thresholdDb,
          ratio: filter.ratio,
          attack_time: filter.attackMs,
          release_time: filter.releaseMs,
          output_gain: filter.makeUpDb,
        },
      };
    case "limiter":
      return {
        kind: "limiter_filter",
        settings: { threshold: filter.thresholdDb, release_time: filter.releaseMs },
      };
  }
};
