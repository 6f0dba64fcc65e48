import type { StreamId } from "@footlight/shared";
import type { BlobStore } from "../platform/blob/blob-store.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { SegmentIndex } from "../stream/segment-index.ts";
import type { PackagerSettings, PublishedMedia } from "./packager-options.ts";
import { loadHistory } from "./restore.ts";
import { StorageGuard, type StorageState } from "./storage-guard.ts";
import { StreamPackager } from "./stream-packager.ts";
import { StreamStore, streamPrefix } from "./stream-store.ts";

/** What the manager must know of a stream that does not run here; the domain answers. */
export interface StreamDirectory {
  /** Undefined for a stream that does not exist or has never been live. */
  find(
    streamId: StreamId,
  ): Promise<{ readonly epochMs: number; readonly ended: boolean; readonly recording: boolean } | undefined>;
  /** Streams that ended before a time (Unix ms), are not recorded and still have segments; at most `limit`. */
  expired(endedBeforeMs: number, limit: number): Promise<readonly StreamId[]>;
}

export interface PackagerManagerOptions {
  readonly settings: PackagerSettings & { readonly minFreeBytes: number };
  readonly blobs: BlobStore;
  readonly index: SegmentIndex;
  readonly directory: StreamDirectory;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Storing stopped or began again: for the dashboards and the operator. */
  readonly storageChanged?: (state: StorageState) => void;
}

/** Streams at rest that are kept ready; a few kilobytes each, for their media is in the blob store. */
const MAX_RESTING = 256;
/** Ids that do not exist are remembered for a moment, so that asking for them costs nothing. */
const MAX_UNKNOWN = 10_000;
const UNKNOWN_MS = 2_000;
/** After its end a stream stays in memory until every viewer has seen the ENDLIST. */
const LINGER_MS = 60_000;
const JANITOR_MS = 30_000;
const EXPIRED_BATCH = 20;

/** Owns every packager of the server: those that run, and those at rest that somebody watches. */
export class PackagerManager implements AsyncDisposable {
  readonly storage: StorageGuard;
  readonly #options: PackagerManagerOptions;
  readonly #live = new Map<StreamId, StreamPackager>();
  readonly #opening = new Map<StreamId, Promise<StreamPackager>>();
  /** Least recently used first. */
  readonly #resting = new Map<StreamId, StreamPackager>();
  readonly #finding = new Map<StreamId, Promise<StreamPackager | undefined>>();
  readonly #unknown = new Map<StreamId, number>();
  readonly #janitor: NodeJS.Timeout;
  #sweeping: Promise<void> | undefined;
  #closed = false;

  constructor(options: PackagerManagerOptions) {
    this.#options = options;
    this.storage = new StorageGuard({
      blobs: options.blobs,
      minFreeBytes: options.settings.minFreeBytes,
      clock: options.clock,
      changed: (state) => {
        options.logger.warn({ state }, "storing of segments: state changed");
        options.storageChanged?.(state);
      },
    });
    this.#janitor = setInterval(() => void this.sweep(), JANITOR_MS);
    this.#janitor.unref();
  }

