import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { RtmpServerError } from "../src/ingest/rtmp/rtmp-server.ts";
import { RtmpPublisher } from "../src/testing/rtmp-publisher.ts";
import { flvTags, testTags } from "../src/testing/rtmp-publisher-media.ts";
import { seeded } from "../src/testing/seeded.ts";
import {
  closedAfterMs,
  hub,
  KEY,
  metrics,
  SYSTEM_FFMPEG,
  start,
  timeouts,
  units,
} from "./ingest-rtmp-harness.ts";

describe("hostile peers", () => {
  const chunk = (hex: string): Buffer => Buffer.from(hex.replaceAll(/\s/g, ""), "hex");
  const connected = async (port: number): Promise<RtmpPublisher> => {
    const publisher = await RtmpPublisher.open({ port });
    await publisher.connect();
    return publisher;
  };
  /** Another publisher works beside it, before and after. */
  const stillServes = async (port: number): Promise<void> => {
    await using publisher = await RtmpPublisher.publish({ port }, KEY);
    expect(publisher.statuses.at(-1)?.code).toBe("NetStream.Publish.Start");
  };

  test.each([
    ["HTTP", Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n")],
    ["TLS on the plain port", chunk("16030100a5010000a10303")],
    ["zeros", Buffer.alloc(10_000)],
  ])("garbage instead of a handshake: %s", async (_name, bytes) => {
    const server = await start();
    await using peer = await RtmpPublisher.dial({ port: server.port });
    peer.raw(bytes);
    expect(await closedAfterMs(peer)).toBeLessThan(1_000);
    await vi.waitFor(() => expect(metrics.counts.get("closed protocol_error")).toBe(1));
    await stillServes(server.port);
  });

  test.each([
    ["chunk size 0", "02 000000 000004 01 00000000 00000000"],
    ["chunk size 2^31", "02 000000 000004 01 00000000 80000000"],
    ["a command of 16 MB", "03 000000 ffffff 14 00000000"],
    ["type 3 on a fresh chunk stream", "ff"],
    ["a message without a command's name", "03 000000 000001 14 00000000 05"],
    ["an unknown AMF marker", "03 000000 000001 14 00000000 7f"],
    ["a ping that is too short", "02 000000 000001 04 00000000 00"],
    ["connect twice", "03 000000 000013 14 00000000 020007 636f6e6e656374 003ff0000000000000"],
  ])("%s closes the session", async (_name, hex) => {
    const server = await start();
    await using peer = await connected(server.port);
    peer.raw(chunk(hex));
    expect(await closedAfterMs(peer)).toBeLessThan(1_000);
    await vi.waitFor(() => expect(metrics.counts.get("closed protocol_error")).toBe(1));
    await stillServes(server.port);
  });

  test("AMF 40,000 deep, in connect and in metadata", async () => {
    const server = await start();
    const bomb = chunk(`03 0001 61 ${"03 0001 61".repeat(10_000)}`);
    const name = chunk("020007 636f6e6e656374 003ff0000000000000");
    await using early = await RtmpPublisher.open({ port: server.port });
    early.message(3, { type: 20, timestamp: 0, streamId: 0, payload: Buffer.concat([name, bomb]) });
    await early.closed;
    await using late = await RtmpPublisher.publish({ port: server.port }, KEY);
    late.message(4, {
      type: 18,
      timestamp: 0,
      streamId: 1,
      payload: Buffer.concat([chunk("02000a 6f6e4d65746144617461"), bomb]),
    });
    await late.closed;
    await using big = await RtmpPublisher.open({ port: server.port });
    big.message(3, {
      type: 20,
      timestamp: 0,
      streamId: 0,
      payload: Buffer.concat([name, chunk("03 0001 61".repeat(40_000))]),
    });
    await big.closed;
    await vi.waitFor(() => expect(metrics.counts.get("closed protocol_error")).toBe(3));
    await stillServes(server.port);
  });

  test("16 MB declared on every chunk stream costs little memory", async () => {
    const server = await start();
    await using peer = await connected(server.port);
    const before = process.memoryUsage().arrayBuffers;
    for (let id = 3; id < 64; id++)
      peer.raw(Buffer.concat([Buffer.from([id]), chunk("000000 ffffff 09 01000000"), Buffer.alloc(4096)]));
    await vi.waitFor(() => expect(metrics.counts.get("bytes")).toBeGreaterThan(61 * 4096));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1024 * 1024);
    expect(peer.socket.destroyed).toBe(false);
    await stillServes(server.port);
  });

  test("wrong order: publish, media and createStream before connect", async () => {
    const server = await start();
    for (const command of ["publish", "createStream", "FCPublish"]) {
      await using peer = await RtmpPublisher.open({ port: server.port });
      peer.command(command, 1, null, KEY);
      await peer.closed;
    }
    await using media = await RtmpPublisher.open({ port: server.port });
    media.message(4, { type: 9, timestamp: 0, streamId: 1, payload: Buffer.alloc(1_000_000) });
    expect((await media.connect()).code).toBe("NetConnection.Connect.Success");
    expect(hub.requests).toHaveLength(0);
    expect(metrics.counts.get("dropped")).toBe(1);
  });

  test("slow handshakes, silence before publish and idle publishers have their deadlines", async () => {
    const server = await start({ timeouts: timeouts({ connectMs: 300, publishMs: 300, idleMs: 300 }) });
    await using slow = await RtmpPublisher.dial({ port: server.port });
    slow.raw(Buffer.from([3]));
    const drip = setInterval(() => slow.raw(Buffer.from([0])), 20);
    await using silent = await connected(server.port);
    await using idle = await RtmpPublisher.publish({ port: server.port }, KEY);
    await Promise.all([slow.closed, silent.closed, idle.closed]);
    clearInterval(drip);
    expect(idle.statuses.at(-1)?.description).toContain("No media");
    await vi.waitFor(() => expect(metrics.counts.get("closed timeout")).toBe(2));
    await vi.waitFor(() => expect(metrics.counts.get("closed idle")).toBe(1));
  });

  test("a publisher that sends is not idle", async () => {
    const server = await start({ timeouts: timeouts({ idleMs: 400 }) });
    await using publisher = await RtmpPublisher.publish({ port: server.port }, KEY);
    for (let i = 0; i < 12; i++) {
      publisher.metadata({ framerate: 30 });
      await delay(100);
    }
    expect(publisher.socket.destroyed).toBe(false);
  });

  test("a peer that never reads is cut", async () => {
    // Not for its silence, which on a busy machine would come first.
    const server = await start({ timeouts: timeouts({ publishMs: 60_000, idleMs: 60_000 }) });
    await using peer = await connected(server.port);
    peer.socket.pause();
    const ping = Buffer.concat(Array<Buffer>(5_000).fill(chunk("02 000000 000006 04 00000000 000600000000")));
    for (let i = 0; i < 200 && metrics.counts.get("closed output_overrun") === undefined; i++) {
      peer.raw(ping);
      await delay(5);
    }
    await vi.waitFor(() => expect(metrics.counts.get("closed output_overrun")).toBe(1));
    await stillServes(server.port);
  });

  test("seeded noise: mutated sessions end, the server does not", async () => {
    const server = await start();
    const random = seeded(20_240_611);
    const tags = await flvTags([
      "-f",
      "lavfi",
      "-i",
      "testsrc=size=64x64:rate=10",
      "-t",
      "1",
      "-c:v",
      "libx264",
    ]);
    for (let round = 0; round < 60; round++) {
      const peer =
        round % 2 === 0
          ? await connected(server.port)
          : await RtmpPublisher.publish({ port: server.port }, KEY);
      const flip = (data: Buffer): Buffer => {
        const out = Buffer.from(data);
        for (let i = 0; i < 3; i++) out[Math.floor(random() * out.length)] = Math.floor(random() * 256);
        return out;
      };
      if (round % 3 === 0)
        peer.raw(Buffer.from(Array.from({ length: 2_000 }, () => Math.floor(random() * 256))));
      for (const tag of tags) {
        if (tag.body.length > 0) peer.tag({ ...tag, body: random() < 0.5 ? flip(tag.body) : tag.body });
      }
      peer.destroy();
      await peer.closed;
    }
    await vi.waitFor(() => expect(server.connections).toBe(0));
    await stillServes(server.port);
  });
});

