import type { UnitRange } from "@footlight/shared";
import { decodeTimeUs, type Unit } from "../units.ts";
import { rangesOf } from "./ranges.ts";
import { type Kept, type SpoolHead, SpoolStore } from "./spool-store.ts";

/** What was sent lately may not have arrived: it is remembered for so long. */
const RECENT_US = 10_000_000;
const RECENT_BYTES = 48 * 1024 * 1024;

interface SpoolOptions {
  /** Folder of all that is kept. */
  readonly folder: string;
  readonly head: SpoolHead;
  readonly maxBytes: number;
  /** Once, until there is room again. */
  readonly onFault: (cause: string) => void;
}

/**
 * What a server may lack, in a file of ours until it has it. Units pass by; while there is trouble with the line they
 * are kept, with those of the last seconds before, and forgotten when the server says that it has them. Bounded: when
 * it is full the newest are not kept. What is kept outlives this process (`recover`).
 */
export class Spool {
  readonly #maxBytes: number;
  readonly #onFault: (cause: string) => void;
  readonly #store: SpoolStore;
  #recent: { readonly order: number; readonly unit: Unit }[] = [];
  #recentBytes = 0;
  #kept: Kept[] = [];
  #order = 0;
  #keptOrder = -1;
  #keeping = false;
  #isFull = false;
  #end = 0;

  constructor({ folder, head, maxBytes, onFault }: SpoolOptions, store?: SpoolStore, kept: Kept[] = []) {
    this.#maxBytes = maxBytes;
    this.#onFault = onFault;
    this.#store = store ?? new SpoolStore(folder, head, (cause) => this.#fail(cause));
    this.#kept = kept;
  }

  /** What a process that died has left behind in a folder; undefined: nothing that can be used. */
  static async recover(folder: string, name: string, server: string, onFault: (cause: string) => void) {
    const found = await SpoolStore.recover(folder, name, server, onFault);
    if (found === undefined) return undefined;
    const { store, head, kept, baseUs } = found;
    return { spool: new Spool({ folder, head, maxBytes: 0, onFault }, store, kept), head, baseUs };
  }

  get isKeeping(): boolean {
    return this.#keeping;
  }

  get pictures(): number {
    return this.#kept.reduce((sum, { kind }) => sum + (kind === "picture" ? 1 : 0), 0);
  }

  /** Of all that is kept. */
  get bytes(): number {
    return this.#kept.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  push(unit: Unit): void {
    const order = this.#order++;
    this.#recent.push({ order, unit });
    this.#recentBytes += unit.data.byteLength;
    const oldestUs = decodeTimeUs(unit) - RECENT_US;
    for (;;) {
      const first = this.#recent[0]?.unit;
      if (first === undefined) break;
      if (decodeTimeUs(first) >= oldestUs && this.#recentBytes <= RECENT_BYTES) break;
      this.#recentBytes -= first.data.byteLength;
      this.#recent.shift();
    }
    if (this.#keeping) this.#keep(order, unit);
  }

  /** Trouble: what comes is kept, and what went out lately. @param baseUs media time that is sent as timestamp 0 */
  begin(baseUs: number): void {
    if (this.#keeping) return;
    this.#keeping = true;
    this.#store.base(baseUs);
    for (const { order, unit } of this.#recent) if (order > this.#keptOrder) this.#keep(order, unit);
  }

  end(): void {
    this.#keeping = false;
  }

  /** Numbers of the pictures that are kept, by source. */
  ranges(): Map<number, UnitRange[]> {
    const bySource = new Map<number, number[]>();
    for (const kept of this.#kept) {
      if (kept.kind !== "picture") continue;
      const frames = bySource.get(kept.source) ?? [];
      frames.push(kept.frame);
      bySource.set(kept.source, frames);
    }
    return new Map([...bySource].map(([source, frames]) => [source, rangesOf(frames)]));
  }

  /**
   * Its pictures and the sound beside them, in decode order, with as many of the range's first pictures as fit into
   * the bounds; at least one.
   */
  async read(
    source: number,
    { from, to }: UnitRange,
    bounds: { readonly bytes: number; readonly pictures: number },
  ): Promise<Unit[]> {
    const isWanted = (kept: Kept): boolean =>
      kept.kind === "picture" && kept.source === source && kept.frame >= from && kept.frame <= to;
    const wanted = this.#kept.filter(isWanted).slice(0, bounds.pictures);
    let bytes = 0;
    const fitting = wanted.filter((kept, at) => {
      bytes += kept.bytes;
      return at === 0 || bytes <= bounds.bytes;
    });
    const [first, last] = [fitting[0], fitting.at(-1)];
    if (first?.kind !== "picture" || last?.kind !== "picture") return [];
    const next = this.#kept.find((kept) => kept.kind === "picture" && kept.order > last.order);
    const untilUs = next?.kind === "picture" ? next.dtsUs : Number.POSITIVE_INFINITY;
    const sounds = this.#kept.filter(
      (kept) => kept.kind === "sound" && kept.ptsUs >= first.dtsUs && kept.ptsUs < untilUs,
    );
    const chosen = [...fitting, ...sounds].sort((a, b) => timeOf(a) - timeOf(b) || a.order - b.order);
    return Promise.all(
      chosen.map(async ({ order: _, at, bytes, ...unit }) => ({
        ...unit,
        data: await this.#store.read({ at, bytes }),
      })),
    );
  }

  /** Forgets a stretch that the server has taken. */
  drop(source: number, { from, to }: UnitRange): void {
    const isIn = (frame: number): boolean => frame >= from && frame <= to;
    this.#filter(source, (frame) => !isIn(frame));
  }

  /** Forgets what of a source the server has, and the sound before what is left. */
  keepOnly(source: number, lacking: readonly UnitRange[]): void {
    const isLacking = (frame: number): boolean =>
      lacking.some(({ from, to }) => frame >= from && frame <= to);
    this.#filter(source, isLacking);
  }

  /** What is still kept stays on the disk, for the next process to send. */
  async close(): Promise<void> {
    this.#keeping = false;
    if (this.pictures > 0) await this.#store.leave();
    else await this.#store.remove();
  }

  #filter(source: number, stays: (frame: number) => boolean): void {
    this.#kept = this.#kept.filter(
      (kept) => kept.kind !== "picture" || kept.source !== source || stays(kept.frame),
    );
    const first = this.#kept.find((kept) => kept.kind === "picture");
    const fromUs = first === undefined ? Number.POSITIVE_INFINITY : timeOf(first);
    if (!this.#keeping) this.#kept = this.#kept.filter((kept) => timeOf(kept) >= fromUs);
    if (first === undefined && !this.#keeping) this.#reset();
  }

  /** Nothing is left: its room is free again. */
  #reset(): void {
    this.#store.clear();
    this.#kept = [];
    this.#end = 0;
    this.#isFull = false;
  }

  #keep(order: number, unit: Unit): void {
    this.#keptOrder = order;
    const { data, ...rest } = unit;
    const bytes = data.byteLength;
    if (this.#end + bytes > this.#maxBytes) this.#fail("spool_full");
    if (this.#isFull) return;
    const kept = { ...rest, order, at: this.#end, bytes };
    this.#end += bytes;
    this.#kept.push(kept);
    this.#store.append(kept, data);
  }

  #fail(cause: string): void {
    if (!this.#isFull) this.#onFault(cause);
    this.#isFull = true;
  }
}

const timeOf = (kept: Kept): number => (kept.kind === "picture" ? kept.dtsUs : kept.ptsUs);
