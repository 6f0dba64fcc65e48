import type { Consumer, DirectTransport, Producer, Router } from "mediasoup/types";
import { withoutEstimation } from "../tap.ts";

export interface VoicesTapOutput {
  /** An RTP packet; its bytes are lent. */
  rtp(voice: string, packet: Uint8Array): void;
  left(voice: string): void;
}

/** Microphones' packets out of the worker, each by itself, for who mixes them. */
export class VoicesTap {
  readonly #closed = new AbortController();

  static async create(router: Router, output: VoicesTapOutput): Promise<VoicesTap> {
    // Data messages, which are what this bounds, never come.
    return new VoicesTap(router, await router.createDirectTransport({ maxMessageSize: 262_144 }), output);
  }

  private constructor(
    private readonly router: Router,
    private readonly transport: DirectTransport,
    private readonly output: VoicesTapOutput,
  ) {
    transport.observer.once("close", () => this.#closed.abort());
  }

  /** Aborted with its room, or after `close`. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** Until the producer closes. One that is gone already is left out. */
  async add(producer: Producer): Promise<void> {
    let consumer: Consumer;
    try {
      consumer = await this.transport.consume({
        producerId: producer.id,
        rtpCapabilities: withoutEstimation(this.router.rtpCapabilities),
      });
    } catch (error) {
      if (producer.closed || this.transport.closed) return;
      throw error;
    }
    consumer.on("rtp", (packet) => this.output.rtp(producer.id, packet));
    consumer.observer.once("close", () => this.output.left(producer.id));
    if (consumer.closed) this.output.left(producer.id);
  }

  close(): void {
    this.transport.close();
  }
}
