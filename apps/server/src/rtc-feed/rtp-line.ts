import { packetiseH264 } from "@footlight/protocols/rtp/h264-packetiser.ts";
import { buildRtpPacket, RTP_HEADER_LENGTH } from "@footlight/protocols/rtp/packet.ts";
import type { RtcFeedSink, RtcFeedTerms } from "../stream/rtc.ts";

/** RTP packet with what the SFU adds for a viewer; with SRTP, UDP and IPv6 it stays below 1280 (RFC 8200 §5). */
const MTU = 1_200;
/** For the header extensions that the SFU writes (mid, abs-send-time, transport-cc, abs-capture-time). */
const EXTENSIONS = 36;
const MAX_PAYLOAD = MTU - EXTENSIONS - RTP_HEADER_LENGTH;

type Send = RtcFeedSink["send"];

/** The numbering of one medium's packets; goes on through all that happens to what feeds it. */
class Numbering {
  #sequenceNumber = 0;

  constructor(private readonly terms: RtcFeedTerms) {}

  packet(payload: Uint8Array, timestamp: number, marker: boolean): Uint8Array {
    const { payloadType, ssrc } = this.terms;
    const sequenceNumber = this.#sequenceNumber++;
    return buildRtpPacket({ payloadType, ssrc, sequenceNumber, timestamp, marker, payload });
  }
}

/** Pictures as RTP of 90 kHz: timestamps are the stream's timeline. */
export class PictureRtp {
  readonly #numbering: Numbering;
  #last90k = Number.NEGATIVE_INFINITY;

  constructor(
    terms: RtcFeedTerms,
    private readonly send: Send,
  ) {
    this.#numbering = new Numbering(terms);
  }

  /** One access unit's NAL units, parameter sets included. What is not after the last one is left out. */
  frame(pts90k: number, nals: readonly Uint8Array[]): void {
    if (pts90k <= this.#last90k) return;
    this.#last90k = pts90k;
    const payloads = packetiseH264(nals, MAX_PAYLOAD);
    payloads.forEach((payload, i) => {
      this.send("video", this.#numbering.packet(payload, pts90k, i === payloads.length - 1));
    });
  }
}

/** Opus counts 48 kHz, whatever it holds (RFC 7587 §4.1). */
const OPUS_TICKS = 48_000 / 90_000;
/** Sound further off than this has a real gap, which its timestamps then say; less is rounding. */
const GAP_SAMPLES = 480;

/** Opus packets as RTP: without a gap their timestamps count samples, as receivers expect. */
export class SoundRtp {
  readonly #numbering: Numbering;
  #next: number | undefined;
  #last = Number.NEGATIVE_INFINITY;

  constructor(
    terms: RtcFeedTerms,
    private readonly send: Send,
  ) {
    this.#numbering = new Numbering(terms);
  }

  /** @param samples at 48 kHz that the packet holds */
  packet(pts90k: number, samples: number, opus: Uint8Array): void {
    const exact = pts90k * OPUS_TICKS;
    const follows = this.#next !== undefined && Math.abs(exact - this.#next) <= GAP_SAMPLES;
    const timestamp = follows ? (this.#next as number) : Math.round(exact);
    if (timestamp <= this.#last) return;
    this.#last = timestamp;
    this.#next = timestamp + samples;
    this.send("audio", this.#numbering.packet(opus, timestamp, !follows));
  }
}
