import type { Consumer, Producer, Router, RtpCapabilities } from "mediasoup/types";
import type { Clock } from "../platform/clock.ts";
import type { RtcMedium, RtcPublicationOutput } from "../stream/rtc.ts";
import { readSenderReports } from "./sender-reports.ts";

/** A publisher's packets out of the worker, of simulcast the best layer's. Closes with its producers. */
export class Tap {
  #output: RtcPublicationOutput | undefined;
  /** The layer whose clock a consumer's timestamps are on: the first one that came. */
  readonly #reference = new Map<Consumer, number>();

  /** `reporters`: of each kind whose sender reports count, where that is not the producer itself. */
  static async create(
    router: Router,
    producers: readonly Producer[],
    clock: Clock,
    reporters: readonly Producer[] = producers,
  ): Promise<Tap> {
    // Data messages, which are what this bounds, never come.
    const transport = await router.createDirectTransport({ maxMessageSize: 262_144 });
    try {
      const consumers: Consumer[] = [];
      for (const producer of producers) {
        consumers.push(
          await transport.consume({
            producerId: producer.id,
            rtpCapabilities: withoutEstimation(router.rtpCapabilities),
            paused: true,
          }),
        );
      }
      const tap = new Tap(consumers, clock, () => transport.close());
      await tap.#listen(reporters);
      return tap;
    } catch (error) {
      transport.close();
      throw error;
    }
  }

  private constructor(
    private readonly consumers: readonly Consumer[],
    private readonly clock: Clock,
    readonly close: () => void,
  ) {}

  /** As the packets show them: under the router's numbers, not the publisher's. */
  get media(): readonly RtcMedium[] {
    return this.consumers.map(asMedium);
  }

  start(output: RtcPublicationOutput): void {
    if (this.#output !== undefined) throw new Error("a publication is started once");
    this.#output = output;
    // Fails where the session ended meanwhile. Resuming asks for a keyframe.
    for (const consumer of this.consumers) consumer.resume().catch(() => {});
  }

  requestKeyframe(): void {
    const video = this.consumers.find(({ kind }) => kind === "video");
    video?.requestKeyFrame().catch(() => {});
  }

  async #listen(reporters: readonly Producer[]): Promise<void> {
    for (const consumer of this.consumers) {
      const { kind } = consumer;
      consumer.on("rtp", (packet) => this.#output?.rtp(kind, packet, this.clock.nowMs()));
      consumer.on("layerschange", (layers) => {
        if (layers !== undefined && !this.#reference.has(consumer)) {
          this.#reference.set(consumer, layers.spatialLayer);
        }
      });
      const reporter = reporters.find((one) => one.kind === kind);
      if (reporter === undefined) continue;
      await readSenderReports(reporter, {
        encoding: () => this.#reference.get(consumer),
        onReport: (report) => this.#output?.senderReport(kind, report),
      });
    }
  }
}

/** There is no line here to estimate: the worker would hold a direct transport at 600 kbps for ever. */
export function withoutEstimation({ codecs = [] }: RtpCapabilities): RtpCapabilities {
  return {
    codecs: codecs.map((codec) => ({
      ...codec,
      rtcpFeedback: (codec.rtcpFeedback ?? []).filter(
        ({ type }) => type !== "transport-cc" && type !== "goog-remb",
      ),
    })),
    headerExtensions: [],
  };
}

const CODECS: Readonly<Record<string, RtcMedium["codec"]>> = {
  "video/h264": "h264",
  "video/vp8": "vp8",
  "audio/opus": "opus",
};

function asMedium({ kind, rtpParameters }: Consumer): RtcMedium {
  const codec = rtpParameters.codecs[0];
  const name = codec === undefined ? undefined : CODECS[codec.mimeType.toLowerCase()];
  if (codec === undefined || name === undefined) throw new Error("a room has only codecs that it knows");
  return {
    kind,
    codec: name,
    payloadType: codec.payloadType,
    clockRate: codec.clockRate,
    channels: codec.channels,
    parameters: Object.fromEntries(
      Object.entries((codec.parameters ?? {}) as Record<string, unknown>).map(([key, value]) => [
        key,
        String(value),
      ]),
    ),
  };
}
