import { buildAvcConfig, parseAvcConfig } from "@footlight/protocols/h264/avc-config.ts";
import { NalType, nalTypeOf, splitLengthPrefixed, toLengthPrefixed } from "@footlight/protocols/h264/nal.ts";
import type { RenditionUnit } from "../stream/media-sink.ts";
import type { Unit } from "../stream/unit.ts";

const NOT_MEDIA: ReadonlySet<number> = new Set([NalType.sps, NalType.pps, NalType.aud, NalType.filler]);

/** The untouched top rung: the hub's own H.264 units, without what CMAF keeps elsewhere. */
export class SourceForwarder {
  #config: Uint8Array;

  constructor(
    private readonly out: { configure(config: Uint8Array): void; unit(unit: RenditionUnit): void },
    config: Uint8Array,
    /** Undefined where the rate varies. */
    private readonly frame90k: number | undefined,
  ) {
    this.#config = config;
    out.configure(config);
  }

  push(unit: Unit): void {
    const data = this.#stripped(unit);
    if (data.length === 0) return;
    const { dts90k, pts90k, keyframe } = unit;
    this.out.unit({ dts90k, pts90k, duration90k: this.frame90k, keyframe, data });
  }

  /** The same bytes where there is nothing to take out, which is the rule with RTMP. */
  #stripped(unit: Unit): Uint8Array {
    const nals = splitLengthPrefixed(unit.data);
    if (!nals.some((nal) => NOT_MEDIA.has(nalTypeOf(nal)))) return unit.data;
    if (unit.keyframe) this.#follow(nals);
    return toLengthPrefixed(nals.filter((nal) => !NOT_MEDIA.has(nalTypeOf(nal))));
  }

  /** Encoders that repeat their parameter sets in band may also change them there. */
  #follow(nals: readonly Uint8Array[]): void {
    const sps = nals.filter((nal) => nalTypeOf(nal) === NalType.sps);
    const pps = nals.filter((nal) => nalTypeOf(nal) === NalType.pps);
    if (sps.length === 0 || pps.length === 0) return;
    const known = parseAvcConfig(this.#config);
    if (sameSets(sps, known.sps) && sameSets(pps, known.pps)) return;
    this.#config = buildAvcConfig(sps, pps);
    this.out.configure(this.#config);
  }
}

/** Every set of the one is among the other's. */
const sameSets = (sets: readonly Uint8Array[], known: readonly Uint8Array[]): boolean =>
  sets.every((set) => known.some((other) => Buffer.compare(set, other) === 0));
