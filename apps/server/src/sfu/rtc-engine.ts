import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { parseOffer } from "@footlight/protocols/sdp/offer.ts";
import { publisherTerms } from "@footlight/protocols/sdp/publisher.ts";
import { SdpError } from "@footlight/protocols/sdp/sdp-error.ts";
import type { StreamId } from "@footlight/shared";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import {
  type RtcDemand,
  type RtcEnd,
  type RtcFeed,
  type RtcFeeding,
  type RtcIngest,
  type RtcPublication,
  RtcRefusal,
  type RtcSession,
} from "../stream/rtc.ts";
import { AnnouncedAddresses } from "./announced-addresses.ts";
import type { MediaWorker, SpawnWorker } from "./media-worker.ts";
import { PeerLimits } from "./peer-limits.ts";
import type { PeerTiming } from "./peer-transport.ts";
import { Room } from "./room.ts";
import type { RtcMetrics } from "./rtc-metrics.ts";
import type { RtcPeer, RtcRoomState, RtcRooms, RtcStages, RtcWatching, StageHold } from "./rtc-port.ts";
import { WorkerPool } from "./worker-pool.ts";

export interface RtcSettings {
  /** Where to listen, the first worker's port (0: any), and how many workers. */
  readonly host: string;
  readonly port: number;
  readonly workers: number;
  /** Addresses or names that clients reach us by; none: this machine's own. */
  readonly announced: readonly string[];
  readonly maxPeersPerStream: number;
  readonly maxPeersPerAddress: number;
  readonly maxPeersPerWorker: number;
  readonly timing: PeerTiming;
  /** A viewer waits so long for a stream's media to begin. */
  readonly sourceMs: number;
}

export interface RtcEngineDeps {
  readonly settings: RtcSettings;
  /** The worker's binary, and how to start one: mediasoup's. */
  readonly binary: string;
  readonly spawn: SpawnWorker;
  readonly metrics: RtcMetrics;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Bounds that are not configuration. A core carries some 450 viewers of 1 Mbps. */
export const DEFAULT_BOUNDS = {
  maxPeersPerWorker: 500,
  timing: { connectMs: 15_000, consentS: 15, lostMs: 5_000 },
  sourceMs: 10_000,
} as const;

/** WebRTC: the media workers and the streams' rooms on them. Knows nothing of HTTP. */
export class RtcEngine implements RtcIngest, RtcFeeding, RtcWatching, RtcRooms, RtcStages, AsyncDisposable {
  readonly #rooms = new Map<StreamId, Room>();
  readonly #listeners = new Set<(streamId: StreamId | undefined) => void>();
  readonly #addresses: AnnouncedAddresses;
  readonly #limits: PeerLimits;
  readonly #logger: Logger;
  #demand: RtcDemand = () => false;
  #available: boolean;
  /** From the clock, so that no epoch of an earlier process comes again. */
  #epoch: number;
  #closing: Promise<void> | undefined;

  /** Where the worker's binary is missing the engine runs without, until it is there. */
  static async create(deps: RtcEngineDeps): Promise<RtcEngine> {
    const { settings, binary, spawn, metrics } = deps;
    const { host, port, workers, maxPeersPerWorker } = settings;
    const ip = isIP(host) === 0 ? (await lookup(host)).address : host;
    const logger = deps.logger.child({ area: "rtc" });
    const pool = await WorkerPool.create({
      ...{ ip, port, workers, maxPeersPerWorker, binary, spawn, logger },
      onDeath: () => metrics.workerDied(),
    });
    return new RtcEngine(deps, pool, ip, logger);
  }

