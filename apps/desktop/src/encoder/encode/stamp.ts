import { buildAvcConfig } from "@footlight/protocols/h264/avc-config.ts";
import {
  NalType,
  nalTypeOf,
  splitAnnexB,
  splitLengthPrefixed,
  toLengthPrefixed,
} from "@footlight/protocols/h264/nal.ts";
import { captureClockNal } from "@footlight/shared";
import type { FromEngine } from "../../contract/media-port.ts";
import type { PictureUnit } from "../units.ts";
import type { CodedPicture } from "./picture-run.ts";

/** Said by the configuration, or of no use in a file or over RTMP. */
const LEFT_OUT: readonly number[] = [NalType.sps, NalType.pps, NalType.aud, NalType.filler];
/** Its slices, and what else of its picture. */
const isOfPicture = (nal: Uint8Array): boolean => !LEFT_OUT.includes(nalTypeOf(nal));

/** Number of the frame that a media time belongs to; the same in every encode of one rate. */
export const frameNumber = (ptsUs: number, fps: number): number => Math.round((ptsUs * fps) / 1e6) % 2 ** 32;

/**
 * Makes units of coded pictures: each carries its number and the time of its capture (capture-clock.ts), on the wire
 * as in the recording.
 */
export class Stamper {
  readonly #encode: string;
  readonly #fps: number;
  #config: Buffer | undefined;

  constructor(encode: string, fps: number) {
    this.#encode = encode;
    this.#fps = fps;
  }

  ofFfmpeg(picture: CodedPicture): PictureUnit {
    const { ptsUs, dtsUs, key, captureMs, config } = picture;
    return this.#unit({ ptsUs, dtsUs, key, captureMs, config }, splitLengthPrefixed(picture.data));
  }

  /** Undefined before the first keyframe with its parameter sets. Throws `BitstreamError` on a broken one. */
  ofWebCodecs(picture: Extract<FromEngine, { kind: "picture" }>): PictureUnit | undefined {
    const nals = splitAnnexB(picture.data);
    if (picture.key) {
      const sps = nals.filter((nal) => nalTypeOf(nal) === NalType.sps);
      const pps = nals.filter((nal) => nalTypeOf(nal) === NalType.pps);
      if (sps.length > 0 && pps.length > 0) this.#config = buildAvcConfig(sps, pps);
    }
    if (this.#config === undefined) return undefined;
    const { ptsUs, key, captureMs } = picture;
    return this.#unit({ ptsUs, dtsUs: ptsUs, key, captureMs, config: this.#config }, nals);
  }

  #unit(
    of: Pick<PictureUnit, "ptsUs" | "dtsUs" | "key" | "captureMs" | "config">,
    nals: readonly Uint8Array[],
  ): PictureUnit {
    const frame = frameNumber(of.ptsUs, this.#fps);
    const clock = captureClockNal({ captureUs: Math.round(of.captureMs * 1000), frame });
    const data = toLengthPrefixed([clock, ...nals.filter(isOfPicture)]);
    return { kind: "picture", encode: this.#encode, ...of, data, frame };
  }
}
