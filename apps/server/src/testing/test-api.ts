import { Writable } from "node:stream";
import type { StreamId } from "@footlight/shared";
import { type Logger, pino } from "pino";
import type { BeaconResult } from "../api/beacon-routes.ts";
import { registerApi } from "../api/register-api.ts";
import { loadConfig } from "../config/config.ts";
import type { Database } from "../db/database.ts";
import type { Mailer } from "../domain/accounts/passwords.ts";
import { createDomain, type Domain, type DomainOptions } from "../domain/create-domain.ts";
import type { LiveControl } from "../domain/streams/live-control.ts";
import { Health } from "../http/health.ts";
import { HttpServer } from "../http/http-server.ts";
import type { BlobStore } from "../platform/blob/blob-store.ts";
import type { Clock } from "../platform/clock.ts";
import { createMetrics } from "../platform/metrics.ts";
import type { PublishRequest } from "../stream/publish.ts";
import { StreamKey } from "../stream/stream-key.ts";

/** Time that a test can let pass. */
export class TestClock implements Clock {
  #aheadMs = 0;
  nowMs = (): number => Date.now() + this.#aheadMs;
  monotonicMs = (): number => performance.now() + this.#aheadMs;
  advance(ms: number): void {
    this.#aheadMs += ms;
  }
}

export class MemoryBlobs implements BlobStore {
  readonly blobs = new Map<string, Uint8Array>();
  async put(key: string, data: Uint8Array | readonly Uint8Array[]): Promise<void> {
    this.blobs.set(key, data instanceof Uint8Array ? data : Buffer.concat([...data]));
  }
  async get(key: string): Promise<Uint8Array | undefined> {
    return this.blobs.get(key);
  }
  async delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.blobs.delete(key);
  }
  async deletePrefix(prefix: string): Promise<void> {
    for (const key of this.blobs.keys()) if (key.startsWith(prefix)) this.blobs.delete(key);
  }
  async freeBytes(): Promise<number> {
    return Number.POSITIVE_INFINITY;
  }
}

/** The running media as the domain asks it, without media: it ends what it is told to end. */
export class PaperLive implements LiveControl {
  readonly revoked: { streamId: StreamId; reason: string }[] = [];
  readonly ended: StreamId[] = [];
  readonly watchedQualities: string[] = [];
  onEnd: (streamId: StreamId) => Promise<void> = async () => undefined;

  isRunning(streamId: StreamId): boolean {
    return !this.ended.includes(streamId);
  }
  isStoodIn(): boolean {
    return false;
  }
  stages(): undefined {
    return undefined;
  }
  health(): undefined {
    return undefined;
  }
  qualities(): ReturnType<LiveControl["qualities"]> {
    return [{ name: "source", bitrate: 900_000, resolution: "640x360", fps: 30 }];
  }
  watched(_streamId: StreamId, quality: string): void {
    this.watchedQualities.push(quality);
  }
  async cutPast(): Promise<boolean> {
    return true;
  }
  panic(): undefined {
    return undefined;
  }
  revoke(streamId: StreamId, reason: "key_rotated" | "switched"): void {
    this.revoked.push({ streamId, reason });
  }
  endAfterDelay(): boolean {
    return false;
  }
  async end(streamId: StreamId): Promise<void> {
    this.ended.push(streamId);
    await this.onEnd(streamId);
  }
}

/** Accounts, channels and API over a database and real HTTP, without ffmpeg and RTMP. */
export class TestApi implements AsyncDisposable {
  readonly clock = new TestClock();
  readonly blobs = new MemoryBlobs();
  readonly live = new PaperLive();
  readonly mails: Parameters<Mailer["send"]>[0][] = [];
  /** What became of each beacon. */
  readonly beacons: BeaconResult[] = [];
  /** Everything that was logged, at every level. */
  log = "";
  capacity = true;
  domain!: Domain;
  #http!: HttpServer;

  private constructor() {}

  static async start(
    database: Database,
    env: Readonly<Record<string, string>> = {},
    overrides: Partial<DomainOptions> = {},
  ): Promise<TestApi> {
    const api = new TestApi();
    await api.#start(database, env, overrides);
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#http.ports.http}`;
  }

  /** As the hub asks when an encoder comes with this key. */
  publish(key: string, from: { remoteAddress?: string; encoder?: string } = {}) {
    return this.domain.gate.admit(this.request(key, from));
  }

  request(key: string, from: { remoteAddress?: string; encoder?: string } = {}): PublishRequest {
    return {
      key: new StreamKey(key),
      protocol: "rtmp",
      remoteAddress: from.remoteAddress ?? "192.0.2.1",
      encoder: from.encoder ?? "test encoder",
    };
  }

  /** As the hub tells it when an encoder's first media has come. */
  async goLive(key: string): Promise<StreamId> {
    const request = this.request(key);
    const admission = await this.domain.gate.admit(request);
    if (admission.kind !== "admitted") throw new Error(`publish refused: ${admission.code}`);
    const { streamId } = admission.stream;
    await this.domain.lifecycle.live(streamId, { epochMs: this.clock.nowMs(), request });
    return streamId;
  }

  async #start(
    database: Database,
    env: Readonly<Record<string, string>>,
    overrides: Partial<DomainOptions>,
  ): Promise<void> {
    const config = loadConfig({ HOST: "127.0.0.1", PORT: "0", LOGIN_ATTEMPTS_PER_MINUTE: "1000", ...env });
    const logger = this.#logger();
    this.domain = createDomain({
      database,
      secrets: {
        auth: "test".repeat(16),
        keyEncryption: Buffer.alloc(32, 1),
        hmac: Buffer.alloc(32, 2),
      },
      registration: config.accounts.registration,
      loginAttemptsPerMinute: config.accounts.loginAttemptsPerMinute,
      graceMs: config.streams.graceMs,
      hasCapacity: () => this.capacity,
      live: this.live,
      blobs: this.blobs,
      canStore: async () => true,
      resizeImage: async (image) => Buffer.concat([Buffer.from("small "), image]),
      mailer: {
        send: async (mail) => {
          this.mails.push(mail);
        },
      },
      clock: this.clock,
      logger,
      ...overrides,
    });
    this.live.onEnd = (streamId) => this.domain.lifecycle.ended(streamId);
    this.#http = await HttpServer.create({
      config: config.http,
      tls: config.tls,
      logger,
      mediaHandler: () => false,
      api: (app) =>
        registerApi(app, {
          domain: this.domain,
          publicUrl: config.http.publicUrl,
          requestsPerMinute: config.http.requestsPerMinute,
          version: "0.0.0-test",
          ingest: () => ({ rtmp: 1935, rtmps: undefined }),
          lanAddress: () => undefined,
          rtc: { available: false },
          thumbnails: { get: () => undefined },
          countBeacon: (result) => this.beacons.push(result),
          clock: this.clock,
          logger,
        }),
      webRoot: "/nonexistent",
      health: new Health({ logger }),
      metrics: createMetrics({ processMetrics: false }),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http[Symbol.asyncDispose]();
    await this.domain[Symbol.asyncDispose]();
  }

  /** Without redaction, so that a secret that is only blanked by it still shows. */
  #logger(): Logger {
    const sink = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.log += chunk.toString("utf8");
        done();
      },
    });
    return pino({ level: "trace" }, sink);
  }
}
