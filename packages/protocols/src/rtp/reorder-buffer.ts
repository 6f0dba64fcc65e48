import { Unwrapper } from "./unwrapper.ts";

/** What is asked for again has come by then, or never will. */
const WAIT_MS = 150;
/** A second of a heavy stream. */
const MAX_HELD = 1_024;
/** Further off than this is no packet of the same row: its sender counts anew. */
const MAX_STEP = 3_000;

export interface ReorderOutput<T> {
  /** In the order of sequence numbers. */
  item(item: T): void;
  /** So many packets before the next item are given up. */
  lost(count: number): void;
}

/**
 * One sender's packets in their order. While none is missing each goes straight through; behind a gap
 * they wait until it is filled (late, or sent again), at most 150 ms. Pure: time comes with the packets,
 * and with those of other tracks by `expire`.
 */
export class ReorderBuffer<T> {
  readonly #numbers = new Unwrapper(16);
  readonly #held = new Map<number, { readonly item: T; readonly atMs: number }>();
  #next: number | undefined;
  /** When the present gap was seen. */
  #gapSinceMs = 0;
  /** Duplicates, and what came after it was given up. */
  droppedPackets = 0;

  constructor(private readonly output: ReorderOutput<T>) {}

  push(sequenceNumber: number, item: T, atMs: number): void {
    const number = this.#numbers.near(sequenceNumber);
    const ahead = number - (this.#next ?? number);
    if (Math.abs(ahead) > MAX_STEP) this.#begin(number, this.#held.size + 1);
    else if (ahead < 0 || this.#held.has(number)) {
      this.droppedPackets += 1;
      return;
    }
    if (ahead >= 0 || this.#next === number) this.#numbers.unwrap(sequenceNumber);
    if (this.#held.size === 0) this.#gapSinceMs = atMs;
    this.#held.set(number, { item, atMs });
    this.#next ??= number;
    this.#release();
    this.expire(atMs);
  }

  /** Gives up what has been missing for too long. */
  expire(atMs: number): void {
    while (this.#held.size > 0 && (atMs - this.#gapSinceMs >= WAIT_MS || this.#held.size > MAX_HELD)) {
      const first = Math.min(...this.#held.keys());
      this.output.lost(first - (this.#next ?? first));
      this.#next = first;
      this.#release();
    }
  }

  #release(): void {
    for (;;) {
      const next = this.#next as number;
      const held = this.#held.get(next);
      if (held === undefined) break;
      this.#held.delete(next);
      this.#next = next + 1;
      this.output.item(held.item);
    }
    if (this.#held.size > 0) this.#gapSinceMs = Math.min(...[...this.#held.values()].map(({ atMs }) => atMs));
  }

  #begin(number: number, lost: number): void {
    this.#held.clear();
    this.#next = number;
    this.output.lost(lost);
  }
}
