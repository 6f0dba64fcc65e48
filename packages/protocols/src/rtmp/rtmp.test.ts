import { describe, expect, test } from "vitest";
import { ChunkReader } from "./chunk-reader.ts";
import { basicHeader, ChunkWriter } from "./chunk-writer.ts";
import { acknowledgement, parseControl, setChunkSize, userControl } from "./control.ts";
import { RtmpError, type RtmpErrorCode } from "./errors.ts";
import { HANDSHAKE_SIZE, ServerHandshake } from "./handshake.ts";
import { DEFAULT_CHUNK_LIMITS } from "./limits.ts";
import { MessageType, type RtmpMessage } from "./message.ts";
import { TimestampUnwrapper } from "./timestamp.ts";

const message = (over: Partial<RtmpMessage> = {}): RtmpMessage => ({
  type: MessageType.video,
  timestamp: 40,
  streamId: 1,
  payload: Buffer.from("some payload"),
  ...over,
});
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ""), "hex");
const readAll = (reader: ChunkReader, data: Uint8Array): RtmpMessage[] => [...reader.push(data)];
function violation(run: () => unknown): RtmpErrorCode | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof RtmpError) return error.code;
    throw error;
  }
  return undefined;
}

describe("chunks there and back", () => {
  test.each([2, 3, 63, 64, 319, 320, 321, 65_599])("chunk stream id %i", (id) => {
    const reader = new ChunkReader();
    const data = Buffer.concat([
      new ChunkWriter().write(id, message({ payload: Buffer.alloc(300, 7) })),
      // A type 3 chunk finds its stream again only if the id was read right.
      basicHeader(3, id),
      Buffer.alloc(128, 8),
      basicHeader(3, id),
      Buffer.alloc(128, 8),
      basicHeader(3, id),
      Buffer.alloc(44, 8),
    ]);
    expect(readAll(reader, data).map((m) => [m.payload.length, m.timestamp])).toEqual([
      [300, 40],
      [300, 80],
    ]);
  });

  test("two ids that differ only in the byte order of the long form", () => {
    const reader = new ChunkReader();
    const writer = new ChunkWriter();
    readAll(reader, writer.write(64 + 0x0102, message({ timestamp: 1 })));
    readAll(reader, writer.write(64 + 0x0201, message({ timestamp: 2 })));
    const [third] = readAll(reader, Buffer.concat([hex("c1 02 01"), Buffer.alloc(12)]));
    expect(third?.timestamp).toBe(2);
  });

  test.each([1, 7, 128, 1000])("in pieces of %i bytes, interleaved, with extended timestamps", (size) => {
    const writer = new ChunkWriter();
    const sent = [
      message({ payload: Buffer.alloc(1000, 1), timestamp: 0xffffff }),
      message({ type: MessageType.audio, payload: Buffer.alloc(0), timestamp: 5 }),
      message({ payload: Buffer.alloc(129, 2), timestamp: 0xfffffffe }),
      message({ type: MessageType.dataAmf0, payload: Buffer.alloc(128, 3), timestamp: 0xfffffe }),
    ];
    const stream = Buffer.concat(sent.map((m, i) => writer.write(4 + i, m)));
    const reader = new ChunkReader();
    const got: RtmpMessage[] = [];
    for (let at = 0; at < stream.length; at += size) got.push(...reader.push(stream.subarray(at, at + size)));
    expect(got).toEqual(sent);
    expect(reader.bufferedBytes).toBe(0);
  });

  test("chunks of two messages interleave", () => {
    const a = new ChunkWriter().write(4, message({ payload: Buffer.alloc(200, 1) }));
    const b = new ChunkWriter().write(6, message({ payload: Buffer.alloc(3, 2) }));
    const got = readAll(new ChunkReader(), Buffer.concat([a.subarray(0, 12 + 128), b, a.subarray(12 + 128)]));
    expect(got.map((m) => m.payload.length)).toEqual([3, 200]);
  });
});

