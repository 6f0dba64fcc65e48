import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RemoteClient } from "../src/testing/remote-client.ts";
import { RemoteHouse } from "./remote-house.ts";

type Data = Record<string, unknown>;
let house: RemoteHouse;
let client: RemoteClient;
let listener: RemoteClient;

beforeEach(async () => {
  house = await RemoteHouse.open();
  client = await house.connect();
  listener = await house.connect("correct horse", { eventSubscriptions: 2047 | (1 << 19) });
});
afterEach(() => house[Symbol.asyncDispose]());

/** What a request gave; it must have been done. */
async function ask(type: string, data?: Data): Promise<Data> {
  const answer = await client.request(type, data);
  expect([type, answer.code]).toEqual([type, 100]);
  return answer.data;
}
/** Types of all events so far, once there are as many as wanted. */
const heard = (types: readonly string[]) =>
  expect.poll(() => listener.events.map(({ type }) => type)).toEqual(types);
const event = (type: string) => listener.events.findLast((each) => each.type === type)?.data;
const source = (name: string) =>
  Object.values(house.keeper.document.sources).find((each) => each.name === name);

describe("scenes by remote control", () => {
  it("are made, named, shown, prepared, taken and removed", async () => {
    await ask("CreateScene", { sceneName: "Break" });
    await ask("SetSceneName", { sceneName: "Break", newSceneName: "Pause" });
    expect((await ask("GetSceneList"))["scenes"]).toMatchObject([
      { sceneIndex: 0, sceneName: "Pause" },
      { sceneName: "Second" },
      { sceneName: "Scene" },
    ]);
    await ask("SetStudioModeEnabled", { studioModeEnabled: true });
    await ask("SetCurrentPreviewScene", { sceneName: "Pause" });
    await ask("TriggerStudioModeTransition");
    expect(await ask("GetCurrentProgramScene")).toMatchObject({ sceneName: "Pause" });
    expect(await ask("GetCurrentPreviewScene")).toMatchObject({ sceneName: "Scene" });
    await ask("SetStudioModeEnabled", { studioModeEnabled: false });
    await ask("RemoveScene", { sceneName: "Pause" });
    await heard([
      ...["SceneCreated", "SceneListChanged", "SceneNameChanged", "SceneListChanged"],
      ...["StudioModeStateChanged", "CurrentPreviewSceneChanged", "CurrentPreviewSceneChanged"],
      ...["SceneTransitionStarted", "CurrentProgramSceneChanged", "CurrentPreviewSceneChanged"],
      ...["StudioModeStateChanged", "SceneTransitionVideoEnded", "SceneTransitionEnded"],
      ...["SceneTransitionStarted", "SceneRemoved", "SceneListChanged", "CurrentProgramSceneChanged"],
      ...["SceneTransitionVideoEnded", "SceneTransitionEnded"],
    ]);
  });

  it("follow each other as is chosen", async () => {
    expect(await ask("GetCurrentSceneTransition")).toMatchObject({
      ...{ transitionName: "Fade", transitionKind: "fade_transition", transitionDuration: 300 },
    });
    await ask("SetCurrentSceneTransitionDuration", { transitionDuration: 500 });
    await ask("SetCurrentSceneTransition", { transitionName: "Cut" });
    expect(await ask("GetCurrentSceneTransition")).toMatchObject({ transitionDuration: null });
    await ask("SetCurrentSceneTransition", { transitionName: "Slide" });
    await ask("SetCurrentSceneTransitionSettings", { transitionSettings: { direction: "down" } });
    expect(house.keeper.document.transition).toEqual({ kind: "slide", durationMs: 500, from: "top" });
    await heard([
      "CurrentSceneTransitionDurationChanged",
      "CurrentSceneTransitionChanged",
      "CurrentSceneTransitionChanged",
    ]);
  });
});

