import { buildRtpPacket, parseRtpPacket } from "@footlight/protocols/rtp/packet.ts";
import type { Consumer, Producer, Router } from "mediasoup/types";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { asksForKeyframe } from "../src/sfu/fed-source.ts";
import { MediaWorker } from "../src/sfu/media-worker.ts";
import { loadMediasoup } from "../src/sfu/mediasoup.ts";
import { KEYFRAME_REQUEST_MS } from "../src/sfu/publication.ts";
import { H264, HOME_CODECS } from "../src/sfu/room-codecs.ts";
import { until } from "../src/testing/werift-peer.ts";
import { senderReport } from "./sender-report.ts";

const PAYLOAD_TYPE = H264.preferredPayloadType ?? 0;
const SIZES = [300, 1_200] as const;
/** A keyframe each third of a second: how long a switch takes where the encoder makes none for us. */
const GOP = 50;

const stops: (() => void)[] = [];
let worker: MediaWorker;
let router: Router;
beforeAll(async () => {
  const logger = pino({ level: "silent" });
  const { spawn } = await loadMediasoup(logger);
  worker = await MediaWorker.create({ spawn, ip: "127.0.0.1", port: 0, maxPeers: 10, logger });
  router = await worker.process.createRouter({ mediaCodecs: [...HOME_CODECS] });
});
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});
afterAll(() => worker?.close());

interface Published {
  readonly producer: Producer;
  /** The layers that a keyframe was asked of. */
  readonly asked: readonly number[];
}

/**
 * 150 pictures a second of one packet each, in two layers. Each tells its number. Keyframes come each `gop`
 * pictures, or where that is undefined when they are asked for.
 */
async function publish(firstSequences: readonly number[], gop: number | undefined): Promise<Published> {
  const transport = await router.createDirectTransport();
  const asked: number[] = [];
  const due = new Set<number>();
  transport.on("rtcp", (packet) => {
    if (gop !== undefined || !asksForKeyframe(packet)) return;
    // Of the media source (RFC 4585 §6.1).
    const layer = packet.readUInt32BE(8) - 1;
    asked.push(layer);
    due.add(layer);
  });
  const { mimeType, clockRate, parameters } = H264;
  const rtcpFeedback = [{ type: "nack", parameter: "pli" }];
  const ssrcs = firstSequences.map((_, layer) => 1 + layer);
  const producer = await transport.produce({
    kind: "video",
    rtpParameters: {
      codecs: [{ mimeType, clockRate, parameters, payloadType: PAYLOAD_TYPE, rtcpFeedback }],
      encodings: ssrcs.map((ssrc) => ({ ssrc })),
    },
    keyFrameRequestDelay: KEYFRAME_REQUEST_MS,
  });
  let picture = 0;
  const timer = setInterval(() => {
    picture += 1;
    const timestamp = picture * 600;
    ssrcs.forEach((ssrc, layer) => {
      const payload = Buffer.alloc(SIZES[layer] ?? 0, 1);
      const isKey = gop === undefined ? due.delete(layer) : picture % gop === 0;
      payload[0] = isKey ? 0x67 : 0x41;
      payload.writeUInt32BE(picture, 4);
      const sequenceNumber = ((firstSequences[layer] ?? 0) + picture) & 0xffff;
      const packet = { payloadType: PAYLOAD_TYPE, ssrc, marker: true, timestamp, payload, sequenceNumber };
      producer.send(Buffer.from(buildRtpPacket(packet)));
      if (picture % 50 === 1) transport.sendRtcp(senderReport(ssrc, timestamp));
    });
  }, 6);
  stops.push(() => {
    clearInterval(timer);
    transport.close();
  });
  await until(
    () => producer.score.length === 2 && producer.score.every(({ score }) => score > 0),
    "both layers",
  );
  return { producer, asked };
}

interface Seen {
  readonly sequence: number;
  readonly picture: number;
  readonly bytes: number;
}

async function watch(producer: Producer): Promise<{ consumer: Consumer; seen: Seen[] }> {
  const transport = await router.createDirectTransport();
  const codecs = (router.rtpCapabilities.codecs ?? []).map((codec) => ({ ...codec, rtcpFeedback: [] }));
  const consumer = await transport.consume({
    producerId: producer.id,
    rtpCapabilities: { codecs, headerExtensions: [] },
  });
  const seen: Seen[] = [];
  consumer.on("rtp", (bytes) => {
    const { sequenceNumber, payload } = parseRtpPacket(bytes);
    const picture = Buffer.from(payload).readUInt32BE(4);
    seen.push({ sequence: sequenceNumber, picture, bytes: payload.length });
  });
  return { consumer, seen };
}

test.each([
  { name: "of their own", firstSequences: [1_000, 30_000] },
  { name: "that are the same, as where each layer begins at nought", firstSequences: [0, 0] },
  { name: "of which the larger layer's are a little ahead", firstSequences: [1_000, 1_020] },
])("a viewer gets from layer to layer where they have numbers $name", async ({ firstSequences }) => {
  const { producer } = await publish(firstSequences, GOP);
  const { consumer, seen } = await watch(producer);
  await until(() => seen.length > 100 && seen.at(-1)?.bytes === SIZES[1], "the best layer");
  for (const layer of [0, 1] as const) {
    const from = seen.length;
    await consumer.setPreferredLayers({ spatialLayer: layer });
    await until(() => seen.at(-1)?.bytes === SIZES[layer], `layer ${layer}`);
    await until(() => seen.length > from + 100, "more of it");
    const steps = (key: "sequence" | "picture") =>
      seen.slice(from).map((one, i) => one[key] - (seen[from + i - 1]?.[key] ?? 0));
    // A number is left out where the layers meet, so that decoders know that a picture may not be whole.
    expect(Math.max(...steps("sequence"))).toBeLessThanOrEqual(2);
    expect(Math.min(...steps("sequence"))).toBe(1);
    // Its last picture stands until the next layer's keyframe at most: mediasoup (3.15) takes a number that
    // it left out of the layer to come for one of the layer that still is.
    expect(Math.max(...steps("picture"))).toBeLessThanOrEqual(GOP);
    expect(Math.min(...steps("picture"))).toBeGreaterThanOrEqual(0);
  }
});

test("a keyframe is asked for at once where a viewer changes layers, of the layer to come, and seldom", async () => {
  const { producer, asked } = await publish([0, 0], undefined);
  const { consumer, seen } = await watch(producer);
  await until(() => seen.at(-1)?.bytes === SIZES[1], "the best layer");
  for (const layer of [0, 1] as const) {
    const before = asked.length;
    await consumer.setPreferredLayers({ spatialLayer: layer });
    // Without that keyframe there is no way to it.
    await until(() => seen.at(-1)?.bytes === SIZES[layer], `layer ${layer}`);
    const from = seen.length;
    await until(() => seen.length > from + 100, "more of it");
    // Once more where the answer takes a second.
    const count = asked.slice(before).filter((one) => one === layer).length;
    expect([1, 2]).toContain(count);
  }
});
