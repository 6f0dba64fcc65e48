import { SEATS } from "../../../contract/stage.ts";
import { filling } from "../../../model/default-document.ts";
import {
  type Item,
  type SourceKind,
  type SourceSettings,
  type StudioDocument,
  soundSchema,
} from "../../../model/document.ts";
import { isPageAddress } from "../../../model/file-address.ts";
import type { Size } from "../../../model/geometry/box.ts";
import { GUEST_SOUND } from "../../../model/guest-layout.ts";

/** Overlays expect no ground, no margin and no scroll bars. */
const PLAIN_PAGE = "body { background: transparent; margin: 0; overflow: hidden; }";

/** What a source of a kind is before anything was chosen; null where it is nothing without a choice. */
export const firstSettings = (kind: SourceKind, document: StudioDocument): SourceSettings | null => {
  switch (kind) {
    case "colour":
      return { kind, colour: "#3a2d25" };
    case "test-picture":
      return { kind };
    case "desktop-audio":
      return { kind };
    case "text":
      return {
        kind,
        text: "Text",
        font: "Inter",
        sizePx: Math.round(document.canvas.height / 10),
        weight: 600,
        colour: "#ffffff",
        background: "#00000000",
        align: "left",
      };
    case "guest": {
      const taken = Object.values(document.sources).flatMap(({ settings }) =>
        settings.kind === "guest" && settings.shows === "camera" ? [settings.seat] : [],
      );
      const free = Array.from({ length: SEATS }, (_, i) => i + 1).find((seat) => !taken.includes(seat));
      return { kind, seat: free ?? 1, shows: "camera", plate: "none" };
    }
    case "slideshow":
      return { kind, paths: [], everyMs: 5000, fadeMs: 300, shuffle: false };
    case "browser":
      return {
        kind,
        url: "https://",
        width: document.canvas.width,
        height: document.canvas.height,
        fps: 30,
        css: PLAIN_PAGE,
        closeWhenHidden: false,
      };
    case "display":
    case "window":
    case "camera":
    case "microphone":
    case "image":
    case "video":
    case "scene":
      return null;
  }
};

/** Whether a source can be made of these settings. */
export const isComplete = (settings: SourceSettings): boolean => {
  switch (settings.kind) {
    case "slideshow":
      return settings.paths.length > 0;
    case "text":
      return settings.text.trim() !== "";
    case "browser":
      return isPageAddress(settings.url);
    default:
      return true;
  }
};

const HEARD: ReadonlySet<SourceKind> = new Set(["microphone", "desktop-audio", "video", "browser"]);
export const firstSound = (settings: SourceSettings) => {
  const { kind } = settings;
  if (kind === "guest") return settings.shows === "camera" ? GUEST_SOUND : undefined;
  return HEARD.has(kind) ? soundSchema.parse({}) : undefined;
};

/** Only heard: these stand in no scene. */
export const isSoundOnly = (kind: SourceKind): boolean => kind === "microphone" || kind === "desktop-audio";

/** Where it stands at first: what fills the picture fills it, the rest comes in a size to work with. */
export const firstItem = (id: string, sourceId: string, settings: SourceSettings, canvas: Size): Item => {
  const item = filling(id, sourceId, canvas);
  if (settings.kind === "camera" || (settings.kind === "guest" && settings.shows === "camera"))
    return {
      ...item,
      transform: {
        ...item.transform,
        x: canvas.width * 0.82,
        y: canvas.height * 0.8,
        width: canvas.width * 0.3,
        height: canvas.width * 0.3 * (9 / 16),
      },
    };
  return item;
};
