import { describe, expect, test } from "vitest";
import type { AmfValue } from "./amf-value.ts";
import { decodeAmf0, encodeAmf0 } from "./amf0.ts";
import { type Command, onStatus, parseCommand, parseMetadata } from "./command.ts";
import { RtmpError } from "./errors.ts";
import { MessageType, type RtmpMessage } from "./message.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ""), "hex");
const of = (type: number, payload: Buffer): RtmpMessage => ({ type, timestamp: 0, streamId: 0, payload });
const command = (...values: readonly AmfValue[]): Command =>
  parseCommand(of(MessageType.commandAmf0, encodeAmf0(...values)));

describe("AMF0", () => {
  test("there and back", () => {
    const values = [
      "connect",
      1.5,
      true,
      null,
      undefined,
      { app: "live", deep: { list: [1, "two", { three: 3 }] } },
      new Date(1e12),
      "x".repeat(70_000),
    ];
    expect(decodeAmf0(encodeAmf0(...values))).toEqual(values);
  });

  test("ECMA array with a wrong count, and one that ends with the message", () => {
    const fields = "0005 7769647468 00 4084000000000000";
    expect(decodeAmf0(hex(`08 000000ff ${fields} 0000 09`))).toEqual([{ width: 640 }]);
    expect(decodeAmf0(hex(`08 00000000 ${fields}`))).toEqual([{ width: 640 }]);
  });

  test("__proto__ is a name like any other", () => {
    const [value] = decodeAmf0(hex("03 0009 5f5f70726f746f5f5f 03 0001 61 01 01 000009 000009"));
    expect(Object.keys(value as object)).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>)["a"]).toBeUndefined();
  });

  test.each([
    ["40,000 objects deep", hex(`02 0007 636f6e6e656374 00 3ff0000000000000 ${"03 0001 61".repeat(40_000)}`)],
    ["40,000 arrays deep", hex("0a 00000001".repeat(40_000))],
    ["an array that claims 2^32 - 1 values", hex("0a ffffffff")],
    ["an array of many nulls", Buffer.concat([hex("0a 0000ffff"), Buffer.alloc(60_000, 5)])],
    ["60,000 values side by side", Buffer.alloc(60_000, 5)],
    ["a string longer than the message", hex("02 ffff 61")],
    ["a long string of 4 GiB", hex("0c ffffffff 61")],
    ["a reference", hex("07 0000")],
    ["an unknown marker", hex("20")],
    ["half a number", hex("00 3ff0")],
    ["AMF3 vectors", hex("11 0d 03")],
    ["AMF3 arrays, 40,000 deep", hex(`11 ${"09 03 01".repeat(40_000)}`)],
    ["AMF3 traits with 2^27 names", hex("11 0a fffffff3 01")],
    ["an AMF3 string reference to nothing", hex("11 06 02")],
  ])("%s is refused", (_name, data) => {
    expect(() => decodeAmf0(data)).toThrow(RtmpError);
  });
});

test("AMF3 behind an avmplus marker: object with traits, string references, integers", () => {
  // { a: 1, b: "a" } as a dynamic object without sealed members; then true
  expect(decodeAmf0(hex("11 0a 0b 01 03 61 04 01 03 62 06 00 01 01 01"))).toEqual([{ a: 1, b: "a" }, true]);
  expect(decodeAmf0(hex("11 04 ffffffff"))).toEqual([-1]);
  expect(decodeAmf0(hex("11 09 05 01 03 02"))).toEqual([[true, false]]);
});

describe("commands", () => {
  test("connect with query and trailing slash", () => {
    expect(command("connect", 1, { app: "live/?a=b", flashVer: "FMLE/3.0", tcUrl: "not a url" })).toEqual({
      kind: "connect",
      transactionId: 1,
      app: "live/",
      flashVersion: "FMLE/3.0",
    });
    expect(command("connect", 1, null)).toMatchObject({ kind: "connect", app: "" });
  });

  test("publish strips the query; a missing name is empty", () => {
    expect(command("publish", 5, null, "key?x=1", "live")).toMatchObject({
      kind: "publish",
      streamName: "key",
    });
    expect(command("publish", 5, null)).toMatchObject({ streamName: "" });
    expect(command("publish", 5, null, 17)).toMatchObject({ streamName: "" });
  });

  test("AMF3 wrapping with and without its format byte", () => {
    const body = encodeAmf0("createStream", 2, null);
    expect(parseCommand(of(MessageType.commandAmf3, Buffer.concat([Buffer.of(0), body])))).toEqual({
      kind: "createStream",
      transactionId: 2,
    });
    expect(parseCommand(of(MessageType.commandAmf3, body))).toMatchObject({ kind: "createStream" });
  });

  test("a command that is none", () => {
    expect(() => command(7)).toThrow(RtmpError);
    expect(() => command()).toThrow(RtmpError);
    expect(command("whatever", 3)).toEqual({ kind: "unknown", transactionId: 3 });
  });

  test("onMetaData with and without @setDataFrame", () => {
    const info = { encoder: "obs", framerate: 30 };
    for (const values of [
      ["@setDataFrame", "onMetaData", info],
      ["onMetaData", info],
    ]) {
      expect(parseMetadata(of(MessageType.dataAmf0, encodeAmf0(...values)))).toEqual(info);
    }
    expect(parseMetadata(of(MessageType.dataAmf0, encodeAmf0("onTextData", info)))).toBeUndefined();
  });

  test("onStatus as an encoder reads it", () => {
    const status = { level: "error", code: "NetStream.Publish.BadName", description: "no" } as const;
    expect(decodeAmf0(onStatus(1, status).payload)).toEqual(["onStatus", 0, null, status]);
  });
});