  private constructor(
    private readonly deps: RtcEngineDeps,
    private readonly pool: WorkerPool,
    ip: string,
    logger: Logger,
  ) {
    const { announced, maxPeersPerAddress } = deps.settings;
    this.#logger = logger;
    this.#addresses = new AnnouncedAddresses({ ip, configured: announced });
    this.#limits = new PeerLimits(maxPeersPerAddress);
    this.#epoch = deps.clock.nowMs();
    this.#available = this.available;
    pool.onChange(() => this.#workersChanged());
  }

  get available(): boolean {
    return this.#closing === undefined && this.pool.list().length > 0;
  }

  get workers(): readonly MediaWorker[] {
    return this.pool.list();
  }

  /** For gauges. */
  stats(): { readonly rooms: number; readonly viewers: number; readonly publishers: number } {
    const rooms = [...this.#rooms.values()];
    const sum = (read: (room: Room) => number) => rooms.reduce((total, room) => total + read(room), 0);
    return {
      rooms: rooms.length,
      viewers: sum((room) => room.viewers),
      publishers: sum((room) => room.publishers),
    };
  }

  state(streamId: StreamId): RtcRoomState | undefined {
    return this.#rooms.get(streamId)?.state;
  }

  onChange(listener: (streamId: StreamId | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onDemand(listener: RtcDemand): void {
    this.#demand = listener;
  }

  publish(streamId: StreamId, offer: string, peer: RtcPeer): Promise<RtcPublication> {
    return this.#counted(async () => {
      const parsed = parseOffer(offer);
      const terms = publisherTerms(parsed);
      const leave = this.#limits.enter(peer.address);
      try {
        const publication = await this.#room(streamId).publish(parsed, terms);
        this.#onEnd("publisher", streamId, publication, leave);
        return publication;
      } catch (error) {
        leave();
        throw error;
      }
    });
  }

  watch(streamId: StreamId, offer: string, peer: RtcPeer): Promise<RtcSession> {
    return this.#counted(async () => {
      const parsed = parseOffer(offer);
      const viewer = await this.#room(streamId).watch(parsed, peer);
      this.#onEnd("viewer", streamId, viewer);
      return viewer;
    });
  }

  feed(streamId: StreamId, events: { keyframeWanted(): void }): RtcFeed {
    return this.#room(streamId, { evenIfUnavailable: true }).feed(() => events.keyframeWanted());
  }

  async holdForStage(streamId: StreamId): Promise<StageHold> {
    return this.#room(streamId).holdForStage();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    for (const room of this.#rooms.values()) room.close("closing");
    this.#rooms.clear();
    await this.pool.close();
  }

  /** Throws `RtcRefusal`. A room that nobody comes into is freed by who leaves it. */
  #room(streamId: StreamId, options: { readonly evenIfUnavailable?: boolean } = {}): Room {
    if (!this.available && options.evenIfUnavailable !== true) {
      throw new RtcRefusal("rtc_unavailable", "No media worker runs.", 2);
    }
    const existing = this.#rooms.get(streamId);
    if (existing !== undefined) return existing;
    const { settings, clock } = this.deps;
    const room: Room = new Room(streamId, {
      pool: this.pool,
      addresses: this.#addresses,
      maxPeers: settings.maxPeersPerStream,
      timing: settings.timing,
      sourceMs: settings.sourceMs,
      clock,
      logger: this.#logger.child({ stream: streamId }),
      demand: (peers) => this.#demand(streamId, peers),
      nextEpoch: () => {
        this.#epoch += 1;
        return this.#epoch;
      },
      enterAddress: (address) => this.#limits.enter(address),
      onChange: () => this.#changed(streamId),
      onIdle: () => {
        if (this.#rooms.get(streamId) === room) this.#rooms.delete(streamId);
        this.#changed(streamId);
      },
    });
    this.#rooms.set(streamId, room);
    return room;
  }

  #workersChanged(): void {
    for (const room of this.#rooms.values()) room.workersChanged();
    if (this.#available === this.available) return;
    this.#available = this.available;
    this.#changed(undefined);
  }

  #changed(streamId: StreamId | undefined): void {
    if (this.#closing !== undefined) return;
    for (const listener of [...this.#listeners]) listener(streamId);
  }

  #onEnd(role: "publisher" | "viewer", streamId: StreamId, session: RtcSession, leave = () => {}): void {
    const ended = () => {
      leave();
      const end = session.closed.reason as RtcEnd;
      this.deps.metrics.sessionEnded(role, end);
      this.#logger.info({ stream: streamId, role, end }, "WebRTC session ended");
    };
    if (session.closed.aborted) ended();
    else session.closed.addEventListener("abort", ended, { once: true });
  }

  async #counted<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const refusal = asRefusal(error);
      if (refusal instanceof RtcRefusal) this.deps.metrics.refused(refusal.code);
      throw refusal;
    }
  }
}

function asRefusal(error: unknown): unknown {
  return error instanceof SdpError ? new RtcRefusal(error.code, error.message) : error;
}
