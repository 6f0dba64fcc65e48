import { z } from "zod";
import { DOCUMENT_VERSION, documentSchema, type Item, type StudioDocument } from "./document.ts";
import { leadsTo } from "./lookup.ts";

/** What a file turned out to be. A broken one or one from the future is never written over: it is put aside first. */
export type ReadDocument =
  | { readonly result: "document"; readonly document: StudioDocument; readonly migratedFrom: number | null }
  | { readonly result: "broken"; readonly cause: string }
  | { readonly result: "future"; readonly version: number };

type Json = Record<string, unknown>;
/** Index n makes a document of version n + 2 out of one of version n + 1. */
const MIGRATIONS: readonly ((document: Json) => Json)[] = [];

const headSchema = z.looseObject({ version: z.number().int().min(1) });

/** Never throws; `migrations` and `version` are the house's own except in tests. */
export const readDocument = (
  text: string,
  migrations = MIGRATIONS,
  version: number = DOCUMENT_VERSION,
): ReadDocument => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { result: "broken", cause: error instanceof Error ? error.message : "not JSON" };
  }
  const head = headSchema.safeParse(json);
  if (!head.success) return { result: "broken", cause: "no version" };
  const from = head.data.version;
  if (from > version) return { result: "future", version: from };
  let current: Json = head.data;
  for (const migrate of migrations.slice(from - 1)) current = migrate(current);
  const parsed = documentSchema.safeParse(current);
  if (!parsed.success) return { result: "broken", cause: z.prettifyError(parsed.error) };
  const document = mended(parsed.data);
  return { result: "document", document, migratedFrom: from < version ? from : null };
};

export const writeDocument = (document: StudioDocument): string => `${JSON.stringify(document, null, 2)}\n`;

/** A file that was edited by hand may point to what is not there: such pointers are let go, nothing else. */
const mended = (document: StudioDocument): StudioDocument => {
  const sources = Object.fromEntries(
    Object.entries(document.sources).map(([id, source]) => [id, { ...source, id }]),
  );
  const scenes = document.scenes.map((scene) => ({
    ...scene,
    items: scene.items.filter((item) => sources[item.sourceId] !== undefined),
  }));
  const loops = ({ sourceId }: Item, sceneId: string) => {
    const settings = sources[sourceId]?.settings;
    return settings?.kind === "scene" && leadsTo({ ...document, sources, scenes }, settings.sceneId, sceneId);
  };
  const ids = new Set(scenes.map((scene) => scene.id));
  const known = (id: string | null) => (id !== null && ids.has(id) ? id : null);
  return {
    ...document,
    sources,
    scenes: scenes.map((scene) => ({
      ...scene,
      items: scene.items.filter((item) => !loops(item, scene.id)),
    })),
    globalSound: document.globalSound.filter((id) => sources[id]?.sound !== undefined),
    programmeSceneId: known(document.programmeSceneId) ?? scenes[0]?.id ?? "",
    previewSceneId: known(document.previewSceneId),
    safeSceneId: known(document.safeSceneId),
  };
};