describe("scene items by remote control", () => {
  const box = { sceneName: "Scene", inputName: "Box", inputKind: "color_source_v3" };

  it("are made, copied, hidden, locked, ordered and removed", async () => {
    const { sceneItemId } = await ask("CreateInput", { ...box, inputSettings: { color: 0x80ff0000 } });
    expect(source("Box")?.settings).toEqual({ kind: "colour", colour: "#0000ff80" });
    const item = { sceneName: "Scene", sceneItemId };
    expect(await ask("GetSceneItemId", { sceneName: "Scene", sourceName: "Box" })).toEqual({ sceneItemId });
    const copy = await ask("DuplicateSceneItem", { ...item, destinationSceneName: "Second" });
    await ask("CreateSceneItem", { sceneName: "Second", sourceName: "Scene" });
    await ask("SetSceneItemEnabled", { ...item, sceneItemEnabled: false });
    await ask("SetSceneItemLocked", { ...item, sceneItemLocked: true });
    await ask("SetSceneItemBlendMode", { ...item, sceneItemBlendMode: "OBS_BLEND_SCREEN" });
    await ask("SetSceneItemIndex", { ...item, sceneItemIndex: 0 });
    const { sceneItems } = await ask("GetSceneItemList", { sceneName: "Scene" });
    expect(sceneItems).toMatchObject([
      {
        ...{ sceneItemId, sceneItemIndex: 0, sourceName: "Box", inputKind: "color_source_v3" },
        ...{ sceneItemEnabled: false, sceneItemLocked: true, sceneItemBlendMode: "OBS_BLEND_SCREEN" },
      },
      { sourceName: "Test picture", inputKind: "footlight_test_picture" },
    ]);
    expect((await ask("GetSceneItemList", { sceneName: "Second" }))["sceneItems"]).toMatchObject([
      { sourceName: "Test picture" },
      { sceneItemId: copy["sceneItemId"], sourceName: "Box" },
      { sourceName: "Scene", sourceType: "OBS_SOURCE_TYPE_SCENE", inputKind: null },
    ]);
    expect(await ask("GetSourceActive", { sourceName: "Box" })).toMatchObject({ videoActive: false });
    await ask("RemoveSceneItem", item);
    await heard([
      ...["InputCreated", "SceneItemCreated", "SceneItemCreated", "SceneItemCreated"],
      ...["SceneItemEnableStateChanged", "SceneItemLockStateChanged", "SceneItemTransformChanged"],
      ...["SceneItemListReindexed", "SceneItemRemoved"],
    ]);
  });

  it("stand where OBS would put them, and are told so", async () => {
    const wish = { ...box, inputSettings: { width: 400, height: 200 } };
    const { sceneItemId } = await ask("CreateInput", wish);
    const item = { sceneName: "Scene", sceneItemId };
    const id = source("Box")?.id ?? "";
    house.topics.publish("sources", { [id]: { state: "live", width: 400, height: 200 } });
    const place = async () => (await ask("GetSceneItemTransform", item))["sceneItemTransform"];
    const put = (sceneItemTransform: Data) => ask("SetSceneItemTransform", { ...item, sceneItemTransform });
    const transform = () => house.keeper.document.scenes[0]?.items.at(-1)?.transform;
    expect(await place()).toMatchObject({ positionX: 0, positionY: 0, alignment: 5, scaleX: 1, width: 400 });

    await put({ positionX: 100, positionY: 50, scaleX: 0.5, scaleY: -1 });
    expect(transform()).toMatchObject({ x: 200, y: -50, width: 200, height: 200, flipY: true });
    expect(await place()).toMatchObject({ positionX: 100, positionY: 50, scaleX: 0.5, scaleY: -1 });

    // Counted from the middle from now on, also by those who do not say so again.
    await put({ alignment: 0, positionX: 640, positionY: 360, scaleX: 1, scaleY: 1, rotation: 90 });
    await put({ cropLeft: 100 });
    expect(transform()).toMatchObject({ x: 640, y: 360, width: 300, height: 200, rotationDeg: 90 });
    expect(transform()?.crop).toMatchObject({ left: 0.25 });

    await put({
      ...{ boundsType: "OBS_BOUNDS_SCALE_INNER", boundsWidth: 600, boundsHeight: 600 },
      rotation: 0,
    });
    expect(transform()).toMatchObject({ x: 640, y: 360, width: 600, height: 400 });
    expect(await place()).toMatchObject({ boundsType: "OBS_BOUNDS_SCALE_INNER", alignment: 0 });
    expect(event("SceneItemTransformChanged")).toMatchObject({
      sceneItemId,
      sceneItemTransform: { boundsWidth: 600, width: 600, sourceWidth: 400 },
    });
    for (const [bad, code] of [
      [{ boundsWidth: 0 }, 402],
      [{ cropLeft: -1 }, 402],
      [{ positionX: "x" }, 401],
      [{ boundsType: "NONE" }, 400],
      [{ nothing: 1 }, 703],
    ] as const)
      expect((await client.request("SetSceneItemTransform", { ...item, sceneItemTransform: bad })).code).toBe(
        code,
      );
  });
});

