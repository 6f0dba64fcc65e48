import { av1CodecString, parseAv1Config } from "@footlight/protocols/av1/av1-config.ts";
import type { FlvVideoCodec } from "@footlight/protocols/flv/video-tag.ts";
import { avcCodecString, parseAvcConfig } from "@footlight/protocols/h264/avc-config.ts";
import { BitstreamError } from "@footlight/protocols/h264/bit-reader.ts";
import { NalType, nalTypeOf, splitLengthPrefixed, toLengthPrefixed } from "@footlight/protocols/h264/nal.ts";
import { SeiType, seiMessages } from "@footlight/protocols/h264/sei.ts";
import { parseSps } from "@footlight/protocols/h264/sps.ts";
import {
  HevcNalType,
  hevcCodecString,
  hevcNalTypeOf,
  parseHevcConfig,
} from "@footlight/protocols/hevc/hevc-config.ts";
import { decodeCaptureClock } from "@footlight/shared";
import type { IncomingUnit, VideoTrack } from "../../stream/unit.ts";
import { frameRateOf, type Metadata } from "./metadata.ts";

/** A video track as its sequence header describes it, and how its frames become the hub's units. */
export interface VideoFormat {
  readonly track: VideoTrack;
  /**
   * Undefined: nothing to decode in it (delimiters, filler). Throws `BitstreamError` on broken lengths.
   * `claimed`: the tag's keyframe flag, believed only where the frame itself cannot tell.
   */
  unit(data: Uint8Array, claimed: boolean): FormattedUnit | undefined;
}

type FormattedUnit = Pick<IncomingUnit, "data" | "keyframe" | "captureMs" | "counter">;

/** Throws `BitstreamError` when the configuration cannot be read. */
export function readVideoFormat(codec: FlvVideoCodec, config: Uint8Array, metadata: Metadata): VideoFormat {
  switch (codec) {
    case "h264":
      return avcFormat(config, metadata);
    case "hevc":
      return hevcFormat(config, metadata);
    case "av1":
      return av1Format(config, metadata);
  }
}

function avcFormat(record: Uint8Array, metadata: Metadata): VideoFormat {
  const { lengthSize, sps } = parseAvcConfig(record);
  const { width, height, frameRate } = parseSps(sps[0] as Uint8Array);
  const config = Buffer.from(record);
  config[4] = 0xff; // 4-byte lengths, as the units have
  const claimedFrameRate = metadata.frameRate ?? frameRate;
  return {
    track: {
      kind: "video",
      codec: "h264",
      config,
      width,
      height,
      claimedFrameRate,
      codecString: avcCodecString(record),
    },
    unit(data, claimed) {
      const nals = splitLengthPrefixed(data, lengthSize);
      const kept = nals.filter((nal) => !AVC_DROPPED.has(nalTypeOf(nal)));
      if (kept.length === 0) return undefined;
      const idr = kept.some((nal) => nalTypeOf(nal) === NalType.idr);
      const keyframe = idr || (claimed && kept.some(isRecoveryPoint));
      return { data: prefixed(data, kept, lengthSize), keyframe, ...captureTime(kept) };
    },
  };
}

/** What our studio, or whoever follows its schema, says of the frame; nothing from other encoders. */
function captureTime(nals: readonly Uint8Array[]): Pick<IncomingUnit, "captureMs" | "counter"> {
  for (const nal of nals) {
    for (const { type, payload } of seiMessages(nal)) {
      const clock = type === SeiType.userDataUnregistered ? decodeCaptureClock(payload) : undefined;
      if (clock === undefined) continue;
      const { captureUs, frame, source } = clock;
      const counter = source === undefined ? {} : { counter: { source, frame } };
      return { captureMs: captureUs / 1_000, ...counter };
    }
  }
  return {};
}

const AVC_DROPPED = new Set<number>([
  NalType.aud,
  NalType.filler,
  NalType.endOfSequence,
  NalType.endOfStream,
]);

/** SEI recovery_point (payloadType 6) marks an open GOP's start, which is a keyframe without an IDR. */
const isRecoveryPoint = (nal: Uint8Array): boolean => nalTypeOf(nal) === NalType.sei && nal[1] === 6;

function hevcFormat(record: Uint8Array, metadata: Metadata): VideoFormat {
  const { lengthSize, width, height, averageFrameRate } = parseHevcConfig(record);
  const config = Buffer.from(record);
  config[21] = (config[21] ?? 0) | 3;
  const claimedFrameRate = metadata.frameRate ?? frameRateOf(averageFrameRate ?? 0);
  return {
    track: {
      kind: "video",
      codec: "hevc",
      config,
      width,
      height,
      claimedFrameRate,
      codecString: hevcCodecString(record),
    },
    unit(data) {
      const nals = splitLengthPrefixed(data, lengthSize);
      const kept = nals.filter((nal) => !HEVC_DROPPED.has(hevcNalTypeOf(nal)));
      if (kept.length === 0) return undefined;
      // IRAP pictures, H.265 table 7-1.
      const keyframe = kept.some((nal) => hevcNalTypeOf(nal) >= 16 && hevcNalTypeOf(nal) <= 21);
      return { data: prefixed(data, kept, lengthSize), keyframe };
    },
  };
}

const HEVC_DROPPED = new Set<number>([
  HevcNalType.aud,
  HevcNalType.filler,
  HevcNalType.endOfSequence,
  HevcNalType.endOfBitstream,
]);

function av1Format(record: Uint8Array, metadata: Metadata): VideoFormat {
  const parsed = parseAv1Config(record);
  const width = parsed.width || metadata.width;
  const height = parsed.height || metadata.height;
  if (width <= 0 || height <= 0) throw new BitstreamError("AV1 of unknown size");
  return {
    track: {
      kind: "video",
      codec: "av1",
      config: Buffer.from(record),
      width,
      height,
      claimedFrameRate: metadata.frameRate,
      codecString: av1CodecString(parsed),
    },
    unit: (data, claimed) => ({ data, keyframe: claimed }),
  };
}

/** The frame as it came where nothing was left out and lengths have 4 bytes; else put together anew. */
function prefixed(data: Uint8Array, kept: readonly Uint8Array[], lengthSize: number): Uint8Array {
  const size = kept.reduce((sum, nal) => sum + 4 + nal.length, 0);
  return lengthSize === 4 && size === data.length ? data : toLengthPrefixed(kept);
}
