import type { BlobStore } from "../platform/blob/blob-store.ts";
import { BlobError } from "../platform/blob/blob-store.ts";
import type { Clock } from "../platform/clock.ts";

/** `full`: below the watermark or out of space; `failing`: the last write failed otherwise. */
export type StorageState = "ok" | "full" | "failing";

const CHECK_EVERY_MS = 5_000;
/** Storing begins again only this far above the watermark, so that it does not flap. */
const RECOVER_FACTOR = 1.1;

/** One for the server: whether finished segments may be stored. Live goes on either way. */
export class StorageGuard {
  readonly #blobs: BlobStore;
  readonly #minFreeBytes: number;
  readonly #clock: Clock;
  readonly #changed: (state: StorageState) => void;
  #state: StorageState = "ok";
  #checkedAtMs = Number.NEGATIVE_INFINITY;
  #checking: Promise<void> | undefined;

  constructor(options: {
    blobs: BlobStore;
    minFreeBytes: number;
    clock: Clock;
    changed: (state: StorageState) => void;
  }) {
    this.#blobs = options.blobs;
    this.#minFreeBytes = options.minFreeBytes;
    this.#clock = options.clock;
    this.#changed = options.changed;
  }

  get state(): StorageState {
    return this.#state;
  }

  /** Looks at the free space at most every five seconds, however many streams ask. */
  async allows(): Promise<boolean> {
    if (this.#clock.monotonicMs() - this.#checkedAtMs >= CHECK_EVERY_MS) {
      this.#checking ??= this.#check().finally(() => {
        this.#checking = undefined;
      });
      await this.#checking;
    }
    return this.#state !== "full";
  }

  stored(): void {
    if (this.#state === "failing") this.#enter("ok");
  }

  failed(error: unknown): void {
    const full = error instanceof BlobError && error.code === "full";
    // A full disk is looked at again at the next check; until then nothing is tried.
    if (full) this.#checkedAtMs = this.#clock.monotonicMs();
    this.#enter(full ? "full" : "failing");
  }

  async #check(): Promise<void> {
    this.#checkedAtMs = this.#clock.monotonicMs();
    try {
      const free = await this.#blobs.freeBytes();
      const floor = this.#minFreeBytes * (this.#state === "full" ? RECOVER_FACTOR : 1);
      if (free < floor) this.#enter("full");
      else if (this.#state === "full") this.#enter("ok");
    } catch (error) {
      this.failed(error);
    }
  }

  #enter(state: StorageState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#changed(state);
  }
}