describe("timestamps", () => {
  test("deltas of types 1, 2 and 3 add up; type 3 after type 0 repeats the time as delta", () => {
    const data = hex(
      `04 00000a 000001 09 01000000 aa
       c4 bb
       44 000005 000002 08 cccc
       84 000007 dddd
       c4 eeee`,
    );
    const got = readAll(new ChunkReader(), data);
    expect(got.map((m) => [m.timestamp, m.type, m.payload.length])).toEqual([
      [10, 9, 1],
      [20, 9, 1],
      [25, 8, 2],
      [32, 8, 2],
      [39, 8, 2],
    ]);
  });

  test("a delta wraps at 2^32", () => {
    const data = hex("04 ffffff 000001 09 01000000 fffffff0 aa 44 000020 000001 09 bb");
    expect(readAll(new ChunkReader(), data).map((m) => m.timestamp)).toEqual([0xfffffff0, 0x10]);
  });

  test("continuation chunks without the extended timestamp, against the specification", () => {
    const payload = Buffer.alloc(300, 0x42);
    const header = hex("04 ffffff 00012c 09 01000000 01000000");
    const data = Buffer.concat([
      header,
      payload.subarray(0, 128),
      hex("c4"),
      payload.subarray(128, 256),
      hex("c4"),
      payload.subarray(256),
      hex("06 000000 000001 08 01000000 aa"),
    ]);
    const got = readAll(new ChunkReader(), data);
    expect(got.map((m) => m.payload.toString("hex"))).toEqual([payload.toString("hex"), "aa"]);
  });

  test("unwrapped over 2^32, backwards, and from anywhere", () => {
    const clock = new TimestampUnwrapper();
    expect([0xfffffff0, 0x10, 0x05, 0xffffffff, 3].map((t) => clock.unwrap(t))).toEqual([
      0xfffffff0, 0x100000010, 0x100000005, 0xffffffff, 0x100000003,
    ]);
    const early = new TimestampUnwrapper();
    expect([5, 0xfffffffb, 5].map((t) => early.unwrap(t))).toEqual([5, -5, 5]);
  });
});

describe("bounds", () => {
  const chunkSize = (value: number): Buffer => new ChunkWriter().write(2, setChunkSize(value));

  test.each([0, 1, 127, 2 ** 31, 2 ** 32 - 1])("chunk size %i is refused", (value) => {
    expect(violation(() => readAll(new ChunkReader(), chunkSize(value)))).toBe("chunk_size");
  });

  test.each([128, 4096, 1_000_000, 2 ** 31 - 1])("chunk size %i is obeyed", (value) => {
    const reader = new ChunkReader();
    readAll(reader, chunkSize(value));
    const writer = new ChunkWriter();
    writer.setChunkSize(value);
    const sent = message({ payload: Buffer.alloc(70_000, 1) });
    expect(readAll(reader, writer.write(4, sent))).toEqual([sent]);
  });

  test("a declared length costs nothing until bytes come", () => {
    const reader = new ChunkReader();
    for (let id = 3; id < 3 + 60; id++) {
      // 16 MiB of video on each chunk stream, and one chunk of it.
      readAll(
        reader,
        Buffer.concat([basicHeader(0, id), hex("000000 ffffff 09 01000000"), Buffer.alloc(128)]),
      );
    }
    expect(reader.bufferedBytes).toBeLessThan(60 * 65_537);
  });

  test("unfinished messages together stay under the bound", () => {
    const reader = new ChunkReader();
    readAll(reader, chunkSize(65_536));
    let most = 0;
    const flood = (): void => {
      for (let round = 0; ; round++) {
        for (let id = 3; id < 40; id++) {
          const header = round === 0 ? hex("000000 ffffff 09 01000000") : Buffer.alloc(0);
          readAll(
            reader,
            Buffer.concat([basicHeader(round === 0 ? 0 : 3, id), header, Buffer.alloc(65_536)]),
          );
          most = Math.max(most, reader.bufferedBytes);
        }
      }
    };
    expect(violation(flood)).toBe("buffered");
    expect(most).toBeLessThanOrEqual(DEFAULT_CHUNK_LIMITS.maxBufferedBytes);
  });

  test("too many chunk streams", () => {
    const reader = new ChunkReader();
    const flood = (): void => {
      for (let id = 2; id < 65_600; id++) readAll(reader, new ChunkWriter().write(id, message()));
    };
    expect(violation(flood)).toBe("chunk_streams");
  });

  test.each([
    ["a command of 64 KiB + 1", "03 000000 010001 14 00000000"],
    ["audio of 1 MiB + 1", "04 000000 100001 08 01000000"],
    ["a ping of 2 KiB", "02 000000 000800 04 00000000"],
  ])("%s is refused by its header", (_name, header) => {
    expect(violation(() => readAll(new ChunkReader(), hex(header)))).toBe("message_size");
  });

  test.each([
    ["type 3 first", "c4"],
    ["type 2 first", "84 000000"],
    [
      "a new header within a message",
      `04 000000 000100 09 01000000 ${"00".repeat(128)} 04 000000 000001 09 01000000`,
    ],
  ])("%s is refused", (_name, data) => {
    expect(violation(() => readAll(new ChunkReader(), hex(data)))).toBe("chunk_format");
  });

  test("abort drops what is unfinished", () => {
    const reader = new ChunkReader();
    readAll(reader, hex(`04 000000 000100 09 01000000 ${"00".repeat(128)}`));
    expect(reader.bufferedBytes).toBeGreaterThan(0);
    readAll(reader, hex("02 000000 000004 02 00000000 00000004"));
    expect(reader.bufferedBytes).toBe(0);
    expect(readAll(reader, hex("04 000000 000001 09 01000000 aa"))).toHaveLength(1);
    expect(violation(() => readAll(reader, hex("02 000000 000002 02 00000000 0000")))).toBe("message");
  });
});

