import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { DocumentKeeper } from "../src/main/document/document-keeper.ts";
import { documentEvents, recordEvent, streamEvent } from "../src/main/remote/events.ts";
import { ItemNumbers } from "../src/main/remote/names.ts";
import { timecode } from "../src/main/remote/output-requests.ts";
import { RemoteServer } from "../src/main/remote/remote-server.ts";
import { Requests } from "../src/main/remote/requests.ts";
import { sceneRequests } from "../src/main/remote/scene-requests.ts";
import { defaultDocument, filling } from "../src/model/default-document.ts";
import { type StudioDocument, soundSchema } from "../src/model/document.ts";
import { RemoteClient } from "../src/testing/remote-client.ts";

const PASSWORD = "correct horse";
const plain = defaultDocument({ displayId: null, microphoneId: "default" });
const document: StudioDocument = {
  ...plain,
  scenes: [
    ...plain.scenes,
    { id: "second", name: "Second", items: [filling("item", "test-picture", plain.canvas)] },
  ],
};

let keeper: DocumentKeeper;
let server: RemoteServer;
const clients: RemoteClient[] = [];

beforeEach(async () => {
  keeper = new DocumentKeeper(document, { save: () => {} }, { publish: () => {} });
  const numbers = new ItemNumbers();
  const desk = {
    get document() {
      return keeper.document;
    },
    do: (command: Parameters<DocumentKeeper["do"]>[0]) => keeper.do(command),
  };
  server = await RemoteServer.listen(0, PASSWORD, new Requests(sceneRequests(desk, numbers), () => {}));
  keeper.onChange((after, before) => {
    for (const event of documentEvents(before, after, numbers)) server.tell(event);
  });
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await server[Symbol.asyncDispose]();
});

async function connect(password = PASSWORD, identify = {}): Promise<RemoteClient> {
  const client = await RemoteClient.connect(server.port, password, identify);
  clients.push(client);
  return client;
}

describe("who may control", () => {
  it("whoever knows the password", async () => {
    const client = await connect();
    expect((await client.request("GetSceneList")).code).toBe(100);
  });

  it.each([
    ["a wrong password", "wrong", {}, 4009],
    ["no password", PASSWORD, { authentication: undefined }, 4009],
    ["another version", PASSWORD, { rpcVersion: 2 }, 4010],
    ["half an identification", PASSWORD, { rpcVersion: "1" }, 4003],
  ])("not %s", async (_name, password, identify, code) => {
    expect(await (await connect(password, identify)).closed()).toBe(code);
  });

  it("nobody for a while after many wrong passwords", async () => {
    for (let wrong = 0; wrong < 10; wrong++) await (await connect(`wrong ${wrong}`)).closed();
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}`);
    const code = await new Promise<number>((resolve) => socket.once("close", resolve));
    expect(code).toBe(1013);
  });

  it("no page that a foreign name leads here", async () => {
    const headers = { host: `evil.example:${server.port}` };
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}`, { headers });
    expect(await new Promise<number>((resolve) => socket.once("close", resolve))).toBe(1013);
  });
});

