import type { Producer, Router, Worker } from "mediasoup/types";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../src/platform/clock.ts";
import { buildRtpPacket, parseRtpPacket } from "../src/protocols/rtp/packet.ts";
import { loadMediasoup } from "../src/sfu/mediasoup.ts";
import { H264, HOME_CODECS } from "../src/sfu/room-codecs.ts";
import { Tap } from "../src/sfu/tap.ts";
import { until } from "../src/testing/werift-peer.ts";

const PAYLOAD_TYPE = H264.preferredPayloadType ?? 0;
const LAYERS = [
  { ssrc: 1_001, bytes: 300 },
  { ssrc: 1_002, bytes: 1_200 },
];

let worker: Worker;
let router: Router;
beforeAll(async () => {
  const { spawn } = await loadMediasoup(pino({ level: "silent" }));
  worker = await spawn();
  router = await worker.createRouter({ mediaCodecs: [...HOME_CODECS] });
});
afterAll(() => worker.close());

async function simulcast(): Promise<Producer> {
  const transport = await router.createDirectTransport({ maxMessageSize: 1 });
  const { mimeType, clockRate, parameters } = H264;
  return transport.produce({
    kind: "video",
    rtpParameters: {
      codecs: [{ mimeType, clockRate, parameters, payloadType: PAYLOAD_TYPE }],
      encodings: LAYERS.map(({ ssrc }) => ({ ssrc })),
    },
  });
}

test("gives out the best layer of simulcast, however many bits it has", async () => {
  const producer = await simulcast();
  const tap = await Tap.create(router, [producer], systemClock);
  let sequence = 0;
  // 150 packets a second: the larger layer has 1.4 Mbit/s. Every tenth is a keyframe.
  const timer = setInterval(() => {
    for (const { ssrc, bytes } of LAYERS) {
      const payload = Buffer.alloc(bytes, 1);
      payload[0] = sequence % 10 === 0 ? 0x67 : 0x41;
      const header = { payloadType: PAYLOAD_TYPE, ssrc, marker: true };
      const packet = { ...header, sequenceNumber: sequence, timestamp: sequence * 600, payload };
      producer.send(Buffer.from(buildRtpPacket(packet)));
    }
    sequence += 1;
  }, 6);
  try {
    await until(
      () => producer.score.every(({ score }) => score > 0) && producer.score.length === 2,
      "both layers",
    );
    const sizes: number[] = [];
    tap.start({
      rtp: (_, packet) => sizes.push(parseRtpPacket(packet).payload.length),
      senderReport: () => {},
    });
    await until(() => sizes.length > 300, "two seconds of packets");
    expect(new Set(sizes.slice(100))).toEqual(new Set([1_200]));
  } finally {
    clearInterval(timer);
    tap.close();
  }
});
