import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NalType, nalTypeOf } from "@footlight/protocols/h264/nal.ts";
import { RtpNalType } from "@footlight/protocols/rtp/h264-packetiser.ts";
import { parseRtpPacket, type RtpPacket } from "@footlight/protocols/rtp/packet.ts";
import { StreamId } from "@footlight/shared";
import { Admitter } from "../src/ingest/admission.ts";
import { LockOut } from "../src/ingest/lock-out.ts";
import { RtmpServer } from "../src/ingest/rtmp/rtmp-server.ts";
import { systemClock } from "../src/platform/clock.ts";
import { createLogger } from "../src/platform/logger.ts";
import { StreamHub } from "../src/stream/hub.ts";
import type { RtcClock, RtcFeed, RtcFeedMedia, RtcKind } from "../src/stream/rtc.ts";

export const BUNDLED_FFMPEG: string = (
  createRequire(import.meta.url)("@ffmpeg-installer/ffmpeg") as { path: string }
).path;
export const logger = createLogger({ level: process.env["TEST_LOG"] ?? "silent", pretty: false });
export const streamId = StreamId.parse("rtc_feed_test");
export const TERMS = {
  video: { payloadType: 108, ssrc: 0x1111 },
  audio: { payloadType: 111, ssrc: 0x2222 },
} as const;

/** A hub with a real RTMP server before it; every key opens the one stream. */
export class RtmpHub {
  epochMs = 0;
  readonly #opened: (() => void)[] = [];

  private constructor(
    readonly hub: StreamHub,
    private readonly server: RtmpServer,
  ) {}

  static async start(graceMs = 10_000): Promise<RtmpHub> {
    let self: RtmpHub | undefined;
    const nothing = async (): Promise<void> => {};
    const hub = new StreamHub({
      gate: {
        admit: async () => ({
          kind: "admitted",
          stream: {
            ...{ streamId, username: "ada", latencyMode: "ultra-low", graceMs },
            ...{ recording: false, epochMs: undefined },
          },
        }),
        refused: () => {},
      },
      lifecycle: { live: nothing, interrupted: nothing, ended: nothing },
      observer: {
        opened: ({ epochMs }) => self?.begin(epochMs),
        closed: nothing,
      },
      clock: systemClock,
      logger,
      onDropped: () => {},
    });
    const count = (): void => {};
    const server = await RtmpServer.create({
      config: { host: "127.0.0.1", port: 0, tlsPort: 0, maxConnections: 20, maxConnectionsPerAddress: 20 },
      tls: undefined,
      admitter: new Admitter(hub, new LockOut(systemClock)),
      acceptsCodec: () => true,
      metrics: {
        connectionOpened: count,
        connectionRejected: count,
        connectionClosed: count,
        publishRefused: count,
        bytesReceived: count,
        messagesDropped: count,
      },
      logger,
    });
    self = new RtmpHub(hub, server);
    return self;
  }

  get url(): string {
    return `rtmp://127.0.0.1:${this.server.port}/live/anything`;
  }

  get port(): number {
    return this.server.port;
  }

