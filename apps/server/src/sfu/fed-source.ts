import { randomInt } from "node:crypto";
import type { SourceMedium } from "@footlight/protocols/sdp/terms.ts";
import type { DirectTransport, Producer, Router } from "mediasoup/types";
import type { RtcFeedMedia, RtcFeedTerms, RtcKind } from "../stream/rtc.ts";
import { KEYFRAME_REQUEST_MS } from "./publication.ts";
import { asSource, H264, OPUS } from "./room-codecs.ts";

/** What a feed's packets carry. Its feed keeps sending the same when its worker has been replaced. */
export interface FeedNumbers {
  readonly video: RtcFeedTerms;
  readonly audio: RtcFeedTerms;
}

/** RTCP payload-specific feedback (RFC 4585 §6.3.1, RFC 5104 §4.3.1). */
const PSFB = 206;
const PLI = 1;
const FIR = 4;

export function newFeedNumbers(): FeedNumbers {
  const terms = (payloadType = 0): RtcFeedTerms => ({ payloadType, ssrc: randomInt(1, 2 ** 32) });
  return { video: terms(H264.preferredPayloadType), audio: terms(OPUS.preferredPayloadType) };
}

/** Producers of packets that this process brings, on one router. */
export class FedSource {
  static async create(
    router: Router,
    media: RtcFeedMedia,
    options: { readonly numbers: FeedNumbers; readonly keyframeWanted: () => void },
  ): Promise<FedSource> {
    const transport = await router.createDirectTransport({ maxMessageSize: 262_144 });
    transport.on("rtcp", (packet) => {
      if (asksForKeyframe(packet)) options.keyframeWanted();
    });
    try {
      const producers: Producer[] = [];
      const brought: SourceMedium[] = [];
      const wanted = [
        {
          there: media.video,
          codec: H264,
          terms: options.numbers.video,
          own: { "profile-level-id": media.video?.profileLevelId },
        },
        { there: media.audio, codec: OPUS, terms: options.numbers.audio, own: {} },
      ];
      for (const { there, codec, terms, own } of wanted) {
        if (there === undefined) continue;
        const { kind, mimeType, clockRate, channels, parameters } = codec;
        brought.push(asSource(kind, { ...codec, parameters: { ...parameters, ...own } }));
        producers.push(
          await transport.produce({
            kind,
            rtpParameters: {
              codecs: [
                {
                  ...{ mimeType, clockRate, payloadType: terms.payloadType, parameters: parameters ?? {} },
                  ...(channels === undefined ? {} : { channels }),
                  rtcpFeedback: kind === "video" ? [{ type: "nack", parameter: "pli" }] : [],
                },
              ],
              encodings: [{ ssrc: terms.ssrc }],
            },
            keyFrameRequestDelay: KEYFRAME_REQUEST_MS,
          }),
        );
      }
      return new FedSource(transport, producers, brought);
    } catch (error) {
      transport.close();
      throw error;
    }
  }

  private constructor(
    private readonly transport: DirectTransport,
    readonly producers: readonly Producer[],
    readonly media: readonly SourceMedium[],
  ) {}

  send(kind: RtcKind, packet: Uint8Array): void {
    const producer = this.producers.find((one) => one.kind === kind);
    if (producer === undefined || producer.closed) return;
    producer.send(Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength));
  }

  close(): void {
    this.transport.close();
  }
}

/** Looks through a compound packet (RFC 3550 §6.1). */
export function asksForKeyframe(packet: Uint8Array): boolean {
  for (let at = 0; at + 4 <= packet.length; ) {
    const format = (packet[at] ?? 0) & 0x1f;
    if (packet[at + 1] === PSFB && (format === PLI || format === FIR)) return true;
    at += 4 * ((((packet[at + 2] ?? 0) << 8) | (packet[at + 3] ?? 0)) + 1);
  }
  return false;
}
