import { describe, expect, test } from "vitest";
import { parseAudioTag } from "../flv/audio-tag.ts";
import { FlvReader } from "../flv/flv-file.ts";
import { parseVideoTag } from "../flv/video-tag.ts";
import { writeFlvFile } from "../flv/write-file.ts";
import { aacConfigTag, aacFrameTag, avcConfigTag, avcFrameTag } from "../flv/write-tags.ts";
import { ClientHandshake } from "./client-handshake.ts";
import { connectError, connectResult, onStatus, parseCommand, parseMetadata, result } from "./command.ts";
import { RtmpError } from "./errors.ts";
import { HANDSHAKE_SIZE, ServerHandshake } from "./handshake.ts";
import * as say from "./publisher.ts";

describe("handshake between our two sides", () => {
  test.each([1, 7, 5_000])("in pieces of %i bytes, and what stands behind it is handed on", (size) => {
    const server = new ServerHandshake(Buffer.alloc(1528, 1));
    const client = new ClientHandshake(Buffer.alloc(1528, 2));
    const pieces = (bytes: Uint8Array): Uint8Array[] =>
      Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
    let answer: Uint8Array = Buffer.alloc(0);
    for (const piece of pieces(client.hello)) {
      const step = server.push(piece);
      if (step.kind === "reply") answer = Buffer.concat([answer, step.bytes]);
    }
    let reply: Uint8Array = Buffer.alloc(0);
    const rest: number[] = [];
    for (const piece of pieces(Buffer.concat([answer, Buffer.from([9, 8])]))) {
      if (reply.length > 0) rest.push(...piece);
      const done = client.push(piece);
      if (done !== undefined && reply.length === 0) {
        reply = done.reply;
        rest.push(...done.rest);
      }
    }
    expect(reply).toHaveLength(HANDSHAKE_SIZE);
    expect(rest).toEqual([9, 8]);
    expect(
      pieces(reply)
        .map((piece) => server.push(piece).kind)
        .at(-1),
    ).toBe("done");
  });

  test("another version is refused at its first byte", () => {
    expect(() => new ClientHandshake(Buffer.alloc(1528)).push(Buffer.from("H"))).toThrow(RtmpError);
  });
});

test("our server understands what our publisher says", () => {
  const of = { app: "live", tcUrl: "rtmp://host/live", flashVersion: "FMLE/3.0" };
  expect(parseCommand(say.connect(of))).toMatchObject({ kind: "connect", app: "live", transactionId: 1 });
  expect(parseCommand(say.releaseStream("k"))).toMatchObject({ kind: "courtesy" });
  expect(parseCommand(say.fcPublish("k"))).toMatchObject({ kind: "courtesy" });
  expect(parseCommand(say.createStream())).toMatchObject({ kind: "createStream", transactionId: 4 });
  expect(parseCommand(say.publish(7, "k"))).toMatchObject({ kind: "publish", streamName: "k" });
  expect(parseCommand(say.fcUnpublish("k"))).toMatchObject({ kind: "unpublish" });
  expect(parseCommand(say.deleteStream(7))).toMatchObject({ kind: "unpublish" });
  expect(parseMetadata(say.setDataFrame(7, { width: 640 }))).toMatchObject({ width: 640 });
});

test("our publisher understands what our server says", () => {
  expect(say.parseServerCommand(connectResult(1, []))).toMatchObject({
    kind: "result",
    transactionId: 1,
    serverName: "Footlight",
  });
  expect(say.parseServerCommand(result(4, null, 7))).toMatchObject({ kind: "result", streamId: 7 });
  const refused = { kind: "error", code: "NetConnection.Connect.Rejected", description: "no" };
  expect(say.parseServerCommand(connectError(1, "no"))).toMatchObject(refused);
  const status = { level: "error", code: "NetStream.Publish.BadName", description: "in use" } as const;
  expect(say.parseServerCommand(onStatus(1, status))).toEqual({ kind: "status", ...status });
});

test("tags are read as they were written", () => {
  const data = Buffer.from([0, 0, 0, 1, 0x65]);
  expect(parseVideoTag(avcConfigTag(data))).toMatchObject({ kind: "config", codec: "h264", config: data });
  for (const compositionMs of [0, 67, -34]) {
    const frame = { kind: "frame", keyframe: compositionMs === 0, compositionMs, data };
    expect(parseVideoTag(avcFrameTag(data, compositionMs === 0, compositionMs))).toMatchObject(frame);
  }
  expect(parseAudioTag(aacConfigTag(data))).toEqual({ kind: "config", config: data });
  expect(parseAudioTag(aacFrameTag(data))).toMatchObject({ kind: "frame", data });
});

test("a file of tags is read as it was written", () => {
  const tags = [
    { type: 9, timestamp: 0, body: avcConfigTag(Buffer.from([1])) },
    { type: 8, timestamp: 2 ** 32 - 1, body: aacFrameTag(Buffer.from([2, 3])) },
  ];
  expect(new FlvReader().push(writeFlvFile(tags))).toEqual(tags);
});
