import { z } from "zod";
import type { Item, Scene, Source, StudioDocument } from "../../model/document.ts";
import { RequestFault, status } from "./messages.ts";

/** A name that somebody gives or asks for. */
export const name = z.string().min(1).max(120);

/** The names that a table has, as `z.enum` takes them. */
export const namesIn = <K extends string>(table: Readonly<Record<K, unknown>>) =>
  Object.keys(table) as [K, ...K[]];

/** How clients name scenes, inputs and either of them: by name or by id, which is our own. */
export const ofScene = z.object({ sceneName: name.optional(), sceneUuid: name.optional() });
export const ofInput = z.object({ inputName: name.optional(), inputUuid: name.optional() });
export const ofSource = z.object({ sourceName: name.optional(), sourceUuid: name.optional() });
export const nothing = z.object({});

export const missing = (field: string) => new RequestFault(status.missingRequestField, `${field} is missing`);
const unknown = (what: string, wanted: string) =>
  new RequestFault(status.resourceNotFound, `there is no ${what} “${wanted}”`);

/** Scenes that stand in others are sources to us and scenes to clients. */
export const isInput = (source: Source): boolean => source.settings.kind !== "scene";

const byIdOrName = <T extends { readonly id: string; readonly name: string }>(
  things: Iterable<T>,
  id: string | undefined,
  wanted: string | undefined,
): T | undefined => [...things].find((thing) => (id === undefined ? thing.name === wanted : thing.id === id));

export function findScene(document: StudioDocument, wanted: z.infer<typeof ofScene>): Scene {
  const { sceneName, sceneUuid } = wanted;
  if (sceneName === undefined && sceneUuid === undefined) throw missing("sceneName");
  const found = byIdOrName(document.scenes, sceneUuid, sceneName);
  if (found) return found;
  if (byIdOrName(inputsOf(document), sceneUuid, sceneName))
    throw new RequestFault(status.invalidResourceType, "this is an input, not a scene");
  throw unknown("scene", sceneUuid ?? sceneName ?? "");
}

export const inputsOf = (document: StudioDocument): Source[] =>
  Object.values(document.sources).filter(isInput);

export function findInput(document: StudioDocument, wanted: z.infer<typeof ofInput>): Source {
  const { inputName, inputUuid } = wanted;
  if (inputName === undefined && inputUuid === undefined) throw missing("inputName");
  const found = byIdOrName(inputsOf(document), inputUuid, inputName);
  if (found) return found;
  if (byIdOrName(document.scenes, inputUuid, inputName))
    throw new RequestFault(status.invalidResourceType, "this is a scene, not an input");
  throw unknown("input", inputUuid ?? inputName ?? "");
}

/** What clients call a source: an input, or a scene. */
export function findSource(
  document: StudioDocument,
  wanted: z.infer<typeof ofSource>,
): { readonly input: Source } | { readonly scene: Scene } {
  const { sourceName, sourceUuid } = wanted;
  if (sourceName === undefined && sourceUuid === undefined) throw missing("sourceName");
  const input = byIdOrName(inputsOf(document), sourceUuid, sourceName);
  if (input) return { input };
  const scene = byIdOrName(document.scenes, sourceUuid, sourceName);
  if (scene) return { scene };
  throw unknown("source", sourceUuid ?? sourceName ?? "");
}

/** Clients tell scenes and inputs apart by name alone, so a name is given once. */
export function freshName(document: StudioDocument, wanted: string): string {
  if ([...document.scenes, ...inputsOf(document)].some((thing) => thing.name === wanted))
    throw new RequestFault(status.resourceAlreadyExists, `there is a “${wanted}” already`);
  return wanted;
}

/** What an item shows, as clients name it. */
export function shownIn(
  document: StudioDocument,
  item: Item,
): { readonly name: string; readonly id: string } {
  const source = document.sources[item.sourceId];
  const settings = source?.settings;
  const scene =
    settings?.kind === "scene" ? document.scenes.find(({ id }) => id === settings.sceneId) : undefined;
  return scene ?? { name: source?.name ?? "", id: item.sourceId };
}

/** Scene items have numbers in this protocol: each of ours is given one, for as long as the studio runs. */
export class ItemNumbers {
  readonly #numbers = new Map<string, number>();

  of(scene: Scene, item: Item): number {
    const key = `${scene.id}/${item.id}`;
    const number = this.#numbers.get(key) ?? this.#numbers.size + 1;
    this.#numbers.set(key, number);
    return number;
  }

  find(scene: Scene, number: number): Item {
    const found = scene.items.find((item) => this.of(scene, item) === number);
    if (found === undefined) throw unknown("scene item", String(number));
    return found;
  }
}
