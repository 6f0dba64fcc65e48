import { pino } from "pino";
import { afterEach, beforeEach, expect } from "vitest";
import { Admitter } from "../src/ingest/admission.ts";
import { LockOut } from "../src/ingest/lock-out.ts";
import type { RtmpMetrics } from "../src/ingest/rtmp/metrics.ts";
import { RtmpServer, type RtmpServerOptions } from "../src/ingest/rtmp/rtmp-server.ts";
import type { RtmpTimeouts } from "../src/ingest/rtmp/session-state.ts";
import type { Clock } from "../src/platform/clock.ts";
import type { RtmpPublisher } from "../src/testing/rtmp-publisher.ts";
import { RecordingPublisher } from "../src/testing/rtmp-publisher-hub.ts";

export const KEY = "right-key-0123456789abcdef";
export const SYSTEM_FFMPEG = "/usr/bin/ffmpeg";

class CountingMetrics implements RtmpMetrics {
  readonly counts = new Map<string, number>();
  readonly #add = (name: string, by = 1): void => {
    this.counts.set(name, (this.counts.get(name) ?? 0) + by);
  };
  connectionOpened = (protocol: string): void => this.#add(`opened ${protocol}`);
  connectionRejected = (reason: string): void => this.#add(`rejected ${reason}`);
  connectionClosed = (_protocol: string, outcome: string): void => this.#add(`closed ${outcome}`);
  publishRefused = (code: string): void => this.#add(`refused ${code}`);
  bytesReceived = (bytes: number): void => this.#add("bytes", bytes);
  messagesDropped = (count: number): void => this.#add("dropped", count);
}

export let hub: RecordingPublisher;
export let metrics: CountingMetrics;
export let logged: string;
export const servers: RtmpServer[] = [];
const log = (line: string): void => {
  logged += line;
};

/** For a test that brings an internal error about on purpose. */
export function forgiveErrors(): void {
  logged = "";
}

export async function start(
  over: {
    timeouts?: RtmpTimeouts;
    config?: Partial<RtmpServerOptions["config"]>;
    tls?: RtmpServerOptions["tls"];
  } & {
    acceptsCodec?: RtmpServerOptions["acceptsCodec"];
    clock?: Pick<Clock, "monotonicMs">;
  } = {},
): Promise<RtmpServer> {
  const server = await RtmpServer.create({
    config: {
      host: "127.0.0.1",
      port: 0,
      tlsPort: 0,
      maxConnections: 100,
      maxConnectionsPerAddress: 50,
      ...over.config,
    },
    tls: over.tls,
    admitter: new Admitter(hub, new LockOut(over.clock ?? { monotonicMs: () => performance.now() })),
    acceptsCodec: over.acceptsCodec ?? (() => true),
    metrics,
    logger: pino({ level: "trace" }, { write: log }),
    ...(over.timeouts === undefined ? {} : { timeouts: over.timeouts }),
  });
  servers.push(server);
  return server;
}

export const timeouts = (over: Partial<RtmpTimeouts>): RtmpTimeouts => ({
  connectMs: 5_000,
  publishMs: 5_000,
  idleMs: 5_000,
  closeMs: 500,
  ...over,
});

/** Resolves with how long the server took to close the socket. */
export async function closedAfterMs(publisher: RtmpPublisher): Promise<number> {
  const beganAt = performance.now();
  await publisher.closed;
  return performance.now() - beganAt;
}

export const units = (kind: "video" | "audio") => hub.last.of(kind);
export const dtsMs = (kind: "video" | "audio"): number[] => units(kind).map((unit) => unit.dts90k / 90);

beforeEach(() => {
  hub = new RecordingPublisher(KEY);
  metrics = new CountingMetrics();
  logged = "";
});

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  // Whatever was tried: the key is in no log, and nothing was an internal error.
  expect(logged).not.toContain(KEY);
  expect(logged).not.toContain('"level":50');
});
