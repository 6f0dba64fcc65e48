import { element, float, uint } from "./ebml.ts";
import { matroskaFileHeader, trackEntry } from "./live-muxer.ts";

/**
 * Raw media for an encoder at the other end of a pipe. Each frame has its time, so that one that was left out is a
 * gap and not a shift, and is a packet of its own: ffmpeg's reader of bare samples waits for as many as it likes.
 */
const NONE = new Uint8Array();

/** Track 1: I420, tightly packed. `fps` is what rate control counts on; times go by the frames' own. */
export function rawPictureHeader(of: {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
}): Buffer {
  const shape = element(
    0xe0,
    uint(0xb0, of.width),
    uint(0xba, of.height),
    // UncompressedFourCC (RFC 9559 §5.1.4.1.28.15).
    element(0x2eb524, Buffer.from("I420", "latin1")),
  );
  const frameNs = uint(0x23e383, Math.round(1e9 / of.fps));
  return matroskaFileHeader([trackEntry(1, 1, "V_UNCOMPRESSED", NONE, frameNs, shape)]);
}

/** Track 1: 32-bit float samples, little-endian, interleaved. */
export function rawSoundHeader(of: { readonly sampleRate: number; readonly channels: number }): Buffer {
  const shape = element(0xe1, float(0xb5, of.sampleRate), uint(0x9f, of.channels), uint(0x6264, 32));
  return matroskaFileHeader([trackEntry(1, 2, "A_PCM/FLOAT/IEEE", NONE, shape)]);
}
