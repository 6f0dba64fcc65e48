import { writeAnswer } from "@footlight/protocols/sdp/answer.ts";
import type { SdpOffer } from "@footlight/protocols/sdp/offer-types.ts";
import type { PublisherTerms, SourceMedium } from "@footlight/protocols/sdp/terms.ts";
import type { Producer } from "mediasoup/types";
import type { Clock } from "../platform/clock.ts";
import type { RtcClock, RtcEnd, RtcMedium, RtcPublication, RtcPublicationOutput } from "../stream/rtc.ts";
import { asRefusal, PeerTransport, type PeerTransportOptions } from "./peer-transport.ts";
import { asRoomTakes, asSource, asUnseen } from "./room-codecs.ts";
import { Tap } from "./tap.ts";
import { relayVp8 } from "./vp8-relay.ts";

export interface PublicationOptions extends PeerTransportOptions {
  readonly offer: SdpOffer;
  readonly terms: PublisherTerms;
  readonly clock: Clock;
  readonly onClock: (clock: RtcClock) => void;
}

/** Between two keyframe requests to an encoder; in between they are one. */
export const KEYFRAME_REQUEST_MS = 500;

/** One who publishes by WHIP: producers for who watches, and a tap for who turns them into units. */
export class Publication implements RtcPublication {
  static async create(options: PublicationOptions): Promise<Publication> {
    const { offer, terms, router, clock, onClock } = options;
    const peer = await PeerTransport.create(options);
    let tap: Tap | undefined;
    try {
      const producers: Producer[] = [];
      const own: Producer[] = [];
      for (const { kind, rtp, bareVp8 } of terms.media) {
        const producer = await peer.transport.produce({
          kind,
          rtpParameters: { ...rtp, codecs: bareVp8 ? asUnseen(rtp.codecs) : asRoomTakes(rtp.codecs) },
          keyFrameRequestDelay: KEYFRAME_REQUEST_MS,
        });
        own.push(producer);
        producers.push(bareVp8 ? await relayVp8(router, producer) : producer);
      }
      const media = terms.media.flatMap(({ kind, rtp }) =>
        rtp.codecs.slice(0, 1).map((codec) => asSource(kind, codec)),
      );
      tap = await Tap.create(router, producers, clock, own);
      const answered = terms.media.map(({ section, rtp }) => ({ section, rtp }));
      const answer = writeAnswer(offer, "recvonly", answered, await peer.local());
      const publication = new Publication(peer, { producers, media }, tap, answer, onClock);
      await peer.connect(offer.dtls, () => {});
      return publication;
    } catch (error) {
      tap?.close();
      peer.end("closing");
      throw asRefusal(error, options.worker);
    }
  }

  private constructor(
    private readonly peer: PeerTransport,
    /** Of the home router, and what they bring. */
    readonly source: { readonly producers: readonly Producer[]; readonly media: readonly SourceMedium[] },
    private readonly tap: Tap,
    readonly answer: string,
    private readonly onClock: (clock: RtcClock) => void,
  ) {
    peer.closed.addEventListener("abort", () => tap.close(), { once: true });
  }

  get iceTag(): string {
    return this.peer.iceTag;
  }

  get closed(): AbortSignal {
    return this.peer.closed;
  }

  get media(): readonly RtcMedium[] {
    return this.tap.media;
  }

  start(output: RtcPublicationOutput): void {
    this.tap.start(output);
  }

  requestKeyframe(): void {
    this.tap.requestKeyframe();
  }

  tellClock(clock: RtcClock): void {
    if (!this.closed.aborted) this.onClock(clock);
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
}
