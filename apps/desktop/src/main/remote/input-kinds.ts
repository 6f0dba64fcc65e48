import { type SourceKind, type SourceSettings, sourceSchema } from "../../model/document.ts";
import { obsSourceSchema } from "../../model/obs/obs-file.ts";
import { counterpartOf, kindOf } from "../../model/obs/obs-source.ts";
import { obsSettingsOf } from "../../model/obs/to-obs.ts";
import { RequestFault, status } from "./messages.ts";

type Kinds = Readonly<Partial<Record<SourceKind, string>>>;
type Given = Readonly<Record<string, unknown>>;

const EVERYWHERE: Kinds = {
  colour: "color_source_v3",
  image: "image_source",
  slideshow: "slideshow",
  video: "ffmpeg_source",
  browser: "browser_source",
  text: "text_ft2_source_v2",
};
/** What plug-ins know the system's own by. */
const OF_SYSTEM: Readonly<Record<string, Kinds>> = {
  win32: {
    text: "text_gdiplus_v2",
    display: "monitor_capture",
    window: "window_capture",
    camera: "dshow_input",
    microphone: "wasapi_input_capture",
    "desktop-audio": "wasapi_output_capture",
  },
  darwin: {
    display: "screen_capture",
    window: "window_capture",
    camera: "macos-avcapture",
    microphone: "coreaudio_input_capture",
    "desktop-audio": "coreaudio_output_capture",
  },
  linux: {
    display: "xshm_input",
    window: "xcomposite_input",
    camera: "v4l2_input",
    microphone: "pulse_input_capture",
    "desktop-audio": "pulse_output_capture",
  },
};

export const inputKindOf = (kind: SourceKind, platform: string = process.platform): string =>
  ({ ...EVERYWHERE, ...(OF_SYSTEM[platform] ?? OF_SYSTEM["linux"]) })[kind] ??
  `footlight_${kind.replaceAll("-", "_")}`;

const CREATABLE: readonly SourceKind[] = [
  "colour",
  "image",
  "slideshow",
  "text",
  "video",
  "browser",
  "display",
  "window",
  "camera",
  "microphone",
  "desktop-audio",
  "test-picture",
];
/** A video's sound, a page's and a device's. */
export const HEARD: ReadonlySet<SourceKind> = new Set([
  "microphone",
  "desktop-audio",
  "video",
  "browser",
  "guest",
]);

export const inputKinds = (): string[] => CREATABLE.map((kind) => inputKindOf(kind));
/** OBS' kinds carry versions. */
export const unversioned = kindOf;

/** Settings of a new source of one of OBS' kinds, of any system and version; undefined: there is none of ours. */
export function newSettings(inputKind: string, given: Given): SourceSettings | undefined {
  if (inputKind === inputKindOf("test-picture")) return { kind: "test-picture" };
  const source = obsSourceSchema.parse({ id: inputKind, name: "", settings: given });
  const settings = counterpartOf(source, { displayId: null, microphoneId: "default" })?.settings;
  return settings && withDevice(settings, given);
}

/** What a person could have chosen by hand, in the words of `obsSettingsOf`. */
function withDevice(settings: SourceSettings, given: Given): SourceSettings {
  const text = (key: string, otherwise: string) =>
    typeof given[key] === "string" ? (given[key] as string) : otherwise;
  switch (settings.kind) {
    case "display":
      return { ...settings, displayId: text("display", settings.displayId) };
    case "window":
      return { ...settings, windowId: text("window_id", settings.windowId) };
    case "camera":
    case "microphone":
      return { ...settings, deviceId: text("device_id", settings.deviceId) };
    default:
      return settings;
  }
}

/**
 * Settings after a client's changes in OBS' words: what it names changes, and what OBS has no word for stays. Without
 * `overlay` the rest begins anew.
 */
export function changedSettings(settings: SourceSettings, given: Given, overlay: boolean): SourceSettings {
  const inputKind = inputKindOf(settings.kind);
  const before = newSettings(inputKind, obsSettingsOf(settings));
  const after = newSettings(inputKind, overlay ? { ...obsSettingsOf(settings), ...given } : given);
  if (!before || !after) throw new RequestFault(status.notConfigurable, "this input has no settings here");
  const was: Given = before;
  const differs = ([key, value]: [string, unknown]) => JSON.stringify(value) !== JSON.stringify(was[key]);
  const next = overlay
    ? { ...settings, ...Object.fromEntries(Object.entries(after).filter(differs)) }
    : after;
  const whole = sourceSchema.shape.settings.safeParse(next);
  if (!whole.success) throw new RequestFault(status.invalidRequestField, "inputSettings cannot be so");
  return whole.data;
}
