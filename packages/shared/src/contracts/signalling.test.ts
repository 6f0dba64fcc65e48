import { describe, expect, it } from "vitest";
import { diffPatch, mergePatch, withoutNulls } from "../model/merge-patch.ts";
import {
  ClientMessage,
  parseTopic,
  REALTIME_METHODS,
  ServerMessage,
  TOPIC_STATES,
  Topic,
} from "./signalling.ts";
import { StageState } from "./stage.ts";

describe("topics", () => {
  it.each(["stream:abcdefgh", "stage:A-b_c123"])("takes %s", (topic) => {
    expect(parseTopic(Topic.parse(topic)).id).toBe(topic.split(":")[1]);
  });
  it.each(["stream:", "stream:../../etc/passwd", "chat:abcdefgh", "stage:a:bcdefghi", "stream:abcdefgh\n"])(
    "refuses %j",
    (topic) => {
      expect(Topic.safeParse(topic).success).toBe(false);
    },
  );
});

describe("a client's messages", () => {
  it("are of few shapes", () => {
    expect(ClientMessage.parse({ type: "hello" })).toEqual({ type: "hello", resume: [] });
    expect(ClientMessage.safeParse({ type: "request", id: 1, method: "stage.ask", params: {} }).success).toBe(
      true,
    );
    for (const garbage of [
      null,
      [],
      "hello",
      { type: "welcome" },
      { type: "request", id: 1, method: "constructor", params: {} },
      { type: "request", id: -1, method: "stage.join", params: {} },
      { type: "request", id: 1.5, method: "stage.join", params: {} },
      { type: "subscribe", topic: ["stream:abcdefgh"] },
      { type: "hello", auth: { kind: "root", token: "x" } },
      { type: "hello", auth: { kind: "guest", token: "a b" } },
      {
        type: "hello",
        resume: Array.from({ length: 33 }, () => ({ topic: "stream:abcdefgh", log: "l", seq: 0 })),
      },
    ]) {
      expect(ClientMessage.safeParse(garbage).success, JSON.stringify(garbage)).toBe(false);
    }
  });

  it("may be nested as deep as a message is long", () => {
    const deep = JSON.parse(
      `{"type":"request","id":1,"method":"stage.join","params":${"[".repeat(30_000)}${"]".repeat(30_000)}}`,
    );
    const message = ClientMessage.parse(deep);
    if (message.type !== "request") throw new Error(message.type);
    for (const { params } of Object.values(REALTIME_METHODS)) {
      expect(() => params.safeParse(message.params)).not.toThrow();
    }
  });

  it("cannot name what is not there, or pass on what a method does not take", () => {
    const { params } = REALTIME_METHODS["stage.join"];
    expect(params.parse({ stageId: "abcdefgh", participantId: "host" })).toEqual({ stageId: "abcdefgh" });
    const produce = REALTIME_METHODS["stage.produce"].params;
    const codec = { mimeType: "audio/opus", payloadType: 111, clockRate: 48_000, channels: 2 };
    const wanted = {
      transportId: "t",
      kind: "audio",
      source: "microphone",
      rtpParameters: { codecs: [codec] },
    };
    expect(produce.safeParse(wanted).success).toBe(true);
    for (const bad of [
      { ...codec, payloadType: 128 },
      { ...codec, mimeType: "application/x" },
      { ...codec, clockRate: 0 },
      { ...codec, parameters: { nested: { deep: 1 } } },
    ]) {
      expect(produce.safeParse({ ...wanted, rtpParameters: { codecs: [bad] } }).success).toBe(false);
    }
  });
});

describe("a state on its way", () => {
  const before: StageState = StageState.parse({
    streamId: "streamABC",
    host: { username: "ada", displayName: "Ada", present: true },
    layout: { kind: "grid" },
    participants: {
      host: {
        name: "Ada",
        username: "ada",
        role: "host",
        state: "on_stage",
        online: true,
        muted: false,
        hidden: false,
        carry: "no",
        producers: {},
        level: -127,
      },
    },
    programme: {},
    slate: false,
    media: { available: true, epoch: 1 },
  });

  it("comes out as it went in, also where members are null", () => {
    const [host] = Object.values(before.participants);
    if (host === undefined) throw new Error("no host");
    const after: StageState = {
      ...before,
      activeSpeaker: "guest1" as StageState["activeSpeaker"],
      participants: { guest1: { ...host, role: "guest", username: null, handRaisedAt: 5 } },
    };
    for (const [from, to] of [
      [before, after],
      [after, before],
    ] as const) {
      const patch = diffPatch(withoutNulls(from), withoutNulls(to)) ?? {};
      const sent = ServerMessage.parse({ type: "patch", topic: "stage:abcdefgh", seq: 1, patch });
      if (sent.type !== "patch") throw new Error(sent.type);
      expect(TOPIC_STATES.stage.parse(mergePatch(withoutNulls(from), sent.patch))).toEqual(to);
    }
  });
});
