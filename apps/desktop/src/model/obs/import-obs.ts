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
import { groupOf, groupPlaceOf, type ObsGroup, scaled } from "./obs-group.ts";
import { HotkeyImport } from "./obs-hotkeys.ts";
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
  /** Of sources whose size the file tells. */
  private readonly sizes = new Map<string, Size>();
  private readonly abouts = new Map<string, Size>();
  private readonly groups = new Map<string, ObsGroup>();
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
    // A group is a scene that stands in others.
    const all = [...scenes, ...this.file.groups];
    const ids = new Map(
      all.map((scene, index) => [scene.name, `${scene.id === "group" ? "group" : "scene"}-${index + 1}`]),
    );
    for (const source of [...this.file.sources, ...this.file.groups]) this.takeSource(source, ids);
    const globalSound = this.takeGlobalSound();
    const wanted = this.file.current_program_scene ?? this.file.current_scene ?? "";
    const empty: Scene[] = all.map((scene) => ({
      id: ids.get(scene.name) ?? "",
      name: scene.name.slice(0, 120) || "Scene",
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
    for (const [index, scene] of all.entries()) document = this.fill(document, index, scene);
    document = withoutUnused(document);
    document = { ...document, hotkeys: this.takeHotkeys(document, ids) };
    const whole = documentSchema.safeParse(document);
    return whole.success ? { document: whole.data, unmatched: this.unmatched } : null;
  }

  private takeSource(source: ObsSource, scenes: ReadonlyMap<string, string>): string | null {
    const isScene = source.id === "scene" || source.id === "group";
    const sceneId = isScene ? scenes.get(source.name) : undefined;
    const found =
      sceneId === undefined
        ? counterpartOf(source, this.capturable)
        : { settings: { kind: "scene" as const, sceneId }, size: this.canvas, note: null };
    if (!found) {
      this.unmatched.push(`“${source.name}” (${kindOf(source.id)})`);
      return null;
    }
    if (found.note) this.unmatched.push(`“${source.name}”: ${found.note}`);
    const id = `source-${++this.count}`;
    const heard = HEARD.has(found.settings.kind);
    if (heard && source.sync < 0)
      this.unmatched.push(`“${source.name}”: sound is not brought forward here, so it begins at 0 ms`);
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
    if (source.id === "group") this.groups.set(id, groupOf(source, this.canvas));
    if (found.size) this.sizes.set(id, found.size);
    else if (found.about) this.abouts.set(id, found.about);
    this.known.set(source.name, id);
    if (source.uuid !== undefined) this.known.set(source.uuid, id);
    return id;
  }

  /** Of what has come along; OBS lets several keys do one thing, and several things be done by one key. */
  private takeHotkeys(document: StudioDocument, scenes: ReadonlyMap<string, string>): Record<string, string> {
    const found = new HotkeyImport();
    const globals = OBS_GLOBAL_SOUND.flatMap((key) => obsSourceSchema.safeParse(this.file[key]).data ?? []);
    for (const source of [...this.file.sources, ...this.file.groups, ...globals]) {
      const isScene = source.id === "scene" || source.id === "group";
      const id = isScene
        ? scenes.get(source.name)
        : (this.known.get(source.uuid ?? "") ?? this.known.get(source.name));
      if (id !== undefined && (isScene || document.sources[id]?.sound))
        found.takeOf(source.hotkeys, { name: source.name, id, isScene });
    }
    this.unmatched.push(...found.unmatched);
    return found.taken;
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
    const shrunk = source.id === "group" ? groupOf(source, this.canvas).factor : 1;
    for (const raw of list.slice(0, 200)) {
      const parsed = obsItemSchema.safeParse(raw);
      const item = parsed.success && !parsed.data.group_item_backup ? scaled(parsed.data, shrunk) : null;
      const sourceId = item && (this.known.get(item.source_uuid ?? "") ?? this.known.get(item.name));
      const shown = sourceId ? this.sources[sourceId] : undefined;
      if (!item || !sourceId || !shown) continue;
      if (shown.settings.kind === "scene" && leadsTo(document, shown.settings.sceneId, scene.id)) continue;
      const group = this.groups.get(sourceId);
      const size = this.sizes.get(sourceId);
      items.push({
        id: `${scene.id}.${items.length}`,
        sourceId,
        visible: item.visible,
        locked: item.locked,
        transform: group
          ? groupPlaceOf(item, group, this.canvas)
          : placeOf(item, size ?? this.abouts.get(sourceId) ?? this.canvas),
        ...(!size && { unplaced: item }),
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
