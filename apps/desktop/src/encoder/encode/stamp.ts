import { randomInt } from "node:crypto";
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

const TURN = 2 ** 32;

/**
 * Makes units of coded pictures: each carries its number and the time of its capture (capture-clock.ts), on the wire
 * as in the recording. Numbers have no holes, so that one at the server is a picture that got lost on the way.
 */
export class Stamper {
  readonly #encode: string;
  /** Which life of the counter this is. */
  readonly #source = randomInt(1, TURN);
  #next = 0;
  #config: Buffer | undefined;

  constructor(encode: string) {
    this.#encode = encode;
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
    const frame = this.#next;
    this.#next = (this.#next + 1) % TURN;
    const source = this.#source;
    const clock = captureClockNal({ captureUs: Math.round(of.captureMs * 1000), frame, source });
    const data = toLengthPrefixed([clock, ...nals.filter(isOfPicture)]);
    return { kind: "picture", encode: this.#encode, ...of, data, frame, source };
  }
}
