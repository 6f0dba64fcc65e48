import type { Producer, ProducerTraceEventData } from "mediasoup/types";
import { z } from "zod";
import type { SenderReport } from "../stream/rtc.ts";

/** As the worker tells it: NTP seconds and fraction, and the RTP time that they belong to. */
const SrTrace = z.object({
  ssrc: z.number(),
  ntpSec: z.number(),
  ntpFrac: z.number(),
  rtpTs: z.number(),
});

/** Seconds from 1900, where NTP begins, to 1970 (RFC 5905 §6). */
const NTP_EPOCH_S = 2_208_988_800;

/**
 * A producer's sender reports. Of simulcast only those of one layer: the worker rewrites the other layers'
 * timestamps to those of the layer that a consumer began with, by just these reports.
 */
export async function readSenderReports(
  producer: Producer,
  options: {
    /** The encoding that counts, by its place among the producer's; undefined while that is not known. */
    readonly encoding: () => number | undefined;
    readonly onReport: (report: SenderReport) => void;
  },
): Promise<void> {
  const simulcast = producer.type === "simulcast";
  producer.on("trace", (event: ProducerTraceEventData) => {
    if (event.type !== "sr") return;
    const parsed = SrTrace.safeParse(event.info);
    if (!parsed.success) return;
    const { ssrc, ntpSec, ntpFrac, rtpTs } = parsed.data;
    if (simulcast) {
      const score = producer.score.find((one) => one.ssrc === ssrc);
      if (score === undefined || score.encodingIdx !== options.encoding()) return;
    }
    const wallMs = (ntpSec - NTP_EPOCH_S) * 1_000 + (ntpFrac / 2 ** 32) * 1_000;
    options.onReport({ rtpTimestamp: rtpTs, wallMs });
  });
  await producer.enableTraceEvent(["sr"]);
}
