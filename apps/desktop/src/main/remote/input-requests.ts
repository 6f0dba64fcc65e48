import { z } from "zod";
import { filling } from "../../model/default-document.ts";
import {
  type Item,
  type Source,
  type StudioDocument,
  soundSchema,
  sourceSchema,
} from "../../model/document.ts";
import { obsSettingsOf } from "../../model/obs/to-obs.ts";
import { act, type DocumentDesk, newId } from "./document-desk.ts";
import { changedSettings, HEARD, inputKindOf, inputKinds, newSettings, unversioned } from "./input-kinds.ts";
import { RequestFault, status } from "./messages.ts";
import {
  findInput,
  findScene,
  findSource,
  freshName,
  type ItemNumbers,
  inputsOf,
  name,
  nothing,
  ofInput,
  ofScene,
  ofSource,
} from "./names.ts";
import { type RequestKind, request } from "./requests.ts";

const settingsSchema = z.record(z.string(), z.unknown());

const told = (source: Source) => {
  const inputKind = inputKindOf(source.settings.kind);
  return {
    inputName: source.name,
    inputUuid: source.id,
    inputKind,
    unversionedInputKind: unversioned(inputKind),
  };
};

/** Inputs as things: their kinds, names and settings. What is heard of them is in `sound-requests`. */
export function inputRequests(desk: DocumentDesk, numbers: ItemNumbers): Record<string, RequestKind> {
  const defaults = (inputKind: string) => {
    const settings = newSettings(inputKind, {});
    if (!settings) throw new RequestFault(status.invalidInputKind, `${inputKind} is not known here`);
    return settings;
  };
  return {
    GetInputList: request(z.object({ inputKind: z.string().optional() }), ({ inputKind }) => ({
      inputs: inputsOf(desk.document)
        .map(told)
        .filter((input) => inputKind === undefined || input.inputKind === inputKind),
    })),
    GetInputKindList: request(z.object({ unversioned: z.boolean().default(false) }), (wish) => ({
      inputKinds: wish.unversioned ? inputKinds().map(unversioned) : inputKinds(),
    })),
    GetSpecialInputs: request(nothing, () => specialInputs(desk.document)),
    GetInputDefaultSettings: request(z.object({ inputKind: name }), ({ inputKind }) => ({
      defaultInputSettings: obsSettingsOf(defaults(inputKind)),
    })),
    CreateInput: request(
      ofScene.extend({
        inputName: name,
        inputKind: name,
        inputSettings: settingsSchema.default({}),
        sceneItemEnabled: z.boolean().default(true),
      }),
      ({ inputName, inputKind, inputSettings, sceneItemEnabled, ...wanted }) => {
        const scene = findScene(desk.document, wanted);
        const wish = newSettings(inputKind, inputSettings) ?? defaults(inputKind);
        const settings = sourceSchema.shape.settings.safeParse(wish);
        if (!settings.success)
          throw new RequestFault(status.invalidRequestField, "inputSettings cannot be so");
        const source: Source = {
          id: newId(),
          name: freshName(desk.document, inputName),
          settings: settings.data,
          filters: [],
          ...(HEARD.has(settings.data.kind) && { sound: soundSchema.parse({}) }),
        };
        const whole = filling(newId(), source.id, desk.document.canvas);
        const isColour = settings.data.kind === "colour";
        const item = { ...(isColour ? sized(whole, inputSettings) : whole), visible: sceneItemEnabled };
        act(desk, {
          kind: "source-add",
          source,
          place: { sceneId: scene.id, item, isFinal: isColour },
        });
        return { inputUuid: source.id, sceneItemId: numbers.of(scene, item) };
      },
    ),
    RemoveInput: request(ofInput, (wanted) =>
      act(desk, { kind: "source-remove", sourceId: findInput(desk.document, wanted).id }),
    ),
    SetInputName: request(ofInput.extend({ newInputName: name }), ({ newInputName, ...wanted }) => {
      const { id: sourceId } = findInput(desk.document, wanted);
      return act(desk, { kind: "source-rename", sourceId, name: freshName(desk.document, newInputName) });
    }),
    GetInputSettings: request(ofInput, (wanted) => {
      const { settings } = findInput(desk.document, wanted);
      return { inputKind: inputKindOf(settings.kind), inputSettings: obsSettingsOf(settings) };
    }),
    SetInputSettings: request(
      ofInput.extend({ inputSettings: settingsSchema, overlay: z.boolean().default(true) }),
      ({ inputSettings, overlay, ...wanted }) => {
        const { id: sourceId, settings } = findInput(desk.document, wanted);
        return act(desk, {
          kind: "source-settings",
          sourceId,
          settings: changedSettings(settings, inputSettings, overlay),
        });
      },
    ),
    GetSourceActive: request(ofSource, (wanted) => {
      const { document } = desk;
      const found = findSource(document, wanted);
      const isShown = (sceneId: string | null) =>
        sceneId !== null &&
        ("scene" in found
          ? shows(document, sceneId, (_item, id) => id === found.scene.id)
          : shows(document, sceneId, ({ sourceId }) => sourceId === found.input.id));
      const videoActive = isShown(document.programmeSceneId);
      return { videoActive, videoShowing: videoActive || isShown(document.previewSceneId) };
    }),
    // Lists and buttons are of the forms of OBS, which are other ones here.
    GetInputPropertiesListPropertyItems: request(
      ofInput.extend({ propertyName: name }),
      ({ propertyName, ...wanted }) => {
        findInput(desk.document, wanted);
        throw new RequestFault(status.resourceNotFound, `there is no list “${propertyName}”`);
      },
    ),
    PressInputPropertiesButton: request(
      ofInput.extend({ propertyName: name }),
      ({ propertyName, ...wanted }) => {
        findInput(desk.document, wanted);
        throw new RequestFault(status.resourceNotFound, `there is no button “${propertyName}”`);
      },
    ),
  };
}

/** What is heard in every scene, in OBS' six places: two for the system's sound, four for microphones. */
function specialInputs(document: StudioDocument) {
  const heard = document.globalSound.flatMap((id) => document.sources[id] ?? []);
  const names = (isDesktop: boolean) =>
    heard
      .filter(({ settings }) => (settings.kind === "desktop-audio") === isDesktop)
      .map((source) => source.name);
  const [desktop, other] = [names(true), names(false)];
  return {
    desktop1: desktop[0] ?? null,
    desktop2: desktop[1] ?? null,
    mic1: other[0] ?? null,
    mic2: other[1] ?? null,
    mic3: other[2] ?? null,
    mic4: other[3] ?? null,
  };
}

/** A colour has its size in OBS' settings, and in the item here. */
function sized(item: Item, { width, height }: Readonly<Record<string, unknown>>): Item {
  const isSize = (value: unknown): value is number =>
    typeof value === "number" && value >= 1 && value <= 16_384;
  if (!isSize(width) || !isSize(height)) return item;
  return { ...item, transform: { ...item.transform, x: width / 2, y: height / 2, width, height } };
}

/** Whether a scene shows what is looked for, in itself or in a scene that stands in it. */
function shows(
  document: StudioDocument,
  sceneId: string,
  isIt: (item: Pick<Item, "sourceId">, sceneId: string) => boolean,
): boolean {
  if (isIt({ sourceId: "" }, sceneId)) return true;
  const scene = document.scenes.find(({ id }) => id === sceneId);
  return (scene?.items ?? []).some((item) => {
    if (!item.visible) return false;
    const settings = document.sources[item.sourceId]?.settings;
    return isIt(item, "") || (settings?.kind === "scene" && shows(document, settings.sceneId, isIt));
  });
}
