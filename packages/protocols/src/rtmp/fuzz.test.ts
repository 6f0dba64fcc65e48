import { expect, test } from "vitest";
import { parseAudioTag } from "../flv/audio-tag.ts";
import { FlvError } from "../flv/flv-error.ts";
import { parseVideoTag } from "../flv/video-tag.ts";
import { splitAggregate } from "./aggregate.ts";
import { ChunkReader } from "./chunk-reader.ts";
import { ChunkWriter } from "./chunk-writer.ts";
import { connectResult, parseCommand, parseMetadata } from "./command.ts";
import { parseControl } from "./control.ts";
import { RtmpError } from "./errors.ts";
import { DEFAULT_CHUNK_LIMITS } from "./limits.ts";
import { MessageType, type RtmpMessage } from "./message.ts";

/** mulberry32: the same bytes in every run. */
function seeded(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Everything that a session does with a message's bytes, short of the hub. */
function digest(message: RtmpMessage): void {
  switch (message.type) {
    case MessageType.commandAmf0:
    case MessageType.commandAmf3:
      parseCommand(message);
      return;
    case MessageType.dataAmf0:
    case MessageType.dataAmf3:
      parseMetadata(message);
      return;
    case MessageType.video:
      parseVideoTag(message.payload);
      return;
    case MessageType.audio:
      parseAudioTag(message.payload);
      return;
    case MessageType.aggregate:
      splitAggregate(message);
      return;
    default:
      parseControl(message);
  }
}

test("random and mutated chunk streams: typed errors only, memory within its bound", () => {
  const random = seeded(1);
  const below = (bound: number): number => Math.floor(random() * bound);
  const writer = new ChunkWriter();
  const command = connectResult(1, ["avc1"]);
  const types = [1, 2, 3, 4, 5, 6, 8, 9, 15, 17, 18, 20, 22];
  const outcomes = { whole: 0, violation: 0, media: 0 };
  for (let round = 0; round < 2_000; round++) {
    const parts = Array.from({ length: 1 + below(3) }, () => {
      const payload =
        random() < 0.5
          ? Buffer.from(command.payload)
          : Buffer.from(Array.from({ length: below(300) }, () => below(256)));
      const type = random() < 0.5 ? 8 + below(2) : (types[below(types.length)] as number);
      return writer.write(2 + below(400), { type, timestamp: below(2 ** 32), streamId: 1, payload });
    });
    const data = Buffer.concat(parts);
    for (let i = below(4); i > 0; i--) data[below(data.length)] = below(256);
    const reader = new ChunkReader();
    try {
      for (let at = 0; at < data.length; ) {
        const size = 1 + below(data.length);
        for (const message of reader.push(data.subarray(at, at + size))) digest(message);
        at += size;
      }
      outcomes.whole++;
    } catch (error) {
      if (error instanceof RtmpError) outcomes.violation++;
      else if (error instanceof FlvError) outcomes.media++;
      else throw error;
    }
    if (reader.bufferedBytes > DEFAULT_CHUNK_LIMITS.maxBufferedBytes) throw new Error("over the bound");
  }
  // All three must happen, or this tests nothing.
  for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(20);
});

test("what goes in comes out, however it is cut and interleaved", () => {
  const random = seeded(2);
  const below = (bound: number): number => Math.floor(random() * bound);
  for (let round = 0; round < 100; round++) {
    const writer = new ChunkWriter();
    writer.setChunkSize(128);
    const sent = Array.from({ length: 8 }, (): RtmpMessage => {
      const payload = Buffer.alloc(below(1_000), below(256));
      const timestamp = random() < 0.3 ? 0xfffffe + below(4) : below(2 ** 32);
      return { type: random() < 0.5 ? 8 : 9, timestamp, streamId: below(2 ** 32), payload };
    });
    const stream = Buffer.concat(sent.map((message) => writer.write(3 + below(600), message)));
    const reader = new ChunkReader();
    const got: RtmpMessage[] = [];
    for (let at = 0; at < stream.length; ) {
      const size = 1 + below(400);
      got.push(...reader.push(stream.subarray(at, at + size)));
      at += size;
    }
    // Hex, because comparing buffers byte by byte takes seconds here.
    const shown = (messages: readonly RtmpMessage[]) =>
      messages.map(({ payload, ...rest }) => ({ ...rest, payload: payload.toString("hex") }));
    expect(shown(got)).toEqual(shown(sent));
  }
});

test("aggregate: times are the aggregate's own, a length that leads out is refused", () => {
  const inner = (type: number, time: string, body: string): string =>
    `0${type}${(body.length / 2).toString(16).padStart(6, "0")}${time}00000000${body}00000000`;
  const aggregate = (hex: string): RtmpMessage => ({
    type: MessageType.aggregate,
    timestamp: 0xfffffff0,
    streamId: 1,
    payload: Buffer.from(hex, "hex"),
  });
  const messages = splitAggregate(aggregate(inner(8, "000064", "af01") + inner(9, "000084", "2701")));
  expect(messages.map((m) => [m.type, m.timestamp, m.payload.toString("hex")])).toEqual([
    [8, 0xfffffff0, "af01"],
    [9, 0x10, "2701"],
  ]);
  expect(() => splitAggregate(aggregate("08ffffff00000000000000af"))).toThrow(RtmpError);
});
