import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { recordedOffer } from "@footlight/protocols/testing/recorded-offers.ts";
import type { Producer } from "mediasoup/types";
import { pino } from "pino";
import { expect, test } from "vitest";
import { FedSource, newFeedNumbers } from "../src/sfu/fed-source.ts";
import { MediaWorker } from "../src/sfu/media-worker.ts";
import { loadMediasoup } from "../src/sfu/mediasoup.ts";
import { RoomBranch } from "../src/sfu/room-branch.ts";
import { H264, HOME_CODECS, OPUS } from "../src/sfu/room-codecs.ts";
import { until } from "../src/testing/werift-peer.ts";
import { aFeed } from "./sfu-feed.ts";
import { aStream, EngineHarness, PEER, refusal } from "./sfu-harness.ts";

const VIEWER = recordedOffer("chromium-viewer");
const MAGIC = 0x2112a442;

/** The same offer of H.264 and Opus alone, under other payload types. */
function inDialect(video: number, audio: number): string {
  return VIEWER.replaceAll(/^a=(rtpmap|fmtp|rtcp-fb):(?!108 |111 ).*\r\n/gm, "")
    .replace(/^(m=video \d+ \S+) .*$/m, `$1 ${video}`)
    .replace(/^(m=audio \d+ \S+) .*$/m, `$1 ${audio}`)
    .replaceAll(/^(a=(?:rtpmap|fmtp|rtcp-fb)):108 /gm, `$1:${video} `)
    .replaceAll(/^(a=(?:rtpmap|fmtp|rtcp-fb)):111 /gm, `$1:${audio} `);
}

/** The same bytes in each run (Park and Miller). */
function garbageOf(seed: number): (length: number) => Buffer {
  let state = seed;
  return (length) => {
    const bytes = Buffer.alloc(length);
    for (let i = 0; i < length; i += 1) {
      state = (state * 48_271) % 2_147_483_647;
      bytes[i] = state >> 8;
    }
    return bytes;
  };
}

/** Packets that are almost of each protocol which shares the port (RFC 7983 §7). */
function packets(ufrag: string): Buffer[] {
  const random = garbageOf(5);
  const begun = (first: readonly number[], length: number) => {
    const packet = random(length);
    packet.set(first);
    return packet;
  };
  const binding = (name: string, length: number) => {
    const attributes = Buffer.concat([Buffer.of(0, 6, 0, name.length), Buffer.from(name), random(length)]);
    const header = begun([0, 1], 20);
    header.writeUInt16BE(attributes.length, 2);
    header.writeUInt32BE(MAGIC, 4);
    return Buffer.concat([header, attributes]);
  };
  const out: Buffer[] = [Buffer.alloc(0), Buffer.of(0x80)];
  for (let i = 0; i < 120; i += 1) {
    out.push(
      ...[random(i * 12), binding(`${ufrag}:peer`, i), binding("x".repeat(500), 0)],
      ...[begun([0x80 | (i & 63)], 12 + i), begun([0x80, 200 + (i % 7)], 8 + i)],
      begun([20 + (i % 5), 0xfe, i % 2 === 0 ? 0xfd : 0xff], 13 + i),
    );
  }
  return out;
}

test("garbage at the media port, by UDP and TCP, changes nothing for who watches", async () => {
  await using sfu = await EngineHarness.start();
  const streamId = aStream();
  await using _feed = await aFeed(sfu.engine, streamId);
  await using watching = await sfu.watch(streamId);
  await watching.viewer.receives("video", 5);
  const before = await sfu.handles();
  const portOf = (protocol: string) =>
    Number(
      new RegExp(`^a=candidate:\\S+ 1 ${protocol} \\d+ \\S+ (\\d+)`, "m").exec(watching.session.answer)?.[1],
    );
  const sent = packets(watching.session.iceTag);

  const udp = createSocket("udp4");
  for (const packet of sent) udp.send(packet, portOf("udp"), "127.0.0.1");
  const sockets: Socket[] = [];
  for (const framed of [true, false, true, false]) {
    const socket = connect(portOf("tcp"), "127.0.0.1");
    sockets.push(socket);
    // It may be closed from over there.
    socket.on("error", () => {});
    await once(socket, "connect");
    for (const packet of sent) {
      // RFC 4571 §2: its length before each packet.
      if (framed) socket.write(Buffer.of(packet.length >> 8, packet.length & 0xff));
      socket.write(packet);
    }
    socket.write(Buffer.alloc(70_000, 0xff));
  }
  await watching.viewer.receives("video", 30);
  udp.close();
  for (const socket of sockets) socket.destroy();
  await watching.viewer.receives("video", 5);
  expect(sfu.deaths).toBe(0);
  expect(watching.session.closed.aborted).toBe(false);
  expect(await sfu.handles()).toEqual(before);
});

test("who offers ever other payload types gets so many branches and no more", async () => {
  await using sfu = await EngineHarness.start();
  const streamId = aStream();
  await using _feed = await aFeed(sfu.engine, streamId);
  const before = await sfu.handles();
  const offers = Array.from({ length: 70 }, (_, i) => inDialect(35 + (i % 28), 100 + Math.floor(i / 28)));
  const answers = await Promise.allSettled(offers.map((offer) => sfu.engine.watch(streamId, offer, PEER)));
  const sessions = answers.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  expect(sessions).toHaveLength(64);
  for (const one of answers) if (one.status === "rejected") expect(one.reason).toSatisfy(refusal("rtc_full"));
  // Numbers that somebody has already are no branch more, nor are the home router's.
  sessions.push(await sfu.engine.watch(streamId, offers[0] ?? "", PEER));
  sessions.push(await sfu.engine.watch(streamId, VIEWER, PEER));
  for (const session of sessions) session.close();
  await until(
    async () => JSON.stringify(await sfu.handles()) === JSON.stringify(before),
    "the branches to go",
  );
});

test("a branch carries nothing before somebody has connected to it", async () => {
  const logger = pino({ level: "silent" });
  const { spawn } = await loadMediasoup(logger);
  const worker = await MediaWorker.create({ spawn, ip: "127.0.0.1", port: 0, maxPeers: 10, logger });
  const router = await worker.process.createRouter({ mediaCodecs: [...HOME_CODECS] });
  const numbers = newFeedNumbers();
  const media = { video: undefined, audio: { codec: "opus", channels: 2 } } as const;
  const fed = await FedSource.create(router, media, { numbers, keyframeWanted: () => {} });
  let sequence = 0;
  const timer = setInterval(() => {
    const header = Buffer.alloc(32);
    sequence += 1;
    header.set([0x80, numbers.audio.payloadType]);
    header.writeUInt16BE(sequence, 2);
    header.writeUInt32BE(sequence * 960, 4);
    header.writeUInt32BE(numbers.audio.ssrc, 8);
    fed.send("audio", header);
  }, 5);
  try {
    const codecs = [
      { ...OPUS, preferredPayloadType: 97 },
      { ...H264, preferredPayloadType: 98 },
    ];
    const branch = await RoomBranch.create(worker, codecs, { router, producers: fed.producers });
    const far = branch.producers[0] as Producer;
    const packetsOf = async (producer: Producer) =>
      (await producer.getStats()).reduce((sum, { packetCount }) => sum + packetCount, 0);
    const from = await packetsOf(fed.producers[0] as Producer);
    await until(async () => (await packetsOf(fed.producers[0] as Producer)) > from + 50, "packets at home");
    expect(await packetsOf(far)).toBe(0);
    branch.open();
    await until(async () => (await packetsOf(far)) > 10, "packets on the branch");
  } finally {
    clearInterval(timer);
    await worker.close();
  }
});
