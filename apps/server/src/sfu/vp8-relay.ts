import { withVp8Extension } from "@footlight/protocols/rtp/vp8-extension.ts";
import type { Producer, Router } from "mediasoup/types";
import { asksForKeyframe } from "./fed-source.ts";
import { VP8 } from "./room-codecs.ts";
import { withoutEstimation } from "./tap.ts";

/**
 * VP8 that mediasoup can read, of a producer whose packets go by it unread (`UNSEEN`): they come out of the
 * worker, get what their descriptors lack, and go in again. Ends with that producer.
 */
export async function relayVp8(router: Router, unseen: Producer): Promise<Producer> {
  const transport = await router.createDirectTransport({ maxMessageSize: 262_144 });
  unseen.observer.once("close", () => transport.close());
  try {
    const consumer = await transport.consume({
      producerId: unseen.id,
      rtpCapabilities: withoutEstimation(router.rtpCapabilities),
      paused: true,
    });
    const { mimeType, clockRate } = VP8;
    const payloadType = consumer.rtpParameters.codecs[0]?.payloadType ?? 0;
    const producer = await transport.produce({
      kind: "video",
      rtpParameters: {
        codecs: [{ mimeType, clockRate, payloadType, rtcpFeedback: [{ type: "nack", parameter: "pli" }] }],
        encodings: consumer.rtpParameters.encodings ?? [],
      },
    });
    consumer.on("rtp", (packet) => {
      if (!producer.closed) producer.send(Buffer.from(withVp8Extension(packet)));
    });
    transport.on("rtcp", (packet) => {
      // It fails where the publisher left meanwhile.
      if (asksForKeyframe(packet)) consumer.requestKeyFrame().catch(() => {});
    });
    await consumer.resume();
    return producer;
  } catch (error) {
    transport.close();
    throw error;
  }
}