describe("inputs by remote control", () => {
  it("take settings in OBS' words and keep what those do not name", async () => {
    const settings = { text: "Hello", font: { face: "Arial", size: 80, style: "Bold" } };
    const text = { sceneName: "Scene", inputName: "Title", inputKind: "text_gdiplus_v2" };
    await ask("CreateInput", { ...text, inputSettings: settings });
    await ask("SetInputSettings", { inputName: "Title", inputSettings: { text: "Bye" } });
    expect(source("Title")?.settings).toMatchObject({ text: "Bye", font: "Arial", sizePx: 80, weight: 700 });
    expect((await ask("GetInputSettings", { inputName: "Title" }))["inputSettings"]).toMatchObject({
      text: "Bye",
      font: { face: "Arial", size: 80 },
    });
    await ask("SetInputSettings", { inputName: "Title", inputSettings: { text: "New" }, overlay: false });
    expect(source("Title")?.settings).toMatchObject({ text: "New", font: "Inter" });
    await ask("SetInputName", { inputName: "Title", newInputName: "Headline" });
    expect((await ask("GetInputList"))["inputs"]).toMatchObject([
      { inputName: "Test picture" },
      { inputName: "Microphone", unversionedInputKind: "pulse_input_capture" },
      { inputName: "Headline" },
    ]);
    await ask("RemoveInput", { inputName: "Headline" });
    await heard([
      ...["InputCreated", "SceneItemCreated", "InputSettingsChanged", "InputSettingsChanged"],
      ...["InputNameChanged", "InputRemoved", "SceneItemRemoved"],
    ]);
  });

  it("keep devices, and tell what each kind begins with", async () => {
    const microphone = { inputName: "Microphone" };
    await ask("SetInputSettings", { ...microphone, inputSettings: { device_id: "usb" } });
    expect(source("Microphone")?.settings).toEqual({ kind: "microphone", deviceId: "usb" });
    const { inputKinds } = (await ask("GetInputKindList")) as { inputKinds: string[] };
    for (const inputKind of inputKinds) await ask("GetInputDefaultSettings", { inputKind });
    expect(await ask("GetSpecialInputs")).toMatchObject({ desktop1: null, mic1: "Microphone" });
  });

  it("are mixed", async () => {
    const input = { inputName: "Microphone" };
    await ask("ToggleInputMute", input);
    await ask("SetInputVolume", { ...input, inputVolumeMul: 0 });
    expect(await ask("GetInputVolume", input)).toEqual({ inputVolumeDb: -100, inputVolumeMul: 0 });
    await ask("SetInputAudioBalance", { ...input, inputAudioBalance: 0.25 });
    await ask("SetInputAudioSyncOffset", { ...input, inputAudioSyncOffset: 120 });
    await ask("SetInputAudioTracks", { ...input, inputAudioTracks: { "1": false, "3": true } });
    await ask("SetInputAudioMonitorType", { ...input, monitorType: "OBS_MONITORING_TYPE_MONITOR_ONLY" });
    expect(source("Microphone")?.sound).toMatchObject({
      ...{ muted: true, volumeDb: -96, pan: -0.5, offsetMs: 120, tracks: [3], monitor: "only" },
    });
    await heard([
      ...["InputMuteStateChanged", "InputVolumeChanged", "InputAudioBalanceChanged"],
      ...["InputAudioSyncOffsetChanged", "InputAudioTracksChanged", "InputAudioMonitorTypeChanged"],
    ]);
    expect(event("InputAudioTracksChanged")).toMatchObject({ inputAudioTracks: { "1": false, "3": true } });
  });

  it("have filters with names", async () => {
    const on = { sourceName: "Microphone" };
    const make = (filterName: string, filterKind: string, filterSettings = {}) =>
      ask("CreateSourceFilter", { ...on, filterName, filterKind, filterSettings });
    await make("Loud", "gain_filter", { db: 6 });
    await make("Squeeze", "compressor_filter", { ratio: 4 });
    await make("Tint", "color_filter_v2", { hue_shift: 90 });
    await ask("SetSourceFilterSettings", {
      ...{ ...on, filterName: "Squeeze", filterSettings: { threshold: -20 } },
    });
    await ask("SetSourceFilterEnabled", { ...on, filterName: "Loud", filterEnabled: false });
    await ask("SetSourceFilterIndex", { ...on, filterName: "Squeeze", filterIndex: 1 });
    await ask("SetSourceFilterName", { ...on, filterName: "Tint", newFilterName: "Colour" });
    expect((await ask("GetSourceFilterList", on))["filters"]).toMatchObject([
      { filterName: "Colour", filterKind: "color_filter_v2", filterIndex: 0 },
      { filterName: "Squeeze", filterSettings: { ratio: 4, threshold: -20 } },
      { filterName: "Loud", filterEnabled: false },
    ]);
    await ask("RemoveSourceFilter", { ...on, filterName: "Loud" });
    expect(source("Microphone")?.sound?.filters).toMatchObject([{ kind: "compressor", ratio: 4 }]);
    await heard([
      ...["SourceFilterCreated", "SourceFilterCreated", "SourceFilterCreated"],
      ...["SourceFilterSettingsChanged", "SourceFilterEnableStateChanged", "SourceFilterListReindexed"],
      ...["SourceFilterNameChanged", "SourceFilterRemoved"],
    ]);
  });
});