  begin(epochMs: number): void {
    this.epochMs = epochMs;
    for (const resolve of this.#opened.splice(0)) resolve();
  }

  /** A publisher is there. */
  async opened(): Promise<void> {
    if (this.epochMs === 0) await new Promise<void>((resolve) => this.#opened.push(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
    await this.hub.close();
  }
}

export interface SentPacket extends RtpPacket {
  readonly bytes: number;
  readonly atMs: number;
}

/** A room that keeps what it is fed, and passes it to whoever decodes. */
export class CollectingRoom implements RtcFeed {
  readonly configured: RtcFeedMedia[] = [];
  readonly clocks: RtcClock[] = [];
  closed = false;
  readonly packets: Record<RtcKind, SentPacket[]> = { audio: [], video: [] };
  onPacket: ((kind: RtcKind, packet: Uint8Array) => void) | undefined;
  readonly #waiters = new Set<{ test: () => boolean; resolve: () => void }>();

  async configure(media: RtcFeedMedia): ReturnType<RtcFeed["configure"]> {
    this.configured.push(media);
    return { video: media.video && TERMS.video, audio: media.audio && TERMS.audio };
  }

  send(kind: RtcKind, bytes: Uint8Array): void {
    this.packets[kind].push({ ...parseRtpPacket(bytes), bytes: bytes.length, atMs: performance.now() });
    this.onPacket?.(kind, bytes);
    for (const waiter of this.#waiters) {
      if (!waiter.test()) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }

  tellClock(clock: RtcClock): void {
    this.clocks.push(clock);
  }

  close(): void {
    this.closed = true;
  }

  /** The test's own timeout is the bound. */
  until(test: () => boolean): Promise<void> {
    if (test()) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.add({ test, resolve }));
  }

  /** Packets of the same timestamp, in order. */
  get frames(): SentPacket[][] {
    const frames: SentPacket[][] = [];
    for (const packet of this.packets.video) {
      const newest = frames.at(-1);
      if (newest?.[0]?.timestamp === packet.timestamp) newest.push(packet);
      else frames.push([packet]);
    }
    return frames;
  }
}

/** Types of the NAL units that begin in a packet. */
export function nalTypes({ payload }: RtpPacket): number[] {
  const bytes = Buffer.from(payload);
  const type = nalTypeOf(bytes);
  if (type === RtpNalType.fuA) return ((bytes[1] ?? 0) & 0x80) !== 0 ? [(bytes[1] ?? 0) & 0x1f] : [];
  if (type !== RtpNalType.stapA) return [type];
  const types: number[] = [];
  for (let at = 1; at < bytes.length; at += 2 + bytes.readUInt16BE(at)) {
    types.push((bytes[at + 2] ?? 0) & 0x1f);
  }
  return types;
}

export const isKeyframe = (frame: readonly SentPacket[]): boolean =>
  frame.flatMap(nalTypes).includes(NalType.idr);

/** Somebody else's RTP stack: ffmpeg, told by an SDP file what comes to its ports. */
export class RtpDecoder {
  words = "";
  readonly #socket = createSocket("udp4");
  readonly #exited: Promise<unknown>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    private readonly ports: Record<RtcKind, number>,
  ) {
    child.stderr?.on("data", (chunk: Buffer) => {
      this.words += chunk.toString();
    });
    this.#exited = new Promise((resolve) => child.once("exit", resolve));
  }

  static async start(ffmpegPath: string, ports: Record<RtcKind, number>): Promise<RtpDecoder> {
    const folder = await mkdtemp(join(tmpdir(), "footlight-rtp-"));
    const sdp = join(folder, "feed.sdp");
    const { video, audio } = TERMS;
    const lines = [
      ...["v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0"],
      ...[`m=video ${ports.video} RTP/AVP ${video.payloadType}`, `a=rtpmap:${video.payloadType} H264/90000`],
      `a=fmtp:${video.payloadType} packetization-mode=1`,
      ...[
        `m=audio ${ports.audio} RTP/AVP ${audio.payloadType}`,
        `a=rtpmap:${audio.payloadType} opus/48000/2`,
      ],
    ];
    await writeFile(sdp, `${lines.join("\r\n")}\r\n`);
    const input = ["-protocol_whitelist", "file,udp,rtp", "-max_delay", "0", "-i", sdp];
    const filters = ["-map", "0:v", "-vf", "showinfo", "-map", "0:a", "-af", "ashowinfo"];
    const args = ["-hide_banner", "-nostats", "-loglevel", "info", ...input, ...filters, "-f", "null", "-"];
    const child = spawn(ffmpegPath, args, { stdio: ["pipe", "ignore", "pipe"] });
    return new RtpDecoder(child, folder, ports);
  }

  take(kind: RtcKind, packet: Uint8Array): void {
    this.#socket.send(packet, this.ports[kind], "127.0.0.1");
  }

  get pictures(): number {
    return this.words.match(/Parsed_showinfo.* n: *\d+ pts/g)?.length ?? 0;
  }

  /** Of them, those that are unlike all others. */
  get differentPictures(): number {
    const sums = [...this.words.matchAll(/Parsed_showinfo.* checksum:(\w+)/g)].map(([, sum]) => sum);
    return new Set(sums).size;
  }

  get sounds(): number {
    return this.words.match(/Parsed_ashowinfo.* n:\d+ pts/g)?.length ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGKILL");
    await this.#exited;
    this.#socket.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
