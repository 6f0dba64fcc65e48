import type { Command, Refusal } from "./commands.ts";
import type { SoundSettings, Source, SourceSettings, StudioDocument } from "./document.ts";
import { freeName, isUsed, leadsTo, namesOf, sceneOf } from "./lookup.ts";
import { isRefusal, refuse } from "./refusal.ts";
import { withoutSources, withScene, withSource } from "./rework.ts";

type SourceCommand = Extract<Command, { kind: `source-${string}` | "sound" | "global-sound" }>;
type Result = StudioDocument | { readonly refusal: Refusal };

export const applySource = (document: StudioDocument, command: SourceCommand): Result => {
  if (command.kind === "source-add") return addSource(document, command);
  const source = document.sources[command.sourceId];
  if (!source) return refuse("unknown_source");
  switch (command.kind) {
    case "source-remove":
      return withoutSources(document, [source]);
    case "source-rename": {
      const name = freeName(namesOf(Object.values(document.sources), source.id), command.name);
      return withSource(document, { ...source, name });
    }
    case "source-settings":
      return configure(document, source, command.settings);
    case "source-filters":
      return withSource(document, { ...source, filters: command.filters });
    case "sound":
      return source.sound
        ? withSource(document, { ...source, sound: { ...source.sound, ...given(command.change) } })
        : refuse("other_kind");
    case "global-sound":
      return setGlobal(document, source, command.on);
  }
};

/** Without the properties that are only said to be absent. */
const given = (change: Extract<Command, { kind: "sound" }>["change"]): Partial<SoundSettings> =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));

const addSource = (document: StudioDocument, command: Extract<Command, { kind: "source-add" }>): Result => {
  if (document.sources[command.source.id]) return refuse("id_taken");
  const name = freeName(namesOf(Object.values(document.sources)), command.source.name);
  const source: Source = { ...command.source, name };
  const added = withSource(document, source);
  if (!command.place) return setGlobal(added, source, true);
  const { sceneId, item, index } = command.place;
  const scene = sceneOf(document, sceneId);
  if (!scene) return refuse("unknown_scene");
  const shown = checkShown(document, source.settings, [sceneId]);
  if (isRefusal(shown)) return shown;
  if (scene.items.some((other) => other.id === item.id)) return refuse("id_taken");
  if (scene.items.length >= 200) return refuse("too_many");
  const items = scene.items.toSpliced(index ?? scene.items.length, 0, { ...item, sourceId: source.id });
  return withScene(added, { ...scene, items });
};

const configure = (document: StudioDocument, source: Source, settings: SourceSettings): Result => {
  if (settings.kind !== source.settings.kind) return refuse("other_kind");
  const within = document.scenes
    .filter((scene) => scene.items.some((item) => item.sourceId === source.id))
    .map((scene) => scene.id);
  const shown = checkShown(document, settings, within);
  return isRefusal(shown) ? shown : withSource(document, { ...source, settings });
};

/** A scene as a source must exist and must not come round to where it stands. */
const checkShown = (document: StudioDocument, settings: SourceSettings, within: readonly string[]) => {
  if (settings.kind !== "scene") return document;
  if (!sceneOf(document, settings.sceneId)) return refuse("unknown_scene");
  return within.some((sceneId) => leadsTo(document, settings.sceneId, sceneId))
    ? refuse("scene_cycle")
    : document;
};

const setGlobal = (document: StudioDocument, source: Source, on: boolean): Result => {
  if (!source.sound) return refuse("other_kind");
  const others = document.globalSound.filter((id) => id !== source.id);
  if (on && others.length >= 16) return refuse("too_many");
  const next = { ...document, globalSound: on ? [...others, source.id] : others };
  return isUsed(next, source.id) ? next : withoutSources(next, [source]);
};
