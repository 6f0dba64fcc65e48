import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { recordEvent, streamEvent } from "../src/main/remote/output-events.ts";
import { timecode } from "../src/main/remote/output-requests.ts";
import { PASSWORD, RemoteHouse } from "./remote-house.ts";

let house: RemoteHouse;
beforeEach(async () => {
  house = await RemoteHouse.open();
});
afterEach(() => house[Symbol.asyncDispose]());

const closing = (socket: WebSocket) => new Promise<number>((resolve) => socket.once("close", resolve));

describe("who may control", () => {
  it("whoever knows the password", async () => {
    expect((await (await house.connect()).request("GetSceneList")).code).toBe(100);
  });

  it.each([
    ["a wrong password", "wrong", {}, 4009],
    ["no password", PASSWORD, { authentication: undefined }, 4009],
    ["another version", PASSWORD, { rpcVersion: 2 }, 4010],
    ["no version", PASSWORD, { rpcVersion: undefined }, 4003],
    ["a version in words", PASSWORD, { rpcVersion: "1" }, 4004],
    ["a mask that is none", PASSWORD, { eventSubscriptions: "all" }, 4004],
  ])("not %s", async (_name, password, identify, code) => {
    expect(await (await house.connect(password, identify)).closed()).toBe(code);
  });

  it("nobody for a while after many wrong passwords", async () => {
    for (let wrong = 0; wrong < 10; wrong++) await (await house.connect(`wrong ${wrong}`)).closed();
    expect(await closing(new WebSocket(`ws://127.0.0.1:${house.port}`))).toBe(1013);
  });

  it("no page that a foreign name leads here", async () => {
    const headers = { host: `evil.example:${house.port}` };
    expect(await closing(new WebSocket(`ws://127.0.0.1:${house.port}`, { headers }))).toBe(1013);
  });
});

/** As obs-websocket 5.1 of OBS 29 answers. */
describe("a client that does it wrong", () => {
  it.each([
    ["bytes", Buffer.from([1, 2, 3]), 4002],
    ["no JSON", "{", 4002],
    ["no object", "[]", 4002],
    ["version 4's words, too late", '{"request-type":"GetVersion","message-id":"1"}', 4006],
    ["an op in words", '{"op":"6","d":{}}', 4006],
    ["an unknown op", '{"op":77,"d":{}}', 4006],
    ["no data", '{"op":6}', 4003],
    ["data that are none", '{"op":6,"d":[]}', 4004],
    ["a second identification", '{"op":1,"d":{"rpcVersion":1}}', 4008],
    ["a request without an id", '{"op":6,"d":{"requestType":"GetVersion"}}', 4003],
    ["a request without a type", '{"op":6,"d":{"requestId":"1"}}', 4003],
    ["a request of a number", '{"op":6,"d":{"requestId":"1","requestType":7}}', 4004],
    ["a mask in words", '{"op":3,"d":{"eventSubscriptions":"x"}}', 4004],
    ["a batch without requests", '{"op":8,"d":{"requestId":"1"}}', 4003],
    ["a batch that is no list", '{"op":8,"d":{"requestId":"1","requests":{}}}', 4004],
    ["an unknown way of working", '{"op":8,"d":{"requestId":"1","requests":[],"executionType":5}}', 4005],
  ])("is closed for %s", async (_name, text, code) => {
    const client = await house.connect();
    client.sendRaw(text);
    expect(await client.closed()).toBe(code);
  });

  it.each([
    ["a request before it has said who it is", '{"op":6,"d":{"requestType":"GetSceneList"}}', 4007],
    ["version 4's words", '{"request-type":"GetVersion","message-id":"1"}', 4010],
  ])("is closed for %s", async (_name, text, code) => {
    const socket = new WebSocket(`ws://127.0.0.1:${house.port}`);
    socket.once("message", () => socket.send(text));
    expect(await closing(socket)).toBe(code);
  });

  it.each([
    ["Sing", {}, 204],
    ["Sleep", { sleepMillis: 1 }, 206],
    ["CreateScene", undefined, 301],
    ["CreateScene", {}, 300],
    ["CreateScene", { sceneName: 5 }, 401],
    ["CreateScene", { sceneName: "" }, 403],
    ["CreateScene", { sceneName: "Second" }, 601],
    ["SetCurrentProgramScene", {}, 300],
    ["SetCurrentProgramScene", { sceneName: "Third" }, 600],
    ["SetCurrentProgramScene", { sceneName: "Microphone" }, 602],
    ["SetCurrentPreviewScene", { sceneName: "Second" }, 506],
    ["TriggerStudioModeTransition", undefined, 506],
    ["SetInputMute", { inputName: "Microphone" }, 300],
    ["SetInputMute", { inputName: "Microphone", inputMuted: "yes" }, 401],
    ["SetInputMute", { inputName: "Test picture", inputMuted: true }, 604],
    ["SetSceneItemEnabled", { sceneName: "Scene", sceneItemId: 99, sceneItemEnabled: true }, 600],
    ["SetInputVolume", { inputName: "Microphone" }, 300],
    ["SetInputVolume", { inputName: "Microphone", inputVolumeDb: 40 }, 402],
    ["SetInputVolume", { inputName: "Microphone", inputVolumeDb: 0, inputVolumeMul: 1 }, 404],
    ["SetInputAudioMonitorType", { inputName: "Microphone", monitorType: "LOUD" }, 400],
    ["CreateInput", { sceneName: "Scene", inputName: "X", inputKind: "vlc_source" }, 605],
    ["CreateInput", { sceneName: "Scene", inputName: "Second", inputKind: "image_source" }, 601],
    ["CreateSourceFilter", { sourceName: "Microphone", filterName: "X", filterKind: "vst_filter" }, 607],
    ["CreateSourceFilter", { sourceName: "Test picture", filterName: "X", filterKind: "gain_filter" }, 604],
    ["GetSourceFilter", { sourceName: "Microphone", filterName: "X" }, 600],
    ["CreateSceneItem", { sceneName: "Scene", sourceName: "Scene" }, 703],
    ["SetCurrentSceneTransitionDuration", { transitionDuration: 1 }, 402],
    ["SetCurrentSceneTransitionSettings", { transitionSettings: {} }, 606],
    ["SetVideoSettings", { baseWidth: 1280 }, 300],
    ["SetCurrentSceneCollection", { sceneCollectionName: "Nowhere" }, 600],
    ["CreateSceneCollection", { sceneCollectionName: "My scenes" }, 601],
    ["SetRecordDirectory", { recordDirectory: "/nowhere" }, 600],
    ["StopReplayBuffer", undefined, 501],
    ["CreateRecordChapter", { chapterName: "Kiln" }, 501],
    ["StopStream", undefined, 501],
    ["BroadcastCustomEvent", { eventData: {} }, 403],
    ["CallVendorRequest", { vendorName: "x", requestType: "y" }, 600],
    ["TriggerHotkeyByName", { hotkeyName: "Nope" }, 600],
    ["GetGroupSceneItemList", { sceneName: "Scene" }, 602],
  ])("hears why %s with %j cannot be", async (type, data, code) => {
    const { document } = house.keeper;
    const client = await house.connect();
    expect((await client.request(type, data)).code).toBe(code);
    expect(house.keeper.document).toBe(document);
  });
});

