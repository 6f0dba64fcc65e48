import { describe, expect, it } from "vitest";
import { opusHead, opusPacketSamples } from "../opus/opus.ts";
import { H264Depacketiser, type H264Frame } from "./h264-depacketiser.ts";
import type { RtpPacket } from "./packet.ts";
import { parseVp8Descriptor, Vp8Depacketiser, type Vp8Frame, vp8KeyframeSize } from "./vp8-depacketiser.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text.replaceAll(" ", ""), "hex");
const packet = (timestamp: number, payload: string | Uint8Array, marker = false): RtpPacket => ({
  payloadType: 96,
  ssrc: 1,
  sequenceNumber: 0,
  timestamp,
  marker,
  payload: typeof payload === "string" ? bytes(payload) : payload,
});

/** An SPS and a PPS as one STAP-A, as Chromium sends them. */
const SETS = "78 0003 674200 0002 68ce";
const IDR = "65 88 11 22";
const SLICE = "41 9a 33";

function h264(parameterSets?: readonly Uint8Array[]) {
  const frames: H264Frame[] = [];
  const seen: string[] = [];
  const depacketiser = new H264Depacketiser(
    {
      frame: (frame) => {
        frames.push(frame);
        const nals = frame.nals.map((nal) => Buffer.from(nal).toString("hex")).join(" ");
        seen.push(`${frame.keyframe ? "key" : "frame"} ${frame.timestamp} ${nals}`);
      },
      broken: () => seen.push("broken"),
    },
    parameterSets,
  );
  return { depacketiser, frames, seen };
}

describe("H.264", () => {
  it("takes parameter sets out of the picture, by timestamp and marker", () => {
    const { depacketiser, seen, frames } = h264();
    depacketiser.push(packet(10, SETS));
    depacketiser.push(packet(10, IDR, true));
    expect(seen).toEqual(["key 10 65881122"]);
    depacketiser.push(packet(20, "09 10"));
    depacketiser.push(packet(20, SLICE));
    depacketiser.push(packet(30, SLICE, true));
    expect(seen.slice(1)).toEqual(["frame 20 419a33", "frame 30 419a33"]);
    expect(frames[2]?.sps).toEqual([Buffer.from("674200", "hex")]);
    expect(frames[2]?.pps).toEqual([Buffer.from("68ce", "hex")]);
  });

  it("puts fragments together", () => {
    const { depacketiser, seen } = h264([bytes("674200"), bytes("68ce")]);
    depacketiser.push(packet(10, "7c 85 88 11"));
    depacketiser.push(packet(10, "7c 05 22"));
    depacketiser.push(packet(10, "7c 45 33", true));
    expect(seen).toEqual(["key 10 65881122" + "33"]);
  });

  it("waits for parameter sets with a first keyframe", () => {
    const { depacketiser, seen } = h264();
    depacketiser.push(packet(10, IDR, true));
    depacketiser.push(packet(20, SLICE, true));
    depacketiser.push(packet(30, SETS));
    depacketiser.push(packet(30, IDR, true));
    expect(seen).toEqual(["broken", "broken", "key 30 65881122"]);
  });

  it("leaves out what follows a loss, up to a whole keyframe", () => {
    const { depacketiser, seen } = h264();
    depacketiser.push(packet(10, SETS));
    depacketiser.push(packet(10, IDR, true));
    depacketiser.lost();
    depacketiser.push(packet(20, SLICE, true));
    // Its parameter sets were lost, and those known may be of another size.
    depacketiser.push(packet(30, IDR, true));
    depacketiser.push(packet(40, SETS));
    // Its first slice was.
    depacketiser.push(packet(40, "65 08 11 22", true));
    depacketiser.push(packet(50, SETS));
    depacketiser.push(packet(50, IDR, true));
    expect(seen).toEqual(["key 10 65881122", "broken", "broken", "broken", "broken", "key 50 65881122"]);
  });

  it.each([
    ["a loss in the middle", "7c 85 88 11", undefined, "7c 45 33"],
    ["a fragment without a beginning", "7c 45 33", "7c 45 33", "41 9a"],
    ["a fragment without an end", "7c 85 88 11", "41 9a", "41 9a"],
    ["an aggregate that is cut short", "78 0009 67", "41 9a", "41 9a"],
    ["a type of packetisation mode 2", "79 0000 0002 4142", "41 9a", "41 9a"],
  ])("drops a picture with %s, once", (_, first, second, last) => {
    const { depacketiser, seen } = h264([bytes("674200"), bytes("68ce")]);
    depacketiser.push(packet(10, IDR, true));
    depacketiser.push(packet(20, first));
    if (second === undefined) depacketiser.lost();
    else depacketiser.push(packet(20, second));
    depacketiser.push(packet(20, last, true));
    depacketiser.push(packet(30, IDR, true));
    expect(seen).toEqual(["key 10 65881122", "broken", "key 30 65881122"]);
  });

  it("survives any bytes, and goes on with the next keyframe", () => {
    const { depacketiser, seen } = h264();
    const random = seeded(7);
    for (let i = 0; i < 20_000; i += 1) {
      const payload = Uint8Array.from({ length: Math.floor(random() * 12) }, () =>
        Math.floor(random() * 256),
      );
      depacketiser.push(packet(Math.floor(i / 3), payload, random() < 0.3));
      if (random() < 0.05) depacketiser.lost();
    }
    depacketiser.push(packet(99_999, SETS));
    depacketiser.push(packet(99_999, IDR, true));
    expect(seen.at(-1)).toBe("key 99999 65881122");
  });
});

