import { buildAvcConfig } from "@footlight/protocols/h264/avc-config.ts";
import { NalType, nalTypeOf, splitAnnexB, toLengthPrefixed } from "@footlight/protocols/h264/nal.ts";
import type { PesPacket } from "@footlight/protocols/mpegts/demuxer.ts";
import type { RenditionUnit } from "../stream/media-sink.ts";

export interface ReaderOutput {
  configure(config: Uint8Array): void;
  unit(unit: RenditionUnit): void;
}

/** An encoded video rendition's Annex B access units → what the sink takes, on the stream's timeline. */
export class VideoReader {
  #sps: Uint8Array | undefined;
  #pps: Uint8Array | undefined;
  #lastDts90k = Number.NEGATIVE_INFINITY;

  /**
   * @param start90k ffmpeg's time 0 on the stream's timeline.
   * @param frame90k of this rendition; ffmpeg's ticks are rounded, so times are put back on whole frames.
   */
  constructor(
    private readonly out: ReaderOutput,
    private readonly start90k: number,
    private readonly frame90k: number,
  ) {}

  read(packet: PesPacket): void {
    let sps: Uint8Array | undefined;
    let pps: Uint8Array | undefined;
    let keyframe = false;
    const kept: Uint8Array[] = [];
    for (const nal of splitAnnexB(packet.data)) {
      const type = nalTypeOf(nal);
      if (type === NalType.sps) sps = nal;
      else if (type === NalType.pps) pps = nal;
      else if (type !== NalType.aud && type !== NalType.filler) {
        if (type === NalType.idr) keyframe = true;
        kept.push(nal);
      }
    }
    if (sps !== undefined && pps !== undefined) this.#configure(sps, pps);
    if (kept.length === 0 || this.#sps === undefined) return;
    const dts90k = Math.max(this.#place(packet.dts90k), this.#lastDts90k + 1);
    this.#lastDts90k = dts90k;
    this.out.unit({
      dts90k,
      pts90k: this.#place(packet.pts90k),
      duration90k: this.frame90k,
      keyframe,
      data: toLengthPrefixed(kept),
    });
  }

  #place(ticks90k: number): number {
    return Math.round(this.start90k + Math.round(ticks90k / this.frame90k) * this.frame90k);
  }

  #configure(sps: Uint8Array, pps: Uint8Array): void {
    if (same(sps, this.#sps) && same(pps, this.#pps)) return;
    // Copies: a view would keep a whole keyframe alive.
    this.#sps = Uint8Array.from(sps);
    this.#pps = Uint8Array.from(pps);
    this.out.configure(buildAvcConfig([this.#sps], [this.#pps]));
  }
}

const same = (a: Uint8Array, b: Uint8Array | undefined): boolean =>
  b !== undefined && Buffer.compare(a, b) === 0;

/** Raw AAC frames of an ADTS byte string (ISO 13818-7 §6.2), as views. */
export function* adtsFrames(data: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at + 7 <= data.length; ) {
    const bytes = (offset: number): number => data[at + offset] ?? 0;
    if (bytes(0) !== 0xff || (bytes(1) & 0xf6) !== 0xf0) return;
    const length = ((bytes(3) & 3) << 11) | (bytes(4) << 3) | (bytes(5) >> 5);
    const header = (bytes(1) & 1) === 1 ? 7 : 9;
    if (length <= header || at + length > data.length) return;
    yield data.subarray(at + header, at + length);
    at += length;
  }
}
