import type { Capturable } from "../default-document.ts";
import type { SourceSettings } from "../document.ts";
import { fileAddress } from "../file-address.ts";
import type { Size } from "../geometry/box.ts";
import { clamp, type ObsSource, valuesOf } from "./obs-file.ts";

export interface Counterpart {
  readonly settings: SourceSettings;
  /** Its own size as far as the file tells. */
  readonly size: Size | null;
  /** About its size, where the file does not tell: until the engine does. */
  readonly about?: Size;
  /** What is left for the person to do; null: nothing. */
  readonly note: string | null;
}

/** OBS' kinds carry versions (`color_source_v3`) that change nothing for us. */
export const kindOf = (id: string): string => id.replace(/_v\d+$/, "");

const CAMERAS = ["dshow_input", "av_capture_input", "macos-avcapture", "v4l2_input"];
const DISPLAYS = [
  "monitor_capture",
  "display_capture",
  "screen_capture",
  "xshm_input",
  "pipewire-desktop-capture-source",
  "pipewire-screen-capture-source",
];
const WINDOWS = ["window_capture", "game_capture", "xcomposite_input", "pipewire-window-capture-source"];
const MICROPHONES = [
  "wasapi_input_capture",
  "coreaudio_input_capture",
  "pulse_input_capture",
  "alsa_input_capture",
];
const SPEAKERS = ["wasapi_output_capture", "coreaudio_output_capture", "pulse_output_capture"];

/** Our source for one of OBS; null where there is none. Scenes and groups are not asked for here. */
export const counterpartOf = (source: ObsSource, capturable: Capturable): Counterpart | null => {
  const kind = kindOf(source.id);
  const of = valuesOf(source.settings);
  const whole = (settings: SourceSettings, size: Size | null = null): Counterpart => ({
    settings,
    size,
    note: null,
  });
  if (CAMERAS.includes(kind))
    return { settings: { kind: "camera", deviceId: "" }, size: cameraSize(of), note: "choose the camera" };
  if (DISPLAYS.includes(kind))
    return {
      settings: {
        kind: "display",
        displayId: capturable.displayId ?? "",
      },
      size: null,
      note: capturable.displayId === null ? "choose the display" : null,
    };
  if (WINDOWS.includes(kind))
    return {
      // Windows has `title:class:program` with `:` written as `#3A`.
      settings: {
        kind: "window",
        windowId: "",
        title: (of.text("window").split(":")[0] ?? "").replaceAll("#3A", ":"),
      },
      size: null,
      note: "choose the window",
    };
  if (MICROPHONES.includes(kind))
    return whole({ kind: "microphone", deviceId: capturable.microphoneId ?? "default" });
  if (SPEAKERS.includes(kind)) return whole({ kind: "desktop-audio" });
  switch (kind) {
    case "image_source":
      return whole({ kind: "image", path: of.text("file") });
    case "slideshow":
      return whole({
        kind: "slideshow",
        paths: pathsOf(source.settings["files"]),
        everyMs: Math.max(200, of.number("slide_time", 8000)),
        fadeMs: Math.max(0, of.number("transition_speed", 700)),
        shuffle: of.flag("randomize", false),
      });
    case "color_source": {
      const size = { width: of.number("width", 1920), height: of.number("height", 1080) };
      return whole({ kind: "colour", colour: of.colour("color", 0xffd1d1d1, true) }, size);
    }
    case "text_gdiplus":
    case "text_ft2_source":
      return textOf(source);
    case "ffmpeg_source":
      return of.flag("is_local_file", true)
        ? whole({ kind: "video", path: of.text("local_file"), loop: of.flag("looping", false) })
        : null;
    case "browser_source": {
      const size = {
        width: Math.round(clamp(of.number("width", 800), 16, 4096)),
        height: Math.round(clamp(of.number("height", 600), 16, 4096)),
      };
      const url = of.flag("is_local_file", false) ? fileAddress(of.text("local_file")) : of.text("url");
      return whole(
        {
          ...{ kind: "browser", url, css: of.text("css"), ...size },
          // Only `fps_custom` makes OBS take `fps`; else a page has the canvas' rate.
          fps: Math.round(clamp(of.flag("fps_custom", false) ? of.number("fps", 30) : 30, 1, 60)),
          closeWhenHidden: of.flag("shutdown", false) || of.flag("restart_when_active", false),
        },
        size,
      );
    }
    default:
      return null;
  }
};

const cameraSize = (of: ReturnType<typeof valuesOf>): Size | null => {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(of.text("resolution")) ?? [];
  return width && height ? { width: Number(width), height: Number(height) } : null;
};

const pathsOf = (files: unknown): string[] =>
  (Array.isArray(files) ? files : [])
    .flatMap((file: unknown) =>
      typeof file === "object" && file !== null && "value" in file && typeof file.value === "string"
        ? [file.value]
        : [],
    )
    .slice(0, 500);

const textOf = (source: ObsSource): Counterpart => {
  const of = valuesOf(source.settings);
  const font = valuesOf((source.settings["font"] ?? {}) as Record<string, unknown>);
  const sizePx = clamp(font.number("size", 256), 4, 2000);
  const text = of.text("text").slice(0, 10_000);
  const backed = of.number("bk_opacity", 0);
  const opacity = Math.round(clamp(backed, 0, 100) * 2.55);
  const lines = text.split("\n");
  const longest = Math.max(1, ...lines.map((line) => line.length));
  return {
    settings: {
      kind: "text",
      text,
      font: font.text("face", "Inter").slice(0, 200),
      sizePx,
      weight: /bold/i.test(font.text("style")) || (font.number("flags", 0) & 1) === 1 ? 700 : 400,
      colour: of.colour(kindOf(source.id) === "text_ft2_source" ? "color1" : "color", 0xffffffff),
      background: `${of.colour("bk_color", 0)}${opacity.toString(16).padStart(2, "0")}`,
      align: ({ center: "centre", right: "right" } as const)[of.text("align")] ?? "left",
    },
    size: null,
    about: { width: longest * sizePx * 0.58, height: lines.length * sizePx * 1.2 },
    note: null,
  };
};