describe("RTMPS", () => {
  let folder: string;
  let tls: { certPath: string; keyPath: string };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "footlight-rtmps-"));
    tls = { certPath: join(folder, "cert.pem"), keyPath: join(folder, "key.pem") };
    const child = spawn("openssl", [
      ...[
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
      ],
      ...["-subj", "/CN=localhost", "-keyout", tls.keyPath, "-out", tls.certPath],
    ]);
    expect(await once(child, "close")).toEqual([0, null]);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("ours and ffmpeg publish through TLS, beside the plain port", async () => {
    const server = await start({ tls });
    await using publisher = await RtmpPublisher.publish({ port: server.tlsPort ?? 0, tls: true }, KEY);
    await publisher.play(await testTags({ seconds: 0.5 }));
    await vi.waitFor(() => expect(units("video")).toHaveLength(15));
    expect(hub.last.request.protocol).toBe("rtmps");
    hub.last.revoke("ended");
    expect((await publisher.nextStatus()).description).toContain("ended in the dashboard");
    expect(await closedAfterMs(publisher)).toBeLessThan(1_000);
    await using plain = await RtmpPublisher.publish({ port: server.port }, KEY);
    expect(plain.socket.destroyed).toBe(false);

    const child = spawn(SYSTEM_FFMPEG, [
      ...["-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x64:rate=10", "-t", "1", "-c:v", "libx264"],
      ...["-f", "flv", `rtmps://127.0.0.1:${server.tlsPort}/live/${KEY}`],
    ]);
    expect(await once(child, "close")).toEqual([0, null]);
    expect(units("video")).toHaveLength(10);
    expect(hub.last.closeReason).toBe("unpublished");
  });

  test("no TLS on the TLS port, and a handshake that never ends", async () => {
    const server = await start({ tls, timeouts: timeouts({ connectMs: 300 }) });
    await using plain = await RtmpPublisher.dial({ port: server.tlsPort ?? 0 });
    plain.raw(Buffer.from([3]));
    await using silent = await RtmpPublisher.dial({ port: server.tlsPort ?? 0 });
    await Promise.all([plain.closed, silent.closed]);
    expect(metrics.counts.get("rejected tls")).toBe(2);
    await vi.waitFor(() => expect(server.connections).toBe(0));
  });

  test("an unreadable certificate is said plainly, and nothing listens", async () => {
    const failed = start({ tls: { ...tls, keyPath: join(folder, "none.pem") } });
    await expect(failed).rejects.toThrow(/TLS_CERT and TLS_KEY/);
    await expect(start({ tls: { certPath: tls.keyPath, keyPath: tls.certPath } })).rejects.toThrow(
      RtmpServerError,
    );
  });
});

