import type { MediaSource, RtpParameters } from "@footlight/shared";
import type { types as mediasoup } from "mediasoup-client";
import { openTransport, type TransportParts } from "./transport-link.ts";

export interface SentTrack {
  readonly track: MediaStreamTrack;
  readonly paused: boolean;
}

const ENCODINGS: Partial<Record<MediaSource, mediasoup.RtpEncodingParameters[]>> = {
  camera: [{ maxBitrate: 1_500_000 }],
  screen: [{ maxBitrate: 2_500_000 }],
};
const OPUS = { opusDtx: true, opusFec: true } as const;

/** Our own media on their way to the stage. */
export class Sending {
  readonly #producers = new Map<MediaSource, mediasoup.Producer>();
  #transport: mediasoup.Transport | undefined;
  #closed = false;

  constructor(private readonly parts: TransportParts) {}

  /** Null: not on stage, where the server has ended everything itself. */
  async apply(wanted: ReadonlyMap<MediaSource, SentTrack> | null): Promise<void> {
    if (wanted === null) {
      this.#drop();
      return;
    }
    for (const [source, producer] of [...this.#producers]) {
      if (!wanted.has(source)) await this.#end(source, producer);
    }
    for (const [source, sent] of wanted) {
      if (sent.track.readyState === "live") await this.#apply(source, sent);
    }
  }

  close(): void {
    this.#closed = true;
    this.#drop();
  }

  #drop(): void {
    this.#transport?.close();
    this.#transport = undefined;
    this.#producers.clear();
  }

  async #apply(source: MediaSource, { track, paused }: SentTrack): Promise<void> {
    const producer = this.#producers.get(source);
    if (producer === undefined) {
      await this.#begin(source, { track, paused });
      return;
    }
    if (producer.track !== track) await producer.replaceTrack({ track });
    if (producer.paused === paused) return;
    if (paused) producer.pause();
    else producer.resume();
    const params = { producerId: producer.id, paused };
    await this.parts.realtime.request("stage.setProducerPaused", params);
  }

  async #begin(source: MediaSource, { track, paused }: SentTrack): Promise<void> {
    this.#transport ??= await this.#open();
    const encodings = ENCODINGS[source];
    const producer = await this.#transport.produce({
      track,
      // The track is its device's, which ends it.
      stopTracks: false,
      disableTrackOnPause: false,
      ...(encodings && { encodings }),
      ...(track.kind === "audio" && { codecOptions: OPUS }),
      appData: { source, paused },
    });
    if (paused) producer.pause();
    this.#producers.set(source, producer);
    producer.on("transportclose", () => this.#producers.delete(source));
  }

  async #end(source: MediaSource, producer: mediasoup.Producer): Promise<void> {
    producer.close();
    this.#producers.delete(source);
    await this.parts.realtime.request("stage.closeProducer", { producerId: producer.id });
  }

  async #open(): Promise<mediasoup.Transport> {
    const { realtime } = this.parts;
    const transport = await openTransport("send", this.parts, () => this.#closed);
    transport.on("produce", ({ kind, rtpParameters, appData }, done, failed) => {
      realtime
        .request("stage.produce", {
          transportId: transport.id,
          kind,
          source: appData["source"] as MediaSource,
          rtpParameters: rtpParameters as RtpParameters,
          paused: appData["paused"] === true,
        })
        .then(({ producerId }) => done({ id: producerId }), failed);
    });
    return transport;
  }
}