function vp8() {
  const frames: Vp8Frame[] = [];
  const seen: string[] = [];
  const depacketiser = new Vp8Depacketiser({
    frame: (frame) => {
      frames.push(frame);
      seen.push(`${frame.keyframe ? "key" : "frame"} ${frame.timestamp} ${frame.data.length}`);
    },
    broken: () => seen.push("broken"),
  });
  return { depacketiser, frames, seen };
}

/** Key frame of 640x360. */
const KEY = "50 42 00 9d012a 8002 6801 aabb";

describe("VP8", () => {
  it.each([
    ["10 00", 1, true],
    ["00 00", 1, false],
    ["11 00", 1, false],
    ["90 80 12 00", 3, true],
    ["90 80 92 34 00", 4, true],
    ["90 e0 92 34 01 20 00", 6, true],
  ])("reads the descriptor %s", (payload, length, beginsFrame) => {
    expect(parseVp8Descriptor(bytes(payload))).toEqual({ length, beginsFrame });
  });

  it("puts frames together and tells a keyframe's size", () => {
    const { depacketiser, frames, seen } = vp8();
    depacketiser.push(packet(10, `10 ${KEY}`));
    depacketiser.push(packet(10, "00 cc dd", true));
    depacketiser.push(packet(20, "10 51 02 00", true));
    expect(seen).toEqual(["key 10 14", "frame 20 3"]);
    expect(frames[0]?.size).toEqual({ width: 640, height: 360 });
    expect(vp8KeyframeSize(bytes("51 42 00 9d012a 8002 6801"))).toBeUndefined();
  });

  it("leaves out what follows a loss, up to a keyframe", () => {
    const { depacketiser, seen } = vp8();
    depacketiser.push(packet(10, `10 ${KEY}`, true));
    depacketiser.push(packet(20, "10 51 02 00"));
    depacketiser.lost();
    depacketiser.push(packet(20, "00 cc dd", true));
    depacketiser.push(packet(30, "10 51 02 00", true));
    depacketiser.push(packet(40, "00 cc", true));
    depacketiser.push(packet(50, `10 ${KEY}`, true));
    expect(seen).toEqual(["key 10 12", "broken", "broken", "broken", "key 50 12"]);
  });

  it("survives any bytes", () => {
    const { depacketiser, seen } = vp8();
    const random = seeded(9);
    for (let i = 0; i < 20_000; i += 1) {
      const payload = Uint8Array.from({ length: Math.floor(random() * 12) }, () =>
        Math.floor(random() * 256),
      );
      depacketiser.push(packet(Math.floor(i / 3), payload, random() < 0.3));
    }
    depacketiser.push(packet(99_999, `10 ${KEY}`, true));
    expect(seen.at(-1)).toBe("key 99999 12");
  });
});

describe("Opus", () => {
  it.each([
    ["78", 960, "20 ms of CELT"],
    ["08", 960, "20 ms of SILK"],
    ["18", 2880, "60 ms of SILK"],
    ["60", 480, "10 ms of hybrid"],
    ["79 00", 1920, "two frames"],
    ["7b 03", 2880, "three frames, by number"],
  ])("%s are %d samples: %s", (head, samples) => {
    expect(opusPacketSamples(bytes(head))).toBe(samples);
  });

  it.each(["", "7b 00", "1b 3f", "7b"])("'%s' is no packet", (head) => {
    expect(opusPacketSamples(bytes(head))).toBeUndefined();
  });

  it("is described by its identification header", () => {
    expect(opusHead(2, 312).toString("hex")).toBe("4f707573486561640102380180bb0000000000");
  });
});

/** Numbers in [0, 1), the same each time (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
