/** Bodies of the FLV tags that a publisher sends (Adobe FLV §E.4.2.1, §E.4.3.1): H.264 and AAC. */
const KEYFRAME = 0x17;
const INTERFRAME = 0x27;
/** AAC, 44 kHz, 16 bits, stereo: for AAC always these, whatever it is (§E.4.2.1). */
const AAC = 0xaf;

/** @param config AVCDecoderConfigurationRecord */
export const avcConfigTag = (config: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([KEYFRAME, 0, 0, 0, 0]), config]);

/**
 * @param data NAL units with the lengths that the configuration names
 * @param compositionMs presentation minus decode time, may be negative
 */
export function avcFrameTag(data: Uint8Array, key: boolean, compositionMs: number): Buffer {
  const tag = Buffer.allocUnsafe(5 + data.byteLength);
  tag[0] = key ? KEYFRAME : INTERFRAME;
  tag[1] = 1;
  tag.writeIntBE(compositionMs, 2, 3);
  tag.set(data, 5);
  return tag;
}

/** @param config AudioSpecificConfig */
export const aacConfigTag = (config: Uint8Array): Buffer => Buffer.concat([Buffer.from([AAC, 0]), config]);

export const aacFrameTag = (data: Uint8Array): Buffer => Buffer.concat([Buffer.from([AAC, 1]), data]);
