import { expect, test } from "vitest";
import type { Command } from "./commands.ts";
import { defaultDocument, filling } from "./default-document.ts";
import { documentSchema, type Source, type StudioDocument, soundSchema } from "./document.ts";
import { History } from "./history.ts";
import { leadsTo } from "./lookup.ts";

/** Numbers that come the same in each run (mulberry32). */
const numbers = (seed: number) => {
  let state = seed;
  return (below: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
};

/** Everything in a document points to what is there. */
const faults = (document: StudioDocument): string[] => {
  const scenes = new Set(document.scenes.map((scene) => scene.id));
  const actions = new Set([
    "panic",
    ...[...scenes].map((id) => `scene:${id}`),
    ...Object.keys(document.sources).map((id) => `mute:${id}`),
  ]);
  const used = new Set([
    ...document.globalSound,
    ...document.scenes.flatMap((scene) => scene.items.map((item) => item.sourceId)),
  ]);
  const loops = document.scenes.filter((scene) =>
    scene.items.some((item) => {
      const settings = document.sources[item.sourceId]?.settings;
      return settings?.kind === "scene" && leadsTo(document, settings.sceneId, scene.id);
    }),
  );
  return [
    ...(documentSchema.safeParse(document).success ? [] : ["not as the schema has it"]),
    ...(scenes.size === document.scenes.length ? [] : ["two scenes with one id"]),
    ...[document.programmeSceneId, document.previewSceneId, document.safeSceneId]
      .filter((id) => id !== null && !scenes.has(id))
      .map((id) => `no scene ${id}`),
    ...[...used].filter((id) => !document.sources[id]).map((id) => `no source ${id}`),
    ...Object.keys(document.sources)
      .filter((id) => !used.has(id))
      .map((id) => `source ${id} stands nowhere`),
    ...Object.values(document.hotkeys)
      .filter((action) => !actions.has(action))
      .map((action) => `a key for ${action}`),
    ...loops.map((scene) => `scene ${scene.id} shows itself`),
  ];
};

test.each([1, 2, 3, 4])("whatever is done in whichever order leaves the document whole (%i)", (seed) => {
  const pick = numbers(seed);
  const history = new History(defaultDocument({ displayId: null, microphoneId: "default" }));
  const one = <T>(things: readonly T[]): T | undefined => things[pick(things.length)];
  let made = 0;
  const next = (): Command => {
    const { document } = history;
    const scene = one(document.scenes);
    const sceneId = scene?.id ?? "";
    const itemId = one(scene?.items ?? [])?.id ?? "none";
    const sourceId = one(Object.keys(document.sources)) ?? "none";
    const { sourceId: _, ...item } = filling(`item-${++made}`, "", document.canvas);
    const source: Source = {
      id: `source-${made}`,
      name: "Source",
      settings:
        pick(3) === 0 ? { kind: "scene", sceneId: one(document.scenes)?.id ?? "" } : { kind: "test-picture" },
      filters: [],
      ...(pick(2) === 0 && { sound: soundSchema.parse({}) }),
    };
    const commands: Command[] = [
      {
        kind: "scene-add",
        sceneId: `scene-${made}`,
        name: "Scene",
        ...(pick(2) === 0 && { copyOf: sceneId }),
      },
      { kind: "scene-remove", sceneId },
      { kind: "scene-move", sceneId, index: pick(9) },
      { kind: "safe-scene", sceneId },
      { kind: "programme", sceneId },
      { kind: "studio-mode", on: pick(2) === 0 },
      { kind: "preview", sceneId },
      { kind: "take" },
      { kind: "source-add", source, place: { sceneId, item, index: pick(4) } },
      { kind: "source-add", source },
      { kind: "source-remove", sourceId },
      { kind: "source-settings", sourceId, settings: { kind: "scene", sceneId } },
      { kind: "global-sound", sourceId, on: pick(2) === 0 },
      { kind: "item-add", sceneId, item: { ...item, sourceId } },
      { kind: "items-remove", sceneId, itemIds: [itemId] },
      { kind: "item-move", sceneId, itemId, index: pick(5) },
      {
        kind: "hotkey",
        action: one([`scene:${sceneId}`, `mute:${sourceId}`, "panic"]) ?? "",
        accelerator: `F${pick(12) + 1}`,
      },
    ];
    return one(commands) ?? { kind: "take" };
  };
  let done = 0;
  for (let step = 0; step < 400; step++) {
    const turn = pick(10);
    const command = next();
    if (turn === 0) history.undo();
    else if (turn === 1) history.redo();
    else if (history.do(command) === null) done++;
    expect(faults(history.document), `after ${command.kind}, step ${step}`).toEqual([]);
  }
  expect(done).toBeGreaterThan(150);
});
