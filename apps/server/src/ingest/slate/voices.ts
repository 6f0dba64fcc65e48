import { opusPacketSamples } from "@footlight/protocols/opus/opus.ts";
import { parseRtpPacket, RtpError } from "@footlight/protocols/rtp/packet.ts";
import { ReorderBuffer } from "@footlight/protocols/rtp/reorder-buffer.ts";

/** 20 ms of nothing (stereo, CELT), as encoders write it themselves. */
const SILENCE = Uint8Array.of(0xfc, 0xff, 0xfe);
/** A header of its own and nothing to hear (RFC 7587 §3.1.3). */
const SILENT_BYTES = 2;
/** Kept in hand before a voice begins, for packets that come unevenly. */
const PRIMED_PACKETS = 3;
/** A voice that lags further behind than this, its clock being quicker than ours, is brought up again. */
const MAX_PACKETS = 12;

/** A piece of one voice, or of silence, for one place of the mix. */
export interface Piece {
  readonly place: number;
  /** Since the beginning, at 48 kHz. */
  readonly atSample: number;
  readonly opus: Uint8Array;
}

interface Voice {
  readonly place: number;
  readonly lane: ReorderBuffer<Uint8Array>;
  readonly queue: Uint8Array[];
  primed: boolean;
}

/**
 * Opus packets that come when they like, as a fixed number of unbroken tracks: a mixer that reads them in
 * step waits for none. Pure: time comes with the calls.
 */
export class Voices {
  readonly #voices = new Map<string, Voice>();
  /** How far each place has been given out. */
  readonly #given: number[];

  constructor(places: number) {
    this.#given = Array.from({ length: places }, () => 0);
  }

  rtp(name: string, packet: Uint8Array, atMs: number): void {
    const voice = this.#voices.get(name) ?? this.#enter(name);
    if (voice === undefined) return;
    try {
      // A copy: its bytes are lent.
      const { sequenceNumber, payload } = parseRtpPacket(Uint8Array.prototype.slice.call(packet));
      voice.lane.push(sequenceNumber, payload, atMs);
    } catch (error) {
      if (!(error instanceof RtpError)) throw error;
    }
  }

  left(name: string): void {
    this.#voices.delete(name);
  }

  /** Everything up to a moment, in the order of time. */
  take(untilSample: number): Piece[] {
    const pieces: Piece[] = [];
    const speaking = new Map([...this.#voices.values()].map((voice) => [voice.place, voice]));
    for (const [place, from] of this.#given.entries()) {
      let atSample = from;
      while (atSample < untilSample) {
        const opus = next(speaking.get(place)) ?? SILENCE;
        pieces.push({ place, atSample, opus });
        atSample += opusPacketSamples(opus) ?? 0;
      }
      this.#given[place] = atSample;
    }
    return pieces.sort((a, b) => a.atSample - b.atSample);
  }

  /** Undefined where no place is free. */
  #enter(name: string): Voice | undefined {
    const taken = new Set([...this.#voices.values()].map(({ place }) => place));
    const place = this.#given.findIndex((_, index) => !taken.has(index));
    if (place === -1) return undefined;
    const queue: Uint8Array[] = [];
    const lane = new ReorderBuffer<Uint8Array>({
      item: (opus) => {
        if (opus.length <= SILENT_BYTES || opusPacketSamples(opus) === undefined) return;
        queue.push(opus);
        if (queue.length > MAX_PACKETS) queue.splice(0, queue.length - PRIMED_PACKETS);
      },
      lost: () => {},
    });
    const voice = { place, lane, queue, primed: false };
    this.#voices.set(name, voice);
    return voice;
  }
}

function next(voice: Voice | undefined): Uint8Array | undefined {
  if (voice === undefined) return undefined;
  voice.primed = voice.queue.length > 0 && (voice.primed || voice.queue.length >= PRIMED_PACKETS);
  return voice.primed ? voice.queue.shift() : undefined;
}
