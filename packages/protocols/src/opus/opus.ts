/** Sampling rate of Opus in RTP and in containers, whatever was recorded (RFC 7587 §4.1, RFC 7845 §5.1). */
export const OPUS_RATE = 48_000;

/** Samples of a frame by the configuration number in the first byte (RFC 6716 §3.1, table 2). */
const SILK_SAMPLES = [480, 960, 1920, 2880];
const HYBRID_SAMPLES = [480, 960];
const CELT_SAMPLES = [120, 240, 480, 960];
/** A packet holds 120 ms at most (§3.2.5). */
const MAX_SAMPLES = 5_760;

/** Length of a packet in samples at 48 kHz; undefined where it is none. */
export function opusPacketSamples(packet: Uint8Array): number | undefined {
  const toc = packet[0];
  if (toc === undefined) return undefined;
  const config = toc >> 3;
  const frame =
    config < 12
      ? SILK_SAMPLES[config & 3]
      : config < 16
        ? HYBRID_SAMPLES[config & 1]
        : CELT_SAMPLES[config & 3];
  const code = toc & 3;
  const frames = code === 0 ? 1 : code < 3 ? 2 : (packet[1] ?? 0) & 0x3f;
  const samples = (frame ?? 0) * frames;
  return samples > 0 && samples <= MAX_SAMPLES ? samples : undefined;
}

/** Identification header (RFC 7845 §5.1), which containers keep as the codec's configuration. */
export function opusHead(channels: 1 | 2, preSkip = 0): Buffer {
  const head = Buffer.alloc(19);
  head.write("OpusHead", "latin1");
  head.writeUInt8(1, 8);
  head.writeUInt8(channels, 9);
  head.writeUInt16LE(preSkip, 10);
  head.writeUInt32LE(OPUS_RATE, 12);
  return head;
}
