import { NalType, nalTypeOf } from "../h264/nal.ts";
import { type Depacketiser, type DepacketiserOutput, MAX_FRAME_BYTES } from "./depacketiser.ts";
import { RtpError, type RtpPacket } from "./packet.ts";

/** An access unit (ISO 14496-10 §7.4.1.2.3) as it came by RTP. */
export interface H264Frame {
  /** 32 bits, 90 kHz, as sent. */
  readonly timestamp: number;
  /** Holds an IDR picture. */
  readonly keyframe: boolean;
  /** Slices and SEI, without parameter sets, delimiters and filler. */
  readonly nals: readonly Uint8Array[];
  /** The parameter sets that it is decoded with: the newest that came, or were told in the SDP. */
  readonly sps: readonly Uint8Array[];
  readonly pps: readonly Uint8Array[];
}

/** NAL unit types of RFC 6184 (table 1). */
const STAP_A = 24;
const FU_A = 28;
const FIRST_AGGREGATE = 24;
const MAX_NALS = 1_024;
const DROPPED = new Set<number>([NalType.aud, NalType.filler, NalType.endOfSequence, NalType.endOfStream]);

interface Assembly {
  readonly timestamp: number;
  readonly nals: Uint8Array[];
  bytes: number;
  /** A fragmented unit that has begun and not ended. */
  fragments: Uint8Array[] | undefined;
}

/**
 * RFC 6184, packetisation modes 0 and 1: single NAL units, STAP-A and FU-A. What follows a loss is left
 * out up to the next IDR picture, for it refers to what is missing.
 */
export class H264Depacketiser implements Depacketiser {
  #frame: Assembly | undefined;
  #awaitsKeyframe = true;
  /** The picture at this timestamp is broken: what else comes of it is passed over. */
  #skipped: number | undefined;
  #sps: readonly Uint8Array[] = [];
  #pps: readonly Uint8Array[] = [];
  /** The sender puts parameter sets before each keyframe: one without has lost them. */
  #repeatsSets = false;

  /** @param parameterSets of the SDP (`sprop-parameter-sets`), for senders that do not repeat them */
  constructor(
    private readonly output: DepacketiserOutput<H264Frame>,
    parameterSets: readonly Uint8Array[] = [],
  ) {
    this.#learn(parameterSets);
  }

  push(packet: RtpPacket): void {
    const { timestamp, payload, marker } = packet;
    if (this.#skipped !== undefined && this.#skipped !== timestamp) this.#skipped = undefined;
    // Its marker was lost, or never set.
    if (this.#frame !== undefined && this.#frame.timestamp !== timestamp) this.#finish();
    if (payload.length > 0 && this.#skipped === undefined) {
      this.#frame ??= { timestamp, nals: [], bytes: 0, fragments: undefined };
      try {
        this.#take(this.#frame, payload);
      } catch (error) {
        if (!(error instanceof RtpError)) throw error;
        this.#skipped = timestamp;
        this.lost();
      }
    }
    if (marker) this.#finish();
  }

  lost(): void {
    if (this.#frame !== undefined) this.#skipped = this.#frame.timestamp;
    this.#frame = undefined;
    this.#awaitsKeyframe = true;
    this.output.broken();
  }

  #take(frame: Assembly, payload: Uint8Array): void {
    frame.bytes += payload.length;
    if (frame.bytes > MAX_FRAME_BYTES || frame.nals.length > MAX_NALS) throw new RtpError("frame too large");
    const type = nalTypeOf(payload);
    if (type === FU_A) {
      this.#fragment(frame, payload);
      return;
    }
    if (frame.fragments !== undefined) throw new RtpError("a fragmented unit has no end");
    if (type === STAP_A) aggregated(payload, frame.nals);
    else if (type >= 1 && type < FIRST_AGGREGATE) frame.nals.push(payload);
    else throw new RtpError(`NAL unit type ${type}`);
  }

  /** §5.8 */
  #fragment(frame: Assembly, payload: Uint8Array): void {
    const header = payload[1];
    if (header === undefined || payload.length < 3) throw new RtpError("an empty fragment");
    const isFirst = (header & 0x80) !== 0;
    if (isFirst !== (frame.fragments === undefined)) throw new RtpError("a fragment is missing");
    if (isFirst) frame.fragments = [Uint8Array.of(((payload[0] ?? 0) & 0xe0) | (header & 0x1f))];
    frame.fragments?.push(payload.subarray(2));
    if ((header & 0x40) === 0) return;
    frame.nals.push(Buffer.concat(frame.fragments ?? []));
    frame.fragments = undefined;
  }

  #finish(): void {
    const frame = this.#frame;
    this.#frame = undefined;
    if (frame === undefined) return;
    const ownSets = this.#learn(frame.nals);
    const nals = frame.nals.filter((nal) => !isParameterSet(nal) && !DROPPED.has(nalTypeOf(nal)));
    const slices = nals.filter(isSlice);
    // Parameter sets may come by themselves.
    if (slices.length === 0 && frame.fragments === undefined) return;
    const keyframe = slices.some((nal) => nalTypeOf(nal) === NalType.idr);
    if (keyframe && ownSets) this.#repeatsSets = true;
    const decodable = this.#sps.length > 0 && this.#pps.length > 0 && (ownSets || !this.#repeatsSets);
    if (frame.fragments !== undefined || !slices.some(isFirstSlice)) this.#awaitsKeyframe = true;
    else if (keyframe) this.#awaitsKeyframe = !decodable;
    if (this.#awaitsKeyframe) this.output.broken();
    else this.output.frame({ timestamp: frame.timestamp, keyframe, nals, sps: this.#sps, pps: this.#pps });
  }

  /** Whether there were any. */
  #learn(nals: readonly Uint8Array[]): boolean {
    const sps = nals.filter((nal) => nalTypeOf(nal) === NalType.sps);
    const pps = nals.filter((nal) => nalTypeOf(nal) === NalType.pps);
    if (sps.length > 0 && !sameSets(sps, this.#sps)) this.#sps = sps.map((nal) => Buffer.from(nal));
    if (pps.length > 0 && !sameSets(pps, this.#pps)) this.#pps = pps.map((nal) => Buffer.from(nal));
    return sps.length > 0;
  }
}

/** §5.7.1 */
function aggregated(payload: Uint8Array, into: Uint8Array[]): void {
  for (let at = 1; at < payload.length; ) {
    if (at + 2 > payload.length) throw new RtpError("truncated aggregate");
    const size = (payload[at] ?? 0) * 256 + (payload[at + 1] ?? 0);
    at += 2;
    if (size === 0 || at + size > payload.length) throw new RtpError("truncated aggregate");
    into.push(payload.subarray(at, at + size));
    at += size;
  }
}

function isParameterSet(nal: Uint8Array): boolean {
  const type = nalTypeOf(nal);
  return type === NalType.sps || type === NalType.pps || type === NalType.spsExtension;
}

const isSlice = (nal: Uint8Array): boolean => nalTypeOf(nal) >= 1 && nalTypeOf(nal) <= NalType.idr;

/** first_mb_in_slice is 0, one bit as ue(v) (ISO 14496-10 §7.3.3): the picture has its beginning. */
const isFirstSlice = (nal: Uint8Array): boolean => ((nal[1] ?? 0) & 0x80) !== 0;

const sameSets = (a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean =>
  a.length === b.length && a.every((set, i) => Buffer.compare(set, b[i] as Uint8Array) === 0);