describe("a connection", () => {
  it("may be of MessagePack, with the same words", async () => {
    const client = await house.connect(PASSWORD, {}, "obswebsocket.msgpack");
    await client.request("SetCurrentProgramScene", { sceneName: "Second" });
    await expect.poll(() => client.events.map(({ type }) => type)).toContain("CurrentProgramSceneChanged");
    client.sendRaw("{}");
    expect(await client.closed()).toBe(4002);
  });

  it("hears what it asked for, and of meters only when it names them", async () => {
    const [client, deaf, meters] = [
      await house.connect(),
      await house.connect(PASSWORD, { eventSubscriptions: 0 }),
      await house.connect(PASSWORD, { eventSubscriptions: 1 << 16 }),
    ];
    house.topics.publish("levels", [{ id: "microphone", peakDb: 0, lufs: -20 }]);
    await client.request("SetCurrentProgramScene", { sceneName: "Second" });
    await expect.poll(() => client.events.length).toBeGreaterThan(0);
    await expect
      .poll(() => meters.events)
      .toEqual([
        {
          type: "InputVolumeMeters",
          data: {
            inputs: [
              {
                inputName: "Microphone",
                inputUuid: "microphone",
                inputLevelsMul: [
                  [0.1, 1, 1],
                  [0.1, 1, 1],
                ],
              },
            ],
          },
        },
      ]);
    expect(client.events.map(({ type }) => type)).not.toContain("InputVolumeMeters");
    expect(deaf.events).toEqual([]);
  });

  it("has its batches worked off in order, side by side, or up to the first failure", async () => {
    const client = await house.connect();
    const requests = [
      { requestType: "SetCurrentProgramScene", requestData: { sceneName: "Second" } },
      { requestType: "Sleep", requestData: { sleepMillis: 1 } },
      { requestType: "SetCurrentProgramScene", requestData: { sceneName: "Nowhere" } },
      { requestType: "GetSceneList", requestId: "mine" },
      {},
    ];
    const codes = (all: readonly Record<string, unknown>[]) =>
      all.map((each) => (each["requestStatus"] as { code: number }).code);
    const results = await client.batch(requests);
    expect(codes(results)).toEqual([100, 100, 600, 100, 203]);
    expect(results[3]).toMatchObject({ requestId: "mine" });
    expect(codes(await client.batch(requests, { haltOnFailure: true }))).toEqual([100, 100, 600]);
    expect(codes(await client.batch(requests, { executionType: 2 }))).toEqual([100, 206, 600, 100, 203]);
    const frames = [{ requestType: "Sleep", requestData: { sleepFrames: 1 } }];
    expect(codes(await client.batch(frames, { executionType: 1 }))).toEqual([100]);
    expect(codes(await client.batch(frames))).toEqual([300]);
  });
});

describe("outputs in their words", () => {
  it("counts hours, minutes, seconds and thousandths", () => {
    expect(timecode(0)).toBe("00:00:00.000");
    expect(timecode(3_723_045)).toBe("01:02:03.045");
  });

  it.each([
    ["idle", "starting", "STARTING", false],
    ["starting", "live", "STARTED", true],
    ["live", "interrupted", "RECONNECTING", true],
    ["interrupted", "live", "RECONNECTED", true],
    ["live", "stopping", "STOPPING", false],
    ["stopping", "idle", "STOPPED", false],
  ] as const)("a stream from %s to %s is %s", (before, after, word, outputActive) => {
    expect(streamEvent(before, after)?.data).toEqual({
      outputActive,
      outputState: `OBS_WEBSOCKET_OUTPUT_${word}`,
    });
  });

  it("a recording that ended names its file, and one that was split its new one", () => {
    const idle = { state: "idle", path: null } as const;
    const running = { state: "recording", path: "/x.mp4" } as const;
    expect(recordEvent(running, idle)?.data).toMatchObject({ outputActive: false, outputPath: "/x.mp4" });
    expect(recordEvent(running, { ...running, path: "/y.mp4" })?.data).toEqual({ newOutputPath: "/y.mp4" });
    expect(recordEvent(idle, idle)).toBeUndefined();
  });
});
