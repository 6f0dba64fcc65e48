import { buildRtpPacket } from "@footlight/protocols/rtp/packet.ts";
import type { RtcFeedTerms, RtcKind } from "../apps/server/src/stream/rtc.ts";

const FPS = 30;
const VIDEO_BPS = 1_000_000;
const PACKET_BYTES = 1_100;
const GOP_FRAMES = 60;
const SOUND_MS = 20;
const SOUND_BYTES = 240;
/** An SPS, by which the worker knows a keyframe, and a slice. */
const KEY = 0x67;
const SLICE = 0x41;

/** The packets of a stream of 1 Mbit/s and sound of 96 kbit/s, in real time. */
export class RtcPackets {
  #sequence = { video: 0, audio: 0 };
  #frames = 0;
  #sounds = 0;

  constructor(private readonly terms: Readonly<Record<RtcKind, RtcFeedTerms>>) {}

  /** Until the process ends. */
  start(send: (kind: RtcKind, packet: Uint8Array) => void): void {
    const beganMs = performance.now();
    setInterval(() => {
      const atMs = performance.now() - beganMs;
      for (; (this.#frames * 1_000) / FPS <= atMs; this.#frames += 1) this.#frame(send);
      for (; this.#sounds * SOUND_MS <= atMs; this.#sounds += 1) {
        this.#send(send, "audio", this.#sounds * 960, Buffer.alloc(SOUND_BYTES, 7), true);
      }
    }, 5);
  }

  #frame(send: (kind: RtcKind, packet: Uint8Array) => void): void {
    const packets = Math.ceil(VIDEO_BPS / 8 / FPS / PACKET_BYTES);
    const bytes = Math.round(VIDEO_BPS / 8 / FPS / packets);
    for (let index = 0; index < packets; index += 1) {
      const payload = Buffer.alloc(bytes, 1);
      payload[0] = this.#frames % GOP_FRAMES === 0 && index === 0 ? KEY : SLICE;
      this.#send(send, "video", this.#frames * 3_000, payload, index === packets - 1);
    }
  }

  #send(
    send: (kind: RtcKind, packet: Uint8Array) => void,
    kind: RtcKind,
    timestamp: number,
    payload: Buffer,
    marker: boolean,
  ): void {
    const sequenceNumber = this.#sequence[kind];
    this.#sequence[kind] = (sequenceNumber + 1) & 0xffff;
    send(kind, buildRtpPacket({ ...this.terms[kind], marker, sequenceNumber, timestamp, payload }));
  }
}
