import { describe, expect, test } from "vitest";
import { BitstreamError } from "../h264/bit-reader.ts";
import { buildAdtsHeader, parseAdtsHeader, splitAdts } from "./adts.ts";
import { aacCodecString, buildAudioSpecificConfig, parseAudioSpecificConfig } from "./audio-config.ts";

const parse = (hex: string) => parseAudioSpecificConfig(Buffer.from(hex, "hex"));

describe("AudioSpecificConfig", () => {
  test("ffmpeg's 44.1 kHz mono with sync extension that says no SBR", () => {
    expect(parse("120856e500")).toMatchObject({
      objectType: 2,
      sampleRate: 44_100,
      outputSampleRate: 44_100,
      channels: 1,
      sbr: "none",
      frameSamples: 1024,
    });
  });

  test("48 kHz stereo, OBS style", () => {
    const config = parse("1190");
    expect(config).toMatchObject({ sampleRate: 48_000, channels: 2 });
    expect(aacCodecString(config)).toBe("mp4a.40.2");
  });

  test("hierarchical SBR (AOT 5) and PS (AOT 29)", () => {
    // 5, index 6 (24 kHz), 2 channels, ext index 3 (48 kHz), AOT 2
    const he = parse("2b118800");
    expect(he).toMatchObject({
      objectType: 2,
      sampleRate: 24_000,
      outputSampleRate: 48_000,
      sbr: "explicit",
    });
    expect(aacCodecString(he)).toBe("mp4a.40.5");
    const v2 = parse("eb098800");
    expect(v2).toMatchObject({
      sampleRate: 24_000,
      outputSampleRate: 48_000,
      channels: 1,
      parametricStereo: true,
    });
    expect(aacCodecString(v2)).toBe("mp4a.40.29");
  });

  test("backward-compatible SBR: 2b7 sync, AOT 5, present, 44.1 kHz", () => {
    expect(parse("139056e5a0")).toMatchObject({
      sampleRate: 22_050,
      outputSampleRate: 44_100,
      sbr: "explicit",
    });
  });

  test("escaped sample rate is read and built", () => {
    const built = buildAudioSpecificConfig({ sampleRate: 50_000, channels: 2 });
    expect(built).toHaveLength(5);
    expect(parseAudioSpecificConfig(built)).toMatchObject({ objectType: 2, sampleRate: 50_000, channels: 2 });
  });

  test.each([8_000, 44_100, 48_000, 96_000])("built and read again at %i Hz", (sampleRate) => {
    for (const channels of [1, 2, 6, 8]) {
      const built = buildAudioSpecificConfig({ sampleRate, channels });
      expect(parseAudioSpecificConfig(built)).toMatchObject({ sampleRate, channels, objectType: 2 });
    }
  });

  test.each(["", "12", "1e90", "f800", "1180"])("refused: %s", (hex) => {
    expect(() => parse(hex)).toThrow(BitstreamError);
  });
});

describe("ADTS", () => {
  const frame = (payload: number[]): Buffer =>
    Buffer.concat([
      buildAdtsHeader({ objectType: 2, sampleRate: 48_000, channels: 2 }, payload.length),
      Buffer.from(payload),
    ]);

  test("header of ffmpeg's encoder", () => {
    expect(parseAdtsHeader(Buffer.from("fff15040213ffcde02004c61", "hex"))).toEqual({
      headerLength: 7,
      frameLength: 0x109,
      objectType: 2,
      sampleRate: 44_100,
      channelConfig: 1,
      blocks: 1,
    });
  });

  test("frames are stripped, the config derived, the unfinished end handed back", () => {
    const split = splitAdts(Buffer.concat([frame([1, 2, 3]), frame([4]), frame([5, 6]).subarray(0, 8)]));
    expect(split.frames.map((f) => [...f])).toEqual([[1, 2, 3], [4]]);
    expect(split.config?.toString("hex")).toBe("1190");
    expect(split.rest).toHaveLength(8);
  });

  test("lost sync and inexpressible rates are refused", () => {
    expect(() => splitAdts(new Uint8Array(20))).toThrow(BitstreamError);
    expect(() => buildAdtsHeader({ objectType: 2, sampleRate: 50_000, channels: 2 }, 1)).toThrow(
      BitstreamError,
    );
    expect(() => buildAdtsHeader({ objectType: 2, sampleRate: 48_000, channels: 2 }, 8_190)).toThrow(
      BitstreamError,
    );
  });
});
