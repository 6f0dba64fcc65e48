import { writeAnswer } from "@footlight/protocols/sdp/answer.ts";
import { parseOffer } from "@footlight/protocols/sdp/offer.ts";
import { publisherTerms } from "@footlight/protocols/sdp/publisher.ts";
import { viewerTerms } from "@footlight/protocols/sdp/viewer.ts";
import type { Producer, Router, WebRtcServer, WebRtcTransport, Worker } from "mediasoup/types";
import { pino } from "pino";
import { loadMediasoup } from "../apps/server/src/sfu/mediasoup.ts";
import { asRoomMeets, asRoomTakes, asSource, HOME_CODECS } from "../apps/server/src/sfu/room-codecs.ts";

/** Bare mediasoup: one worker, one router, what comes in goes out. What we measure ourselves against. */
export class BareEcho implements AsyncDisposable {
  #producers: readonly Producer[] = [];

  static async create(): Promise<BareEcho> {
    const { spawn } = await loadMediasoup(pino({ level: "warn" }));
    const worker = await spawn();
    const listen = (protocol: "udp" | "tcp") => ({ protocol, ip: "127.0.0.1" }) as const;
    const server = await worker.createWebRtcServer({ listenInfos: [listen("udp"), listen("tcp")] });
    return new BareEcho(worker, server, await worker.createRouter({ mediaCodecs: [...HOME_CODECS] }));
  }

  private constructor(
    readonly worker: Worker,
    private readonly server: WebRtcServer,
    readonly router: Router,
  ) {}

  /** Packets that this process brings, instead of a publisher. */
  produceFrom(producers: readonly Producer[]): void {
    this.#producers = producers;
  }

  async publish(sdp: string): Promise<string> {
    const offer = parseOffer(sdp);
    const { media } = publisherTerms(offer);
    const transport = await this.#transport();
    const producers: Producer[] = [];
    for (const { kind, rtp } of media) {
      producers.push(
        await transport.produce({ kind, rtpParameters: { ...rtp, codecs: asRoomTakes(rtp.codecs) } }),
      );
    }
    for (const old of this.#producers) old.close();
    this.#producers = producers;
    await transport.connect({ dtlsParameters: offer.dtls });
    return writeAnswer(offer, "recvonly", media, local(transport));
  }

  /** The viewer must offer the router's own numbers: Chromium's. */
  async watch(sdp: string): Promise<string> {
    const offer = parseOffer(sdp);
    const sources = this.#producers.flatMap(({ kind, consumableRtpParameters }) =>
      consumableRtpParameters.codecs.slice(0, 1).map((codec) => asSource(kind, codec)),
    );
    const terms = asRoomMeets(viewerTerms(offer, sources));
    const transport = await this.#transport();
    const answered = [];
    for (const { kind, section } of terms.media) {
      const producer = this.#producers.find((one) => one.kind === kind);
      if (producer === undefined) continue;
      const { rtpParameters: rtp } = await transport.consume({
        producerId: producer.id,
        rtpCapabilities: terms.rtpCapabilities,
        enableRtx: true,
        mid: section.mid,
      });
      answered.push({ section, rtp, msid: "bare" });
    }
    await transport.connect({ dtlsParameters: offer.dtls });
    return writeAnswer(offer, "sendonly", answered, local(transport));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.worker.close();
  }

  #transport(): Promise<WebRtcTransport> {
    return this.router.createWebRtcTransport({ webRtcServer: this.server, enableUdp: true });
  }
}

const local = ({ iceParameters, iceCandidates, dtlsParameters }: WebRtcTransport) => ({
  ice: iceParameters,
  candidates: iceCandidates,
  fingerprints: dtlsParameters.fingerprints,
});
