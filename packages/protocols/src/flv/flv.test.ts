import { describe, expect, test } from "vitest";
import { parseAudioTag } from "./audio-tag.ts";
import { FlvError } from "./flv-error.ts";
import { FlvReader } from "./flv-file.ts";
import { parseVideoTag } from "./video-tag.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ""), "hex");
const ascii = (text: string): string => Buffer.from(text).toString("hex");
const video = (text: string) => parseVideoTag(hex(text));
const audio = (text: string) => parseAudioTag(hex(text));

describe("video", () => {
  test("legacy AVC: header, keyframe with negative composition time, inter frame, end", () => {
    expect(video("17 00 000000 0142")).toEqual({ kind: "config", codec: "h264", config: hex("0142") });
    expect(video("17 01 ffffd8 aabb")).toMatchObject({
      kind: "frame",
      keyframe: true,
      compositionMs: -40,
      data: hex("aabb"),
    });
    expect(video("27 01 000042 cc")).toMatchObject({ keyframe: false, compositionMs: 66 });
    expect(video("17 02 000000")).toEqual({ kind: "ignored" });
  });

  test("legacy id 12 is HEVC", () => {
    expect(video("1c 00 000000 01")).toMatchObject({ kind: "config", codec: "hevc" });
  });

  test.each(["", "17", "17 01 000000", "57 00", `d1 ${ascii("hvc1")}`])("ignored: '%s'", (text) => {
    expect(video(text)).toEqual({ kind: "ignored" });
  });

  test.each([
    ["24 00", "VP6"],
    ["22 00", "Sorenson H.263"],
    [`90 ${ascii("vp09")} 00`, "VP9"],
    ["90 3c 41 0a 22 00", '"?A??"'],
  ])("%s is named %s", (text, name) => {
    expect(video(text)).toEqual({ kind: "unsupported", name });
  });

  test("enhanced v1: hvc1 header, frames with and without composition time, av01", () => {
    expect(video(`90 ${ascii("hvc1")} 01aa`)).toEqual({ kind: "config", codec: "hevc", config: hex("01aa") });
    expect(video(`91 ${ascii("hvc1")} 000021 bb`)).toMatchObject({
      keyframe: true,
      compositionMs: 33,
      data: hex("bb"),
    });
    expect(video(`a3 ${ascii("hvc1")} bb`)).toMatchObject({
      keyframe: false,
      compositionMs: 0,
      data: hex("bb"),
    });
    expect(video(`91 ${ascii("av01")} 1200`)).toMatchObject({
      codec: "av1",
      compositionMs: 0,
      data: hex("1200"),
    });
    expect(video(`91 ${ascii("avc1")} 000000 cc`)).toMatchObject({ codec: "h264", data: hex("cc") });
    expect(video(`92 ${ascii("hvc1")}`)).toEqual({ kind: "ignored" });
    expect(video(`94 ${ascii("hvc1")} 020009`)).toEqual({ kind: "ignored" });
  });

  test("enhanced v2: nanoseconds, multitrack", () => {
    expect(video(`97 02 0003e8 03 ${ascii("avc1")} cc`)).toMatchObject({
      kind: "frame",
      offsetNs: 1000,
      data: hex("cc"),
    });
    expect(video(`96 03 ${ascii("avc1")} 00 cc`)).toMatchObject({ data: hex("cc") });
    expect(video(`96 13 ${ascii("avc1")} 01 000001 aa 00 000002 bbbb`)).toMatchObject({ data: hex("bbbb") });
    expect(video(`96 23 ${ascii("av01")} 01 000001 aa ${ascii("avc1")} 00 000001 dd`)).toMatchObject({
      codec: "h264",
      data: hex("dd"),
    });
    expect(video(`96 13 ${ascii("avc1")} 01 000001 aa`)).toEqual({ kind: "ignored" });
  });

  test.each([
    "17 01 00",
    `91 ${ascii("hvc1")} 0000`,
    "91 6876",
    "97",
    "97 ff",
    "97 05 00",
    `96 13 ${ascii("avc1")} 00 ffffff aa`,
  ])("truncated: %s", (text) => {
    expect(() => video(text)).toThrow(FlvError);
  });
});

describe("audio", () => {
  test("legacy AAC", () => {
    expect(audio("af 00 1190")).toEqual({ kind: "config", config: hex("1190") });
    expect(audio("af 01 2110")).toEqual({ kind: "frame", offsetNs: 0, data: hex("2110") });
    expect(audio("af 01")).toEqual({ kind: "ignored" });
    expect(audio("")).toEqual({ kind: "ignored" });
  });

  test("enhanced AAC, multitrack", () => {
    expect(audio(`90 ${ascii("mp4a")} 1190`)).toEqual({ kind: "config", config: hex("1190") });
    expect(audio(`91 ${ascii("mp4a")} 21`)).toMatchObject({ kind: "frame", data: hex("21") });
    expect(audio(`95 01 ${ascii("mp4a")} 00 21`)).toMatchObject({ kind: "frame", data: hex("21") });
    expect(audio(`94 ${ascii("mp4a")} 00`)).toEqual({ kind: "ignored" });
  });

  test.each([
    ["2f 00", "MP3"],
    ["b6 00", "Speex"],
    [`90 ${ascii("Opus")} 00`, "Opus"],
    ["50", "Nellymoser"],
  ])("%s is named %s", (text, name) => {
    expect(audio(text)).toEqual({ kind: "unsupported", name });
  });
});

test("FLV file in pieces", () => {
  const file = hex(`464c5601 05 00000009 00000000
    09 000002 000010 01 000000 1700 0000000d
    08 000001 000020 00 000000 af 0000000c 08 0000`);
  for (const size of [1, 5, 100]) {
    const reader = new FlvReader();
    const tags = [];
    for (let at = 0; at < file.length; at += size) tags.push(...reader.push(file.subarray(at, at + size)));
    expect(tags).toEqual([
      { type: 9, timestamp: 0x01000010, body: hex("1700") },
      { type: 8, timestamp: 0x20, body: hex("af") },
    ]);
  }
});