describe("a client that does it wrong", () => {
  it.each([
    ["bytes", Buffer.from([1, 2, 3]), 4002],
    ["no JSON", "{", 4002],
    ["no envelope", "[]", 4002],
    ["version 4's words", '{"request-type":"GetVersion","message-id":"1"}', 4010],
    ["an unknown op", '{"op":77,"d":{}}', 4006],
    ["a second identification", '{"op":1,"d":{"rpcVersion":1}}', 4008],
    ["half a request", '{"op":6,"d":{}}', 4003],
  ])("is closed for %s", async (_name, text, code) => {
    const client = await connect();
    client.sendRaw(text);
    expect(await client.closed()).toBe(code);
  });

  it("is closed for a request before it has said who it is", async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}`);
    socket.once("message", () => socket.send('{"op":6,"d":{"requestType":"GetSceneList","requestId":"1"}}'));
    expect(await new Promise<number>((resolve) => socket.once("close", resolve))).toBe(4007);
  });

  it.each([
    ["Sing", {}, 204],
    ["SetCurrentProgramScene", {}, 300],
    ["SetCurrentProgramScene", { sceneName: "Third" }, 600],
    ["SetInputMute", { inputName: "Microphone" }, 300],
    ["SetInputMute", { inputName: "Microphone", inputMuted: "yes" }, 400],
    ["SetInputMute", { inputName: "Test picture", inputMuted: true }, 604],
    ["SetSceneItemEnabled", { sceneName: "Scene", sceneItemId: 99, sceneItemEnabled: true }, 600],
    ["SetInputVolume", { inputName: "Microphone" }, 300],
    ["SetInputVolume", { inputName: "Microphone", inputVolumeDb: 40 }, 400],
  ])("hears why %s with %j cannot be", async (type, data, code) => {
    const client = await connect();
    expect((await client.request(type, data)).code).toBe(code);
    expect(keeper.document).toBe(document);
  });
});

describe("scenes and sound", () => {
  it("are told, changed, and told to those who listen", async () => {
    const [client, other, deaf] = [
      await connect(),
      await connect(),
      await connect(PASSWORD, { eventSubscriptions: 0 }),
    ];
    const list = (await client.request("GetSceneList")).data;
    expect(list).toMatchObject({ currentProgramSceneName: "Scene", currentPreviewSceneName: null });
    expect(list["scenes"]).toMatchObject([{ sceneName: "Second" }, { sceneName: "Scene" }]);

    await client.request("SetCurrentProgramScene", { sceneName: "Second" });
    expect((await client.request("GetCurrentProgramScene")).data).toMatchObject({ sceneName: "Second" });
    const { sceneItems } = (await client.request("GetSceneItemList", { sceneName: "Second" })).data as {
      sceneItems: { sceneItemId: number; sourceName: string }[];
    };
    expect(sceneItems).toMatchObject([{ sourceName: "Test picture", sceneItemEnabled: true }]);
    const sceneItemId = sceneItems[0]?.sceneItemId;
    await client.request("SetSceneItemEnabled", {
      sceneName: "Second",
      sceneItemId,
      sceneItemEnabled: false,
    });
    await client.request("SetInputMute", { inputName: "Microphone", inputMuted: true });
    await client.request("SetInputVolume", { inputName: "Microphone", inputVolumeMul: 0.5 });
    expect(
      (await client.request("GetInputVolume", { inputName: "Microphone" })).data["inputVolumeDb"],
    ).toBeCloseTo(-6.02);
    expect((await client.request("ToggleInputMute", { inputName: "Microphone" })).data).toEqual({
      inputMuted: false,
    });

    await expect
      .poll(() => other.events.map(({ type }) => type))
      .toEqual([
        "CurrentProgramSceneChanged",
        "SceneItemEnableStateChanged",
        "InputMuteStateChanged",
        "InputVolumeChanged",
        "InputMuteStateChanged",
      ]);
    expect(other.events[1]?.data).toMatchObject({ sceneItemId, sceneItemEnabled: false });
    expect(deaf.events).toEqual([]);
  });

  it("come in batches, which stop at a failure where that is wished", async () => {
    const client = await connect();
    const requests = [
      { requestType: "SetCurrentProgramScene", requestData: { sceneName: "Second" } },
      { requestType: "Sleep", requestData: { sleepMillis: 1 } },
      { requestType: "SetCurrentProgramScene", requestData: { sceneName: "Nowhere" } },
      { requestType: "GetSceneList" },
    ];
    expect(await client.batch(requests)).toHaveLength(4);
    const halted = await client.batch(requests, true);
    expect(halted.map((each) => (each["requestStatus"] as { code: number }).code)).toEqual([100, 100, 600]);
  });

  it("mute to nothing below the fader's end", async () => {
    const client = await connect();
    await client.request("SetInputVolume", { inputName: "Microphone", inputVolumeMul: 0 });
    expect((await client.request("GetInputVolume", { inputName: "Microphone" })).data).toEqual({
      inputVolumeDb: soundSchema.shape.volumeDb.unwrap().minValue,
      inputVolumeMul: 0,
    });
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

  it("a recording that ended names its file", () => {
    const idle = {
      ...({ state: "idle", path: null, bytes: 0, durationMs: 0, fault: null } as const),
      ...{ leftMs: null, diskLow: false, remux: null },
    };
    expect(recordEvent({ ...idle, state: "recording", path: "/x.mp4" }, idle)?.data).toMatchObject({
      outputActive: false,
      outputPath: "/x.mp4",
    });
    expect(recordEvent(idle, idle)).toBeUndefined();
  });
});
