import { buildRtpPacket, parseRtpPacket } from "@footlight/protocols/rtp/packet.ts";
import { parseOffer } from "@footlight/protocols/sdp/offer.ts";
import { viewerTerms } from "@footlight/protocols/sdp/viewer.ts";
import type { Producer, Router } from "mediasoup/types";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../src/platform/clock.ts";
import { AnnouncedAddresses } from "../src/sfu/announced-addresses.ts";
import { MediaWorker } from "../src/sfu/media-worker.ts";
import { loadMediasoup } from "../src/sfu/mediasoup.ts";
import { asRoomMeets, H264, HOME_CODECS } from "../src/sfu/room-codecs.ts";
import { DEFAULT_BOUNDS } from "../src/sfu/rtc-engine.ts";
import { Tap } from "../src/sfu/tap.ts";
import { Viewer } from "../src/sfu/viewer.ts";
import { until, WeriftViewer } from "../src/testing/werift-peer.ts";
import { senderReport } from "./sender-report.ts";

const PAYLOAD_TYPE = H264.preferredPayloadType ?? 0;
/** As in life, sequence numbers are each layer's own. */
const LAYERS = [
  { ssrc: 1_001, bytes: 300, firstSequence: 1_000 },
  { ssrc: 1_002, bytes: 1_200, firstSequence: 30_000 },
];

let worker: MediaWorker;
let router: Router;
let producer: Producer;
let timer: NodeJS.Timeout;

/** 150 packets a second, so that the larger layer has 1.4 Mbit/s; every tenth is a keyframe. */
beforeAll(async () => {
  const logger = pino({ level: "silent" });
  const { spawn } = await loadMediasoup(logger);
  worker = await MediaWorker.create({ spawn, ip: "127.0.0.1", port: 0, maxPeers: 10, logger });
  router = await worker.process.createRouter({ mediaCodecs: [...HOME_CODECS] });
  const transport = await router.createDirectTransport({ maxMessageSize: 1 });
  const { mimeType, clockRate, parameters } = H264;
  producer = await transport.produce({
    kind: "video",
    rtpParameters: {
      codecs: [{ mimeType, clockRate, parameters, payloadType: PAYLOAD_TYPE }],
      encodings: LAYERS.map(({ ssrc }) => ({ ssrc })),
    },
  });
  let sequence = 0;
  timer = setInterval(() => {
    sequence += 1;
    const timestamp = sequence * 600;
    for (const { ssrc, bytes, firstSequence } of LAYERS) {
      const payload = Buffer.alloc(bytes, 1);
      payload[0] = sequence % 10 === 0 ? 0x67 : 0x41;
      const packet = { payloadType: PAYLOAD_TYPE, ssrc, marker: true, timestamp, payload };
      producer.send(Buffer.from(buildRtpPacket({ ...packet, sequenceNumber: firstSequence + sequence })));
      if (sequence % 50 === 1) transport.sendRtcp(senderReport(ssrc, timestamp));
    }
  }, 6);
  const isThere = () => producer.score.length === 2 && producer.score.every(({ score }) => score > 0);
  await until(isThere, "both layers");
});
afterAll(async () => {
  clearInterval(timer);
  await worker.close();
});

test("gives the best layer to the hub, however many bits it has", async () => {
  const tap = await Tap.create(router, [producer], systemClock);
  const sizes: number[] = [];
  tap.start({
    rtp: (_, packet) => sizes.push(parseRtpPacket(packet).payload.length),
    senderReport: () => {},
  });
  await until(() => sizes.length > 300, "two seconds of packets");
  tap.close();
  expect(new Set(sizes.slice(100))).toEqual(new Set([1_200]));
});

async function watch(peer: WeriftViewer): Promise<Viewer> {
  const offer = parseOffer(await peer.offer());
  const [codec] = producer.consumableRtpParameters.codecs;
  if (codec === undefined) throw new Error("a producer has a codec");
  const viewer = await Viewer.create({
    ...{ worker, router, offer, producers: [producer], msid: "test" },
    terms: asRoomMeets(viewerTerms(offer, [{ kind: "video", codec }])),
    addresses: new AnnouncedAddresses({ ip: "127.0.0.1", configured: [] }),
    timing: DEFAULT_BOUNDS.timing,
  });
  await peer.answer(viewer.answer);
  await peer.connected();
  return viewer;
}

test("gives a viewer the layer that the line carries, where bandwidth cannot be estimated", async () => {
  const numbers = { videoPayloadType: PAYLOAD_TYPE, kinds: ["video"] as const };
  await using good = new WeriftViewer(numbers);
  await using lossy = new WeriftViewer({ ...numbers, lossPercent: 40 });
  const sessions = [await watch(good), await watch(lossy)];
  await until(() => good.lastVideoBytes === 1_200, "the best layer");
  await until(() => lossy.lastVideoBytes === 300, "the smaller layer on the bad line", 25_000);
  expect(good.lastVideoBytes).toBe(1_200);
  for (const session of sessions) session.close();
});
