import { access, constants } from "node:fs/promises";
import { delay } from "../platform/lifecycle.ts";
import type { Logger } from "../platform/logger.ts";
import { MediaWorker, type SpawnWorker } from "./media-worker.ts";

export interface WorkerPoolOptions {
  /** Address to listen on, the first worker's port (0: any), and how many. */
  readonly ip: string;
  readonly port: number;
  readonly workers: number;
  readonly maxPeersPerWorker: number;
  /** The worker's binary: is it there yet? */
  readonly binary: string;
  readonly spawn: SpawnWorker;
  readonly onDeath: () => void;
  readonly logger: Logger;
}

/** A binary that is still being built is looked for so often. */
const LOOK_MS = 1_000;
/** A worker that dies is replaced at once; one that keeps dying, or whose port is taken, ever later. */
const BACKOFF_MS = [0, 250, 1_000, 4_000, 15_000];
/** Who lived so long is no repeater. */
const STEADY_MS = 60_000;

/** Keeps the configured number of media workers alive, each at its own port. */
export class WorkerPool {
  readonly #workers = new Map<number, MediaWorker>();
  readonly #closing = new AbortController();
  readonly #listeners = new Set<() => void>();
  #loops: Promise<unknown> = Promise.resolve();

  /** Resolves when the workers run, or at once where the binary is missing: it is waited for in the background. */
  static async create(options: WorkerPoolOptions): Promise<WorkerPool> {
    const pool = new WorkerPool(options);
    await pool.#begin();
    return pool;
  }

  private constructor(private readonly options: WorkerPoolOptions) {}

  list(): readonly MediaWorker[] {
    return [...this.#workers.values()];
  }

  /** The emptiest that has room, but the preferred one where that has. */
  pick(preferred: readonly MediaWorker[] = []): MediaWorker | undefined {
    const open = preferred.find((worker) => worker.hasRoom && this.list().includes(worker));
    if (open !== undefined) return open;
    return this.list()
      .filter((worker) => worker.hasRoom)
      .reduce<MediaWorker | undefined>(
        (best, worker) => (best === undefined || worker.peers < best.peers ? worker : best),
        undefined,
      );
  }

  /** Called when a worker has come or gone. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error("closing"));
    await Promise.all(this.list().map((worker) => worker.close()));
    await this.#loops;
  }

  async #begin(): Promise<void> {
    const { binary, logger, workers } = this.options;
    const run = (tried: () => void) =>
      Promise.all(Array.from({ length: workers }, (_, index) => this.#keep(index, tried)));
    if (await isThere(binary)) {
      let left = workers;
      await new Promise<void>((resolve) => {
        this.#loops = run(() => {
          left -= 1;
          if (left === 0) resolve();
        });
      });
      return;
    }
    logger.warn(
      { binary },
      "no media worker yet: there is no ultra tier (WHIP, WHEP, stage) until it is built",
    );
    this.#loops = (async () => {
      while (!(await isThere(binary))) await delay(LOOK_MS, this.#closing.signal);
      logger.info({ binary }, "media worker found");
      await run(() => {});
    })().catch(() => {});
  }

  /** One place in the pool. `tried` is called once, after the first attempt, however it went. */
  async #keep(index: number, tried: () => void): Promise<void> {
    const { ip, port, spawn, maxPeersPerWorker: maxPeers, logger, onDeath } = this.options;
    const signal = this.#closing.signal;
    let failures = 0;
    while (!signal.aborted) {
      const startedMs = performance.now();
      try {
        const own = { spawn, ip, port: port === 0 ? 0 : port + index, maxPeers };
        const worker = await MediaWorker.create({ ...own, logger: logger.child({ worker: index }) });
        if (signal.aborted) await worker.close();
        else {
          const gone = this.#live(index, worker);
          if (failures === 0) tried();
          await gone;
          if (!signal.aborted) onDeath();
        }
      } catch (error) {
        logger.error({ err: error, worker: index, port: port + index }, "a media worker does not start");
        if (failures === 0) tried();
      }
      if (performance.now() - startedMs > STEADY_MS) failures = 1;
      else failures += 1;
      const waitMs = BACKOFF_MS[Math.min(failures, BACKOFF_MS.length) - 1] ?? 0;
      await delay(waitMs, signal).catch(() => {});
    }
  }

  /** Resolves when it has gone. */
  async #live(index: number, worker: MediaWorker): Promise<void> {
    const { logger } = this.options;
    this.#workers.set(index, worker);
    logger.info({ worker: index, pid: worker.process.pid }, "media worker runs");
    const gone = new Promise<void>((resolve) => {
      if (worker.gone.aborted) resolve();
      else worker.gone.addEventListener("abort", () => resolve(), { once: true });
    });
    this.#changed();
    await gone;
    this.#workers.delete(index);
    this.#changed();
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

async function isThere(binary: string): Promise<boolean> {
  try {
    await access(binary, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