describe("control", () => {
  test("what a server meets", () => {
    expect(parseControl(acknowledgement(7))).toEqual({ kind: "acknowledgement", bytes: 7 });
    expect(parseControl(userControl(6, 0xfffffffe))).toEqual({ kind: "pingRequest", time: 0xfffffffe });
    expect(parseControl(userControl(3, 1))).toEqual({ kind: "other" });
    expect(violation(() => parseControl({ ...userControl(6, 1), payload: hex("0006 00") }))).toBe("message");
  });
});

describe("handshake", () => {
  const c0c1 = Buffer.concat([Buffer.from([3]), Buffer.alloc(HANDSHAKE_SIZE, 9)]);

  test("a byte at a time", () => {
    const handshake = new ServerHandshake(Buffer.alloc(1528, 1));
    const steps = [...Buffer.concat([c0c1, Buffer.alloc(HANDSHAKE_SIZE)])].map((byte) =>
      handshake.push(Uint8Array.of(byte)),
    );
    expect(steps.filter((step) => step.kind !== "more").map((step) => step.kind)).toEqual(["reply", "done"]);
    const reply = steps[HANDSHAKE_SIZE];
    expect(reply?.kind === "reply" && reply.bytes.length).toBe(1 + 2 * HANDSHAKE_SIZE);
    expect(reply?.kind === "reply" && reply.bytes.subarray(1 + HANDSHAKE_SIZE)).toEqual(c0c1.subarray(1));
  });

  test("what follows C2 in the same piece is handed back", () => {
    const handshake = new ServerHandshake(Buffer.alloc(1528));
    const first = handshake.push(Buffer.concat([c0c1, Buffer.alloc(HANDSHAKE_SIZE), Buffer.from("rest")]));
    expect(first.kind).toBe("reply");
    const second = handshake.push(first.kind === "reply" ? first.rest : Buffer.alloc(0));
    expect(second.kind === "done" && Buffer.from(second.rest).toString()).toBe("rest");
  });

  test("another protocol is refused at its first byte", () => {
    expect(violation(() => new ServerHandshake(Buffer.alloc(1528)).push(Buffer.from("GET /")))).toBe(
      "handshake",
    );
  });
});