describe("life", () => {
  test("a taken port is said plainly", async () => {
    const server = await start();
    await expect(start({ config: { port: server.port } })).rejects.toThrow(`Port ${server.port} is taken`);
  });

  test("closed twice: publishers are told, everybody is gone, the port is free", async () => {
    const server = await start();
    const { port } = server;
    const publisher = await RtmpPublisher.publish({ port }, KEY);
    const early = await RtmpPublisher.dial({ port });
    await vi.waitFor(() => expect(server.connections).toBe(2));
    const lease = hub.last;
    await Promise.all([server.close(), server.close(), publisher.closed, early.closed]);
    await server[Symbol.asyncDispose]();
    expect(publisher.statuses.at(-1)?.description).toContain("restarting");
    expect(lease.closeReason).toBe("connection_lost");
    expect(server.connections).toBe(0);
    const again = await start({ config: { port } });
    expect(again.port).toBe(port);
  });

  test("closed while a key is looked up: the lease that comes late is given back", async () => {
    const server = await start();
    let release = (): void => undefined;
    const looked = new Promise<void>((resolve) => {
      release = resolve;
    });
    hub.answer = async (request) => {
      await looked;
      return { kind: "accepted", lease: hub.lease(request) };
    };
    const refused = RtmpPublisher.publish({ port: server.port }, KEY).catch((error: Error) => error.message);
    await vi.waitFor(() => expect(hub.requests).toHaveLength(1));
    const closed = server.close();
    release();
    await closed;
    expect(hub.last.closeReason).toBe("connection_lost");
    expect(await refused).toContain("closed by");
  });
});
