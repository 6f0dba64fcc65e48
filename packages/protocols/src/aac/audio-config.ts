import { BitReader, BitstreamError } from "../h264/bit-reader.ts";

/** samplingFrequencyIndex → Hz (ISO 14496-3 table 1.18). */
export const SAMPLE_RATES: readonly number[] = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
];
const RATE_ESCAPE = 15;
/** channelConfiguration → channels (table 1.19); 0 is a program_config_element. */
const CHANNELS: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 24, 8];
const AOT_SBR = 5;
const AOT_ESCAPE = 31;
const AOT_PS = 29;

/** Frame of AAC LC, Main, SSR and LTP in core samples. */
export const AAC_FRAME_SAMPLES = 1024;

export interface AacConfig {
  /** Audio object type of the core coder: 2 is LC. */
  readonly objectType: number;
  /** Rate of the core coder, Hz: a frame is `frameSamples` samples at this rate, with or without SBR. */
  readonly sampleRate: number;
  /** Rate that comes out of a decoder with SBR; equals `sampleRate` unless SBR is signalled. */
  readonly outputSampleRate: number;
  /** Channels coded; parametric stereo makes two of one. */
  readonly channels: number;
  /** `explicit`: signalled in the configuration. Implicit SBR (in the frames only) cannot be seen here. */
  readonly sbr: "none" | "explicit";
  readonly parametricStereo: boolean;
  /** 1024 or 960. */
  readonly frameSamples: number;
}

/**
 * AudioSpecificConfig (ISO 14496-3 §1.6.2.1) with hierarchical and backward-compatible explicit SBR/PS.
 * Throws `BitstreamError` when it is truncated, reserved or has no channels.
 */
export function parseAudioSpecificConfig(config: Uint8Array): AacConfig {
  const bits = new BitReader(config);
  let objectType = readObjectType(bits);
  const sampleRate = readSampleRate(bits);
  const channelConfig = bits.u(4);
  let outputSampleRate = sampleRate;
  let sbr: AacConfig["sbr"] = "none";
  let parametricStereo = false;
  if (objectType === AOT_SBR || objectType === AOT_PS) {
    parametricStereo = objectType === AOT_PS;
    sbr = "explicit";
    outputSampleRate = readSampleRate(bits);
    objectType = readObjectType(bits);
  }
  if (objectType < 1 || objectType > 4) throw new BitstreamError(`audio object type ${objectType}`);

  // GASpecificConfig, §4.4.1
  const frameSamples = bits.flag() ? 960 : AAC_FRAME_SAMPLES;
  if (bits.flag()) bits.skip(14); // coreCoderDelay
  const extension = bits.flag();
  const channels = channelConfig === 0 ? readProgramConfig(bits) : (CHANNELS[channelConfig] ?? 0);
  if (channels === 0) throw new BitstreamError(`channel configuration ${channelConfig}`);

  if (sbr === "none" && !extension && bits.bitsLeft >= 16 && bits.u(11) === 0x2b7) {
    if (readObjectType(bits) === AOT_SBR && bits.bitsLeft >= 1 && bits.flag()) {
      sbr = "explicit";
      outputSampleRate = readSampleRate(bits);
      if (bits.bitsLeft >= 12 && bits.u(11) === 0x548) parametricStereo = bits.flag();
    }
  }
  return { objectType, sampleRate, outputSampleRate, channels, sbr, parametricStereo, frameSamples };
}

/** AudioSpecificConfig of plain AAC: two bytes, five for a rate outside the table. */
export function buildAudioSpecificConfig(of: {
  readonly objectType?: number;
  readonly sampleRate: number;
  readonly channels: number;
}): Buffer {
  const objectType = of.objectType ?? 2;
  const channelConfig = of.channels === 7 ? 0 : of.channels === 8 ? 7 : of.channels;
  if (channelConfig < 1 || channelConfig > 7) {
    throw new BitstreamError(`no channel configuration for ${of.channels} channels`);
  }
  const index = SAMPLE_RATES.indexOf(of.sampleRate);
  if (index >= 0) {
    return Buffer.from([(objectType << 3) | (index >> 1), ((index & 1) << 7) | (channelConfig << 3)]);
  }
  const value =
    (BigInt(objectType) << 35n) |
    (BigInt(RATE_ESCAPE) << 31n) |
    (BigInt(of.sampleRate) << 7n) |
    (BigInt(channelConfig) << 3n);
  const out = Buffer.alloc(8);
  out.writeBigUInt64BE(value);
  return out.subarray(3);
}

/** RFC 6381: `mp4a.40.` and the object type that a decoder needs: 2 LC, 5 HE-AAC, 29 HE-AAC v2. */
export function aacCodecString(config: AacConfig): string {
  if (config.parametricStereo) return `mp4a.40.${AOT_PS}`;
  return `mp4a.40.${config.sbr === "explicit" ? AOT_SBR : config.objectType}`;
}

function readObjectType(bits: BitReader): number {
  const type = bits.u(5);
  return type === AOT_ESCAPE ? 32 + bits.u(6) : type;
}

function readSampleRate(bits: BitReader): number {
  const index = bits.u(4);
  const rate = index === RATE_ESCAPE ? bits.u(24) : SAMPLE_RATES[index];
  if (rate === undefined || rate < 1_000 || rate > 192_000) throw new BitstreamError("reserved sample rate");
  return rate;
}

/** program_config_element (§4.4.1.1): how many channels it names. */
function readProgramConfig(bits: BitReader): number {
  bits.skip(10); // element_instance_tag, object_type, sampling_frequency_index
  const [front, side, back, lfe, data, coupling] = [
    bits.u(4),
    bits.u(4),
    bits.u(4),
    bits.u(2),
    bits.u(3),
    bits.u(4),
  ];
  if (bits.flag()) bits.skip(4);
  if (bits.flag()) bits.skip(4);
  if (bits.flag()) bits.skip(3);
  let channels = lfe;
  for (let i = 0; i < front + side + back; i++) {
    channels += bits.flag() ? 2 : 1;
    bits.skip(4);
  }
  bits.skip(4 * lfe + 4 * data + 5 * coupling);
  return channels;
}
