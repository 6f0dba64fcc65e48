import { BitstreamError } from "../h264/bit-reader.ts";
import { type AacConfig, buildAudioSpecificConfig, SAMPLE_RATES } from "./audio-config.ts";

/** adts_fixed_header and adts_variable_header (ISO 14496-3 §1.A.2.2). */
export interface AdtsHeader {
  /** 7, or 9 with CRC. */
  readonly headerLength: number;
  /** Header and payload, bytes. */
  readonly frameLength: number;
  readonly objectType: number;
  readonly sampleRate: number;
  /** 0: given in a program_config_element. */
  readonly channelConfig: number;
  /** Raw data blocks (AAC frames) in this ADTS frame; 1 but for odd encoders. */
  readonly blocks: number;
}

export const ADTS_HEADER_LENGTH = 7;

/** Header at `at`; undefined where there is no sync word or too few bytes to know. */
export function parseAdtsHeader(data: Uint8Array, at = 0): AdtsHeader | undefined {
  if (at + ADTS_HEADER_LENGTH > data.length) return undefined;
  const byte = (index: number): number => data[at + index] ?? 0;
  if (byte(0) !== 0xff || (byte(1) & 0xf6) !== 0xf0) return undefined;
  const headerLength = (byte(1) & 1) === 1 ? 7 : 9;
  const frameLength = ((byte(3) & 3) << 11) | (byte(4) << 3) | (byte(5) >> 5);
  const sampleRate = SAMPLE_RATES[(byte(2) >> 2) & 15];
  if (sampleRate === undefined || frameLength < headerLength) return undefined;
  return {
    headerLength,
    frameLength,
    objectType: (byte(2) >> 6) + 1,
    sampleRate,
    channelConfig: ((byte(2) & 1) << 2) | (byte(3) >> 6),
    blocks: (byte(6) & 3) + 1,
  };
}

/**
 * Whole ADTS frames → raw AAC frames as views, with the AudioSpecificConfig of the first header.
 * `rest`: an unfinished frame at the end. Undefined `config`: no whole frame. Throws `BitstreamError`
 * where a frame does not start with a sync word.
 */
export function splitAdts(data: Uint8Array): {
  readonly config: Buffer | undefined;
  readonly frames: Uint8Array[];
  readonly rest: Uint8Array;
} {
  const frames: Uint8Array[] = [];
  let config: Buffer | undefined;
  let at = 0;
  while (at + ADTS_HEADER_LENGTH <= data.length) {
    const header = parseAdtsHeader(data, at);
    if (header === undefined) throw new BitstreamError("no ADTS sync word");
    if (at + header.frameLength > data.length) break;
    config ??= buildAudioSpecificConfig({
      objectType: header.objectType,
      sampleRate: header.sampleRate,
      channels: header.channelConfig === 7 ? 8 : header.channelConfig,
    });
    frames.push(data.subarray(at + header.headerLength, at + header.frameLength));
    at += header.frameLength;
  }
  return { config, frames, rest: data.subarray(at) };
}

/**
 * The 7 bytes to put before a raw frame of `payloadLength` bytes. Throws `BitstreamError` where ADTS has
 * no way to say it: a rate outside the table, more than 8191 bytes.
 */
export function buildAdtsHeader(
  config: Pick<AacConfig, "objectType" | "sampleRate" | "channels">,
  payloadLength: number,
): Buffer {
  const index = SAMPLE_RATES.indexOf(config.sampleRate);
  const length = payloadLength + ADTS_HEADER_LENGTH;
  const channels = config.channels === 8 ? 7 : config.channels;
  if (index < 0 || length > 0x1fff || config.objectType > 4 || channels > 7) {
    throw new BitstreamError("not expressible in ADTS");
  }
  return Buffer.from([
    0xff,
    0xf1,
    ((config.objectType - 1) << 6) | (index << 2) | (channels >> 2),
    ((channels & 3) << 6) | (length >> 11),
    (length >> 3) & 0xff,
    ((length & 7) << 5) | 0x1f,
    0xfc,
  ]);
}
