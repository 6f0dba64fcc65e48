import { writeAnswer } from "@footlight/protocols/sdp/answer.ts";
import { parseOffer } from "@footlight/protocols/sdp/offer.ts";
import { publisherTerms } from "@footlight/protocols/sdp/publisher.ts";
import type { LocalTransport } from "@footlight/protocols/sdp/terms.ts";
import type { RealtimeResult, TransportTerms } from "@footlight/shared";
import type { RtpCapabilities, RtpParameters } from "mediasoup/types";
import {
  useAudioLevelIndication as audioLevelIndication,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  RtpHeader,
  RtpPacket,
  useSdesMid as sdesMid,
} from "werift";
import type { RealtimeClient } from "../src/testing/realtime-client.ts";
import { WeriftPublisher, WeriftViewer } from "../src/testing/werift-peer.ts";

/**
 * A participant's media through /realtime, by a WebRTC stack of somebody else's. What mediasoup-client does in
 * a browser is done here by our own SDP functions from the other end: the stack offers, and the answer is
 * written of what the server said.
 */

type Sources = { readonly audio: "microphone"; readonly video: "camera" };
const SOURCES: Sources = { audio: "microphone", video: "camera" };

const localOf = (terms: TransportTerms): LocalTransport => ({
  ice: terms.iceParameters as LocalTransport["ice"],
  candidates: terms.iceCandidates as LocalTransport["candidates"],
  fingerprints: terms.dtlsParameters.fingerprints,
});

/** Sends a camera and a microphone. */
export class StageSender implements AsyncDisposable {
  private constructor(
    readonly stack: WeriftPublisher,
    /** Ids of the producers. */
    readonly producers: { readonly audio: string; readonly video: string },
  ) {}

  static async start(client: RealtimeClient): Promise<StageSender> {
    const stack = new WeriftPublisher();
    const offer = parseOffer(await stack.offer());
    const { media } = publisherTerms(offer);
    const terms = await client.request("stage.createTransport", { direction: "send" });
    await client.request("stage.connectTransport", { transportId: terms.id, dtlsParameters: offer.dtls });
    await stack.answer(writeAnswer(offer, "recvonly", media, localOf(terms)));
    const produce = async (kind: "audio" | "video") => {
      const rtpParameters = media.find((medium) => medium.kind === kind)?.rtp;
      const asked = { transportId: terms.id, kind, source: SOURCES[kind], rtpParameters };
      return (await client.request("stage.produce", asked)).producerId;
    };
    const producers = { audio: await produce("audio"), video: await produce("video") };
    await stack.connected();
    stack.start();
    return new StageSender(stack, producers);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stack[Symbol.asyncDispose]();
  }
}

/** Receives one participant's (or the programme's) sound and picture. */
export class StageReceiver implements AsyncDisposable {
  private constructor(
    readonly stack: WeriftViewer,
    readonly consumerIds: readonly string[],
  ) {}

  static async start(
    client: RealtimeClient,
    { routerRtpCapabilities: router }: Pick<RealtimeResult<"stage.join">, "routerRtpCapabilities">,
    producerIds: readonly string[],
  ): Promise<StageReceiver> {
    // A consumer has the router's numbers: mediasoup-client offers them, so this stack does.
    const numberOf = (mimeType: string) =>
      router.codecs?.find((codec) => codec.mimeType.toLowerCase() === mimeType)?.preferredPayloadType ?? 0;
    const stack = new WeriftViewer({
      audioPayloadType: numberOf("audio/opus"),
      videoPayloadType: numberOf("video/h264"),
    });
    const offer = parseOffer(await stack.offer());
    const terms = await client.request("stage.createTransport", { direction: "receive" });
    await client.request("stage.connectTransport", { transportId: terms.id, dtlsParameters: offer.dtls });
    const rtpCapabilities = withoutRtx(router as RtpCapabilities);
    const asked = { transportId: terms.id, producerIds, rtpCapabilities };
    const { consumers, missing } = await client.request("stage.consume", asked);
    if (missing.length > 0) throw new Error(`not for us: ${missing.join(", ")}`);
    const answered = offer.sections.flatMap((section) => {
      const consumer = consumers.find(({ kind }) => kind === section.kind);
      return consumer === undefined
        ? []
        : [{ section, rtp: consumer.rtpParameters as RtpParameters, msid: "them" }];
    });
    await stack.answer(writeAnswer(offer, "sendonly", answered, localOf(terms)));
    await stack.connected();
    const consumerIds = consumers.map(({ id }) => id);
    await client.request("stage.resumeConsumers", { consumerIds });
    return new StageReceiver(stack, consumerIds);
  }

  async flows(): Promise<void> {
    await Promise.all([this.stack.receives("video", 10), this.stack.receives("audio", 10)]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stack[Symbol.asyncDispose]();
  }
}

const AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

/** A microphone that says how loud it is (RFC 6464): 20 dB below the loudest. */
export class StageVoice implements AsyncDisposable {
  #timer: NodeJS.Timeout | undefined;

  private constructor(private readonly pc: RTCPeerConnection) {}

  /** @param opus 20 ms each, over and over; without, what nobody can decode */
  static async start(
    client: RealtimeClient,
    opus: readonly Buffer[] = [Buffer.alloc(80, 7)],
  ): Promise<StageVoice> {
    const pc = new RTCPeerConnection({
      iceServers: [{ urls: "stun:127.0.0.1:9" }],
      iceUseIpv6: false,
      iceAdditionalHostAddresses: ["127.0.0.1"],
      codecs: {
        audio: [
          new RTCRtpCodecParameters({
            mimeType: "audio/opus",
            clockRate: 48_000,
            channels: 2,
            payloadType: 111,
          }),
        ],
      },
      headerExtensions: { audio: [sdesMid(), audioLevelIndication()] },
    });
    const { sender } = pc.addTransceiver("audio", { direction: "sendonly" });
    await pc.setLocalDescription(await pc.createOffer());
    const offer = parseOffer(pc.localDescription?.sdp ?? "");
    const { media } = publisherTerms(offer);
    const [microphone] = media;
    const { id } = microphone?.rtp.headerExtensions?.find(({ uri }) => uri === AUDIO_LEVEL) ?? { id: 0 };
    const terms = await client.request("stage.createTransport", { direction: "send" });
    await client.request("stage.connectTransport", { transportId: terms.id, dtlsParameters: offer.dtls });
    const answer = writeAnswer(offer, "recvonly", media, localOf(terms));
    await pc.setRemoteDescription({ type: "answer", sdp: answer });
    const asked = { transportId: terms.id, kind: "audio", source: "microphone" };
    await client.request("stage.produce", { ...asked, rtpParameters: microphone?.rtp });
    const voice = new StageVoice(pc);
    let count = 0;
    voice.#timer = setInterval(() => {
      count += 1;
      const header = new RtpHeader({
        sequenceNumber: count & 0xffff,
        timestamp: count * 960,
        payloadType: 111,
      });
      header.extension = true;
      header.extensions = [{ id, payload: Buffer.from([0x80 | 20]) }];
      void sender.sendRtp(new RtpPacket(header, opus[count % opus.length] as Buffer));
    }, 20);
    return voice;
  }

  silence(): void {
    clearInterval(this.#timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.silence();
    await this.pc.close();
  }
}

function withoutRtx(capabilities: RtpCapabilities): RtpCapabilities {
  const codecs = (capabilities.codecs ?? []).filter(({ mimeType }) => !mimeType.endsWith("/rtx"));
  return { codecs, headerExtensions: [] };
}
