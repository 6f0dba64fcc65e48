import type { Capturable } from "../default-document.ts";
import {
  DOCUMENT_VERSION,
  documentSchema,
  type Item,
  type Scene,
  type Source,
  type StudioDocument,
  type Transition,
} from "../document.ts";
import type { Size } from "../geometry/box.ts";
import { freeName, leadsTo } from "../lookup.ts";
import {
  OBS_GLOBAL_SOUND,
  type ObsFile,
  type ObsSource,
  obsFileSchema,
  obsItemSchema,
  obsSourceSchema,
  valuesOf,
} from "./obs-file.ts";
import { pictureFilterOf, soundFilterOf, soundOf } from "./obs-filters.ts";
import { placeOf } from "./obs-place.ts";
import { counterpartOf, kindOf } from "./obs-source.ts";

export interface ImportedCollection {
  readonly document: StudioDocument;
  /** What had no counterpart or asks for a choice, in words for people. */
  readonly unmatched: readonly string[];
}

const HEARD = new Set(["microphone", "desktop-audio", "video", "browser"]);

/**
 * A scene collection of OBS as ours; null when it is none. OBS' own canvas is in its profile, not in this file, so
 * unless it is a new file that says it, `canvas` is taken for it.
 */
export const importObs = (
  json: unknown,
  canvas: StudioDocument["canvas"],
  capturable: Capturable,
): ImportedCollection | null => {
  const parsed = obsFileSchema.safeParse(json);
  return parsed.success && parsed.data.sources.some((source) => source.id === "scene")
    ? new Importer(parsed.data, canvas, capturable).run()
    : null;
};

class Importer {
  private readonly unmatched: string[] = [];
  private readonly sources: Record<string, Source> = {};
  private readonly sizes = new Map<string, Size>();
  /** OBS' uuid and name → our source's id. */
  private readonly known = new Map<string, string>();
  private readonly canvas: StudioDocument["canvas"];
  private count = 0;

  constructor(
    private readonly file: ObsFile,
    canvas: StudioDocument["canvas"],
    private readonly capturable: Capturable,
  ) {
    const { resolution } = file;
    const even = (value: number) => 2 * Math.round(value / 2);
    this.canvas = resolution ? { ...canvas, width: even(resolution.x), height: even(resolution.y) } : canvas;
  }

  run(): ImportedCollection | null {
    const order = this.file.scene_order.map((one) => one.name);
    const place = ({ name }: ObsSource) => (order.includes(name) ? order.indexOf(name) : order.length);
    const scenes = this.file.sources
      .filter((source) => source.id === "scene")
      .toSorted((a, b) => place(a) - place(b));
    const ids = new Map(scenes.map((scene, index) => [scene.name, `scene-${index + 1}`]));
    for (const source of this.file.sources) this.takeSource(source, ids);
    for (const group of this.file.groups) this.unmatched.push(`Group “${group.name}”`);
    const globalSound = this.takeGlobalSound();
    const wanted = this.file.current_program_scene ?? this.file.current_scene ?? "";
    const empty: Scene[] = scenes.map((scene) => ({
      id: ids.get(scene.name) ?? "",
      name: scene.name,
      items: [],
    }));
    let document: StudioDocument = {
      version: DOCUMENT_VERSION,
      name: this.file.name.slice(0, 120) || "From OBS",
      canvas: this.canvas,
      sources: this.sources,
      scenes: empty,
      globalSound,
      programmeSceneId: ids.get(wanted) ?? empty[0]?.id ?? "",
      previewSceneId: null,
      transition: this.transition(),
      safeSceneId: null,
      hotkeys: {},
    };
    for (const [index, scene] of scenes.entries()) document = this.fill(document, index, scene);
    const whole = documentSchema.safeParse(withoutUnused(document));
    return whole.success ? { document: whole.data, unmatched: this.unmatched } : null;
  }

