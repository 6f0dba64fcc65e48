import type { RtpCapabilities } from "@footlight/shared";
import type { types as mediasoup } from "mediasoup-client";
import { openTransport, type TransportParts } from "./transport-link.ts";

/** How often a producer that the server does not give us is asked for again. */
const TRIES = 8;

/** The media of others that come to us. */
export class Receiving {
  readonly #consumers = new Map<string, mediasoup.Consumer>();
  readonly #tries = new Map<string, number>();
  #transport: mediasoup.Transport | undefined;
  #closed = false;

  constructor(private readonly parts: TransportParts) {}

  /** By producer id. */
  get tracks(): ReadonlyMap<string, MediaStreamTrack> {
    return new Map([...this.#consumers].map(([producerId, { track }]) => [producerId, track]));
  }

  /** Resolves to whether some are still missing, and worth asking for again. */
  async apply(wanted: ReadonlySet<string>): Promise<boolean> {
    await this.#drop(wanted);
    const asked = [...wanted].filter((id) => !this.#consumers.has(id) && (this.#tries.get(id) ?? 0) < TRIES);
    if (asked.length === 0) return false;
    // Not before: the server lets go of a way over which nothing comes about.
    this.#transport ??= await openTransport("receive", this.parts, () => this.#closed);
    const transport = this.#transport;
    const { consumers, missing } = await this.parts.realtime.request("stage.consume", {
      transportId: transport.id,
      producerIds: asked.slice(0, 64),
      rtpCapabilities: this.parts.device.recvRtpCapabilities as RtpCapabilities,
    });
    for (const id of missing) this.#tries.set(id, (this.#tries.get(id) ?? 0) + 1);
    if (consumers.length === 0) return missing.length > 0;
    const made = await Promise.all(
      consumers.map(({ id, producerId, kind, rtpParameters }) =>
        transport.consume({ id, producerId, kind, rtpParameters: rtpParameters as mediasoup.RtpParameters }),
      ),
    );
    for (const consumer of made) {
      this.#consumers.set(consumer.producerId, consumer);
      hurry(consumer.rtpReceiver);
    }
    await this.parts.realtime.request("stage.resumeConsumers", { consumerIds: made.map(({ id }) => id) });
    return missing.length > 0;
  }

  close(): void {
    this.#closed = true;
    this.#transport?.close();
    this.#consumers.clear();
  }

  async #drop(wanted: ReadonlySet<string>): Promise<void> {
    const gone = [...this.#consumers].filter(([producerId]) => !wanted.has(producerId));
    for (const [producerId, consumer] of gone) {
      consumer.close();
      this.#consumers.delete(producerId);
    }
    for (const id of this.#tries.keys()) if (!wanted.has(id)) this.#tries.delete(id);
    if (gone.length === 0) return;
    const consumerIds = gone.map(([, { id }]) => id);
    await this.parts.realtime.request("stage.closeConsumers", { consumerIds });
  }
}

/** People who talk with each other would rather miss a frame than wait for it. */
function hurry(receiver: RTCRtpReceiver | undefined): void {
  if (receiver !== undefined && "jitterBufferTarget" in receiver) receiver.jitterBufferTarget = 0;
}
