import { writeAnswer } from "@footlight/protocols/sdp/answer.ts";
import type { SdpOffer } from "@footlight/protocols/sdp/offer-types.ts";
import type { AnsweredMedium, ViewerTerms } from "@footlight/protocols/sdp/terms.ts";
import { capabilitiesFor } from "@footlight/protocols/sdp/viewer.ts";
import type { Consumer, Producer } from "mediasoup/types";
import type { RtcEnd, RtcSession } from "../stream/rtc.ts";
import { LayerPilot } from "./layer-pilot.ts";
import { asRefusal, PeerTransport, type PeerTransportOptions } from "./peer-transport.ts";

export interface ViewerOptions extends PeerTransportOptions {
  readonly offer: SdpOffer;
  readonly terms: ViewerTerms;
  /** Of the router, each of the kinds that the terms have. */
  readonly producers: readonly Producer[];
  /** Names the programme: sound and picture of one id are played in sync. */
  readonly msid: string;
  /** Keys are there. */
  readonly onConnected?: () => void;
}

/** How often a viewer of simulcast is looked at who gives no new score. */
const PILOT_MS = 5_000;

/** One who watches by WHEP. */
export class Viewer implements RtcSession {
  #pilotTimer: NodeJS.Timeout | undefined;

  static async create(options: ViewerOptions): Promise<Viewer> {
    const peer = await PeerTransport.create(options);
    try {
      const { offer, terms, producers } = options;
      const consumers: Consumer[] = [];
      const answered: AnsweredMedium[] = [];
      for (const { section, kind } of terms.media) {
        const producer = producers.find((one) => one.kind === kind);
        if (producer === undefined) continue;
        const consumer = await peer.transport.consume({
          producerId: producer.id,
          rtpCapabilities: capabilitiesFor(kind, terms),
          // Kept for NACK alone: RTX's payload types cannot be chosen.
          enableRtx: true,
          mid: section.mid,
          // A first keyframe must not be sent to a client that has no keys yet.
          paused: true,
        });
        consumers.push(consumer);
        answered.push({ section, rtp: consumer.rtpParameters, msid: options.msid });
      }
      const viewer = new Viewer(
        peer,
        consumers,
        writeAnswer(offer, "sendonly", answered, await peer.local()),
      );
      await peer.connect(offer.dtls, () => {
        options.onConnected?.();
        viewer.#begin();
      });
      return viewer;
    } catch (error) {
      peer.end("closing");
      throw asRefusal(error, options.worker);
    }
  }

  private constructor(
    private readonly peer: PeerTransport,
    private readonly consumers: readonly Consumer[],
    readonly answer: string,
  ) {
    peer.closed.addEventListener("abort", () => clearInterval(this.#pilotTimer), { once: true });
  }

  get iceTag(): string {
    return this.peer.iceTag;
  }

  get closed(): AbortSignal {
    return this.peer.closed;
  }

  restartIce(fragment: string): Promise<string> {
    return this.peer.restartIce(fragment, this.answer);
  }

  close(): void {
    this.end("left");
  }

  end(reason: RtcEnd): void {
    this.peer.end(reason);
  }

  /** Keys are there: each consumer that resumes asks for a keyframe, which the producer throttles. */
  #begin(): void {
    for (const consumer of this.consumers) {
      // It fails where the session ended meanwhile.
      consumer.resume().catch(() => {});
      if (consumer.type === "simulcast" && !estimatesBandwidth(consumer)) this.#pilot(consumer);
    }
  }

  #pilot(consumer: Consumer): void {
    const layers = consumer.preferredLayers?.spatialLayer ?? 0;
    const pilot = new LayerPilot({ layers: layers + 1, nowMs: performance.now() });
    const look = () => {
      const spatialLayer = pilot.score(consumer.score.score, performance.now());
      if (spatialLayer !== undefined) consumer.setPreferredLayers({ spatialLayer }).catch(() => {});
    };
    consumer.on("score", look);
    this.#pilotTimer = setInterval(look, PILOT_MS);
  }
}

/** The worker does where client and router mean the same extension by an id, and then chooses layers itself. */
function estimatesBandwidth(consumer: Consumer): boolean {
  return consumer.rtpParameters.codecs.some((codec) =>
    (codec.rtcpFeedback ?? []).some(({ type }) => type === "transport-cc" || type === "goog-remb"),
  );
}