  private takeSource(source: ObsSource, scenes: ReadonlyMap<string, string>): string | null {
    if (source.id === "group") return null;
    const sceneId = source.id === "scene" ? scenes.get(source.name) : undefined;
    const found =
      sceneId === undefined
        ? counterpartOf(source, this.capturable)
        : { settings: { kind: "scene" as const, sceneId }, size: null, note: null };
    if (!found) {
      this.unmatched.push(`“${source.name}” (${kindOf(source.id)})`);
      return null;
    }
    if (found.note) this.unmatched.push(`“${source.name}”: ${found.note}`);
    const id = `source-${++this.count}`;
    const heard = HEARD.has(found.settings.kind);
    const filters: Source["filters"] = [];
    const soundFilters: Parameters<typeof soundOf>[1] = [];
    for (const [index, filter] of source.filters.entries()) {
      const picture = pictureFilterOf(filter, `${id}.${index}`);
      const sound = heard ? soundFilterOf(filter, `${id}.${index}`) : null;
      if (picture) filters.push(picture);
      else if (sound) soundFilters.push(sound);
      else this.unmatched.push(`Filter “${filter.name}” of “${source.name}”`);
    }
    const names = Object.values(this.sources).map((one) => one.name);
    this.sources[id] = {
      id,
      name: freeName(names, source.name.slice(0, 120) || "Source"),
      settings: found.settings,
      filters: filters.slice(0, 16),
      ...(heard && { sound: soundOf(source, soundFilters) }),
    };
    this.sizes.set(id, found.size ?? this.canvas);
    this.known.set(source.name, id);
    if (source.uuid !== undefined) this.known.set(source.uuid, id);
    return id;
  }

  private takeGlobalSound(): string[] {
    return OBS_GLOBAL_SOUND.flatMap((key) => {
      const source = obsSourceSchema.safeParse(this.file[key]);
      const id = source.success ? this.takeSource(source.data, new Map()) : null;
      return id !== null && this.sources[id]?.sound ? [id] : [];
    });
  }

  private fill(document: StudioDocument, index: number, source: ObsSource): StudioDocument {
    const scene = document.scenes[index];
    const list = source.settings["items"];
    if (!scene || !Array.isArray(list)) return document;
    const items: Item[] = [];
    for (const raw of list.slice(0, 200)) {
      const parsed = obsItemSchema.safeParse(raw);
      const item = parsed.success ? parsed.data : null;
      const sourceId = item && (this.known.get(item.source_uuid ?? "") ?? this.known.get(item.name));
      const shown = sourceId ? this.sources[sourceId] : undefined;
      if (!item || !sourceId || !shown) continue;
      if (shown.settings.kind === "scene" && leadsTo(document, shown.settings.sceneId, scene.id)) continue;
      items.push({
        id: `${scene.id}.${items.length}`,
        sourceId,
        visible: item.visible,
        locked: item.locked,
        transform: placeOf(item, this.sizes.get(sourceId) ?? this.canvas),
      });
    }
    return { ...document, scenes: document.scenes.with(index, { ...scene, items }) };
  }

  private transition(): Transition {
    const name = this.file.current_transition;
    const own = this.file.transitions.find((one) => one.name === name);
    const durationMs = Math.min(10_000, Math.max(50, this.file.transition_duration));
    const of = valuesOf(own?.settings ?? {});
    switch (own?.id ?? name) {
      case "Cut":
      case "cut_transition":
        return { kind: "cut" };
      case "slide_transition": {
        // OBS names where it goes to, we where it comes from.
        const from = ({ left: "right", right: "left", up: "bottom", down: "top" } as const)[
          of.text("direction", "left")
        ];
        return { kind: "slide", durationMs, from: from ?? "right" };
      }
      case "obs_stinger_transition":
        return {
          kind: "stinger",
          path: of.text("path"),
          cutAtMs: Math.min(20_000, Math.max(0, of.number("transition_point", 0))),
        };
      default:
        return { kind: "fade", durationMs };
    }
  }
}

/** Scenes are sources only where one stands in another. */
const withoutUnused = (document: StudioDocument): StudioDocument => {
  const used = new Set([
    ...document.globalSound,
    ...document.scenes.flatMap((scene) => scene.items.map((item) => item.sourceId)),
  ]);
  const sources = Object.entries(document.sources).filter(([id]) => used.has(id));
  return { ...document, sources: Object.fromEntries(sources) };
};
