import { expect, it } from "vitest";
import { encodeSize, uint } from "./ebml.ts";
import { matroskaFrameHeader, matroskaHeader } from "./live-muxer.ts";

it("sizes take the fewest bytes, and all ones is never a size", () => {
  expect(encodeSize(126).toString("hex")).toBe("fe");
  expect(encodeSize(127).toString("hex")).toBe("407f");
  expect(encodeSize(16_383).toString("hex")).toBe("203fff");
  expect(encodeSize(2 ** 32).toString("hex")).toBe("0900000000".slice(0, 10));
});

it("integers go beyond 32 bits", () => {
  expect(uint(0xe7, 2 ** 40).toString("hex")).toBe("e786010000000000");
});

it("a frame is a cluster with its time and one block", () => {
  const header = matroskaFrameHeader(1, 100_000_000, true, 10);
  // Cluster(5f75 …) of 20 bytes: Timestamp 100 s, SimpleBlock of 14: track 1, offset 0, keyframe.
  expect(header.toString("hex")).toBe(`1f43b675${"96"}${"e78405f5e100"}${"a3"}${"8e"}${"81000080"}`);
});

it("the header carries the codecs' records", () => {
  const config = Uint8Array.from([1, 100, 0, 31]);
  const header = matroskaHeader({
    video: { codec: "av1", config, width: 640, height: 360 },
    audio: { codec: "aac", config: Uint8Array.from([0x11, 0x90]), sampleRate: 48_000, channels: 2 },
  });
  expect(header.subarray(0, 4).toString("hex")).toBe("1a45dfa3");
  expect(header.includes("V_AV1")).toBe(true);
  expect(header.includes("A_AAC")).toBe(true);
  expect(header.includes(Buffer.from([0x63, 0xa2, 0x84, ...config]))).toBe(true);
});