  /**
   * The packager of a stream that is published: the running one (a reconnect), one restored from
   * its past (a restarted server), or a new one.
   */
  open(
    streamId: StreamId,
    stream: {
      readonly epochMs: number;
      readonly recording: boolean;
      readonly lowLatency: boolean;
      readonly published?: (event: PublishedMedia) => void;
      readonly demanded?: (rendition: string) => void;
    },
  ): Promise<StreamPackager> {
    if (this.#closed) return Promise.reject(new Error("packagers are closed"));
    const live = this.#live.get(streamId);
    if (live?.open === true) return Promise.resolve(live);
    let opening = this.#opening.get(streamId);
    if (opening === undefined) {
      opening = this.#restore(streamId, { ...stream, ended: false, create: true })
        .then((packager) => {
          if (packager === undefined) throw new Error("no packager was made");
          this.#live.set(streamId, packager);
          this.#forgetResting(streamId);
          this.#unknown.delete(streamId);
          return packager;
        })
        .finally(() => this.#opening.delete(streamId));
      this.#opening.set(streamId, opening);
    }
    return opening;
  }

  /** For streams that are running here. */
  get(streamId: StreamId): StreamPackager | undefined {
    return this.#live.get(streamId);
  }

  /** For the origin: the running one at once, else one at rest, made from its past if need be. */
  find(streamId: StreamId): StreamPackager | undefined | Promise<StreamPackager | undefined> {
    const live = this.#live.get(streamId);
    if (live !== undefined) return live;
    const resting = this.#resting.get(streamId);
    if (resting !== undefined) {
      this.#resting.delete(streamId);
      this.#resting.set(streamId, resting);
      return resting;
    }
    const until = this.#unknown.get(streamId);
    if (until !== undefined && until > this.#options.clock.monotonicMs()) return undefined;
    return this.#findResting(streamId);
  }

  /** Ends a stream, whether it runs here or only its past does. */
  async end(streamId: StreamId): Promise<void> {
    this.#forgetResting(streamId);
    await this.#opening.get(streamId)?.catch(() => {});
    await this.#live.get(streamId)?.end();
  }

  /** A stream leaves this process without having ended: stored, no ENDLIST; asked for, it is at rest. */
  async suspend(streamId: StreamId): Promise<void> {
    const packager = this.#live.get(streamId);
    await packager?.suspend();
    if (this.#live.get(streamId) === packager) this.#live.delete(streamId);
  }

  /** Every running stream goes to rest: whole segments stored, no ENDLIST. */
  async suspendAll(): Promise<void> {
    await Promise.allSettled([...this.#opening.values()]);
    await Promise.all([...this.#live.values()].map((packager) => packager.suspend()));
  }

  /** Deletes everything of a stream. */
  async discard(streamId: StreamId): Promise<void> {
    this.#forgetResting(streamId);
    const { index, blobs } = this.#options;
    const newest = (await index.load(streamId, 1)).segments.at(-1);
    await blobs.deletePrefix(streamPrefix(streamId));
    if (newest !== undefined) await index.forget(streamId, newest.seq + 1);
  }

  /** The janitor's round; also on its timer. Never throws. */
  sweep(): Promise<void> {
    this.#sweeping ??= this.#sweep().finally(() => {
      this.#sweeping = undefined;
    });
    return this.#sweeping;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#janitor);
    await this.#sweeping;
    await this.suspendAll();
    await Promise.all([...this.#resting.values()].map((packager) => packager.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #sweep(): Promise<void> {
    const { clock, directory, logger, settings } = this.#options;
    const nowMs = clock.monotonicMs();
    for (const [streamId, packager] of this.#live) {
      if (packager.endedAtMs === undefined) packager.expire();
      else if (nowMs - packager.endedAtMs >= LINGER_MS) {
        this.#live.delete(streamId);
        await packager.close();
      }
    }
    for (const [streamId, until] of this.#unknown) if (until <= nowMs) this.#unknown.delete(streamId);
    try {
      const before = clock.nowMs() - settings.dvrWindowS * 1000;
      for (const streamId of await directory.expired(before, EXPIRED_BATCH)) await this.discard(streamId);
    } catch (error) {
      logger.warn({ err: error }, "could not delete old streams");
    }
  }

  #findResting(streamId: StreamId): Promise<StreamPackager | undefined> {
    let finding = this.#finding.get(streamId);
    if (finding === undefined) {
      finding = this.#makeResting(streamId).finally(() => this.#finding.delete(streamId));
      this.#finding.set(streamId, finding);
    }
    return finding;
  }

  async #makeResting(streamId: StreamId): Promise<StreamPackager | undefined> {
    const stream = await this.#options.directory.find(streamId);
    const packager =
      stream === undefined
        ? undefined
        : await this.#restore(streamId, { ...stream, lowLatency: false, create: false });
    const live = this.#live.get(streamId);
    if (live !== undefined) return live;
    if (packager === undefined) {
      if (this.#unknown.size >= MAX_UNKNOWN) this.#unknown.clear();
      this.#unknown.set(streamId, this.#options.clock.monotonicMs() + UNKNOWN_MS);
      return undefined;
    }
    this.#resting.set(streamId, packager);
    for (const oldest of this.#resting.keys()) {
      if (this.#resting.size <= MAX_RESTING) break;
      this.#forgetResting(oldest);
    }
    return packager;
  }

  #forgetResting(streamId: StreamId): void {
    const resting = this.#resting.get(streamId);
    this.#resting.delete(streamId);
    void resting?.close();
  }

  async #restore(
    streamId: StreamId,
    stream: {
      readonly epochMs: number;
      readonly recording: boolean;
      readonly lowLatency: boolean;
      readonly ended: boolean;
      readonly create: boolean;
      readonly published?: (event: PublishedMedia) => void;
      readonly demanded?: (rendition: string) => void;
    },
  ): Promise<StreamPackager | undefined> {
    const { blobs, index, clock, settings } = this.#options;
    const logger = this.#options.logger.child({ streamId });
    const history = await loadHistory(
      streamId,
      { blobs, index },
      { limit: settings.dvrWindowS + settings.liveWindowSegments, ended: !stream.create },
    );
    if (history === undefined && !stream.create) return undefined;
    const store = new StreamStore({ streamId, blobs, index, guard: this.storage, logger });
    return new StreamPackager({
      streamId,
      epochMs: stream.epochMs,
      recording: stream.recording,
      lowLatency: stream.lowLatency,
      settings,
      store,
      clock,
      logger,
      ended: stream.ended,
      ...(history === undefined ? {} : { history }),
      ...(stream.published === undefined ? {} : { published: stream.published }),
      ...(stream.demanded === undefined ? {} : { demanded: stream.demanded }),
    });
  }
}