describe("the studio by remote control", () => {
  it("opens and makes scene collections, and tells nothing of their insides", async () => {
    await ask("CreateSceneCollection", { sceneCollectionName: "Talk" });
    expect(await ask("GetSceneCollectionList")).toEqual({
      currentSceneCollectionName: "Talk",
      sceneCollections: ["My scenes", "Talk"],
    });
    await ask("SetCurrentSceneCollection", { sceneCollectionName: "My scenes" });
    await heard([
      ...["CurrentSceneCollectionChanging", "SceneCollectionListChanged", "CurrentSceneCollectionChanged"],
      ...["CurrentSceneCollectionChanging", "CurrentSceneCollectionChanged"],
    ]);
  });

  it("has its picture set, but not on air", async () => {
    const wish = { baseWidth: 1920, baseHeight: 1080, fpsNumerator: 60_000, fpsDenominator: 1001 };
    await ask("SetVideoSettings", wish);
    expect(await ask("GetVideoSettings")).toMatchObject({
      ...{ baseWidth: 1920, baseHeight: 1080, fpsNumerator: 60, fpsDenominator: 1, outputWidth: 1280 },
    });
    house.onAir = true;
    expect((await client.request("SetVideoSettings", wish)).code).toBe(500);
  });

  it("keeps the last seconds and says where they were saved", async () => {
    house.topics.publish("replay", house.replay);
    await ask("StartReplayBuffer");
    expect((await client.request("StartReplayBuffer")).code).toBe(500);
    expect((await client.request("GetLastReplayBufferReplay")).code).toBe(600);
    await ask("SaveReplayBuffer");
    expect(await ask("GetLastReplayBufferReplay")).toEqual({ savedReplayPath: "/videos/Replay.mp4" });
    expect(await ask("ToggleReplayBuffer")).toEqual({ outputActive: false });
    await heard(["ReplayBufferStateChanged", "ReplayBufferSaved", "ReplayBufferStateChanged"]);
  });

  it("gives pictures of scenes and inputs", async () => {
    house.answer = { about: "picture", base64: "AAAA" };
    const wish = { imageFormat: "jpg", imageWidth: 160, imageCompressionQuality: 50 };
    const { imageData } = await ask("GetSourceScreenshot", { sourceName: "Second", ...wish });
    expect(imageData).toBe("data:image/jpg;base64,AAAA");
    expect(JSON.parse(house.done[0] ?? "")).toMatchObject({
      ...{ of: { kind: "scene", id: "second" }, width: 160, height: null, type: "image/jpeg", quality: 0.5 },
    });
    const path = join(house.folder, "shot.png");
    const save = { sourceName: "Test picture", imageFormat: "png", imageFilePath: path };
    await ask("SaveSourceScreenshot", save);
    expect(await readFile(path)).toEqual(Buffer.from("AAAA", "base64"));
    // What is there is not written over.
    expect((await client.request("SaveSourceScreenshot", save)).code).toBe(702);
    for (const [bad, code] of [
      [{ imageFormat: "xyz" }, 400],
      [{ imageWidth: 4 }, 402],
      [{ sourceName: "Nope" }, 600],
    ] as const)
      expect(
        (await client.request("GetSourceScreenshot", { sourceName: "Scene", ...wish, ...bad })).code,
      ).toBe(code);
  });

  it("plays films", async () => {
    await ask("CreateInput", {
      ...{ sceneName: "Scene", inputName: "Film", inputKind: "ffmpeg_source" },
      inputSettings: { local_file: "/film.mp4" },
    });
    house.answer = { about: "film", state: "playing", cursorMs: 200, durationMs: 5000 };
    expect(await ask("GetMediaInputStatus", { inputName: "Film" })).toEqual({
      ...{ mediaState: "OBS_MEDIA_STATE_PLAYING", mediaCursor: 200, mediaDuration: 5000 },
    });
    const mediaAction = "OBS_WEBSOCKET_MEDIA_INPUT_ACTION_RESTART";
    await ask("TriggerMediaInputAction", { inputName: "Film", mediaAction });
    await ask("OffsetMediaInputCursor", { inputName: "Film", mediaCursorOffset: -500 });
    expect(house.done.slice(1).map((asked) => JSON.parse(asked))).toMatchObject([
      { action: "restart" },
      { seekMs: { to: -500, relative: true } },
    ]);
    expect(await ask("GetMediaInputStatus", { inputName: "Microphone" })).toMatchObject({
      mediaCursor: null,
    });
    await heard(["InputCreated", "SceneItemCreated", "MediaInputActionTriggered"]);
  });

  it("does what its keys do", async () => {
    await ask("TriggerHotkeyByName", { hotkeyName: "OBSBasic.StartStreaming" });
    await ask("TriggerHotkeyByName", { hotkeyName: "footlight.panic" });
    await ask("TriggerHotkeyByName", { hotkeyName: "OBSBasic.SelectScene", contextName: "Second" });
    await ask("TriggerHotkeyByKeySequence", {
      ...{ keyId: "OBS_KEY_F9", keyModifiers: { control: true, shift: true } },
    });
    expect((await client.request("TriggerHotkeyByKeySequence", { keyId: "OBS_KEY_F1" })).code).toBe(600);
    expect(house.done).toEqual(["start", "panic", "Control+Shift+F9", "F1"]);
    expect(house.keeper.document.programmeSceneId).toBe("second");
  });

  it("carries what clients say to each other, and names all that it can be asked for", async () => {
    await ask("BroadcastCustomEvent", { eventData: { hello: 1 } });
    await heard(["CustomEvent"]);
    expect(event("CustomEvent")).toEqual({ hello: 1 });
    const { availableRequests } = (await ask("GetVersion")) as { availableRequests: string[] };
    expect(availableRequests).toEqual(
      expect.arrayContaining([
        "GetVersion",
        "GetStats",
        "SetSceneItemTransform",
        "TriggerHotkeyByName",
        "Sleep",
      ]),
    );
    expect(await ask("GetStats")).toMatchObject({ webSocketSessionIncomingMessages: expect.any(Number) });
  });
});
