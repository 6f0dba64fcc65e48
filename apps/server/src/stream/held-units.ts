import type { IncomingUnit } from "./unit.ts";

/** Where what is held lies while memory is too dear; a blob store on the local disk is one. */
export interface Spool {
  put(key: string, data: readonly Uint8Array[]): Promise<void>;
  get(key: string): Promise<Uint8Array | undefined>;
  delete(keys: readonly string[]): Promise<void>;
}

/** Unit of spooling: some seconds of a heavy stream, minutes of a light one. */
const CHUNK_BYTES = 4 * 1024 * 1024;
/** The oldest chunks are in memory, for they are needed next. */
const CHUNKS_READY = 2;

type Place = "memory" | "writing" | "disk" | "reading";

interface Chunk {
  readonly key: string;
  readonly units: HeldUnit[];
  bytes: number;
  place: Place;
}

export interface HeldUnit {
  /** Without its data while that is on the disk. */
  unit: IncomingUnit | undefined;
  readonly meta: Omit<IncomingUnit, "data">;
  readonly byteLength: number;
}

/**
 * Units in the order in which they came, most of them on the disk where there are many: in memory are the two
 * oldest chunks, the one that fills and what is being written, 16 MiB where the disk keeps up. A disk that fails
 * leaves them in memory, which `memoryBytes` tells.
 */
export class HeldUnits {
  readonly #spool: Spool | undefined;
  readonly #name: string;
  readonly #loaded: () => void;
  #chunks: Chunk[] = [];
  #next = 0;
  #working = false;
  #failed = false;

  /** @param loaded called when units that were missing are back */
  constructor(options: { spool: Spool | undefined; name: string; loaded: () => void }) {
    this.#spool = options.spool;
    this.#name = options.name;
    this.#loaded = options.loaded;
  }

  get bytes(): number {
    return this.#chunks.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get memoryBytes(): number {
    return this.#chunks.reduce((sum, { bytes, place }) => (place === "disk" ? sum : sum + bytes), 0);
  }

  add(unit: IncomingUnit): HeldUnit {
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || chunk.bytes >= CHUNK_BYTES) {
      chunk = { key: `${this.#name}/${this.#next++}`, units: [], bytes: 0, place: "memory" };
      this.#chunks.push(chunk);
      this.#work();
    }
    const { data, ...meta } = unit;
    const held = { unit, meta, byteLength: data.length };
    chunk.units.push(held);
    chunk.bytes += data.length;
    return held;
  }

  /** The oldest one is not held any more. */
  shift(): void {
    const oldest = this.#chunks[0];
    const held = oldest?.units.shift();
    if (oldest === undefined || held === undefined) return;
    oldest.bytes -= held.byteLength;
    if (oldest.units.length > 0) return;
    this.#chunks.shift();
    this.#work();
  }

  clear(): void {
    const spooled = this.#chunks.filter(({ place }) => place !== "memory").map(({ key }) => key);
    this.#chunks = [];
    this.#spool?.delete(spooled).catch(() => {});
  }

  /** One thing at a time: first what is needed next comes in, then what is not goes out. */
  #work(): void {
    if (this.#working || this.#spool === undefined) return;
    const wanted = this.#chunks.slice(0, CHUNKS_READY).find(({ place }) => place === "disk");
    const spare = this.#failed
      ? undefined
      : this.#chunks.slice(CHUNKS_READY, -1).find(({ place }) => place === "memory");
    const job = wanted !== undefined ? this.#read(wanted) : spare && this.#write(spare);
    if (job === undefined) return;
    this.#working = true;
    void job.finally(() => {
      this.#working = false;
      this.#work();
    });
  }

  async #write(chunk: Chunk): Promise<void> {
    chunk.place = "writing";
    const data = chunk.units.map(({ unit }) => unit?.data ?? new Uint8Array());
    try {
      await this.#spool?.put(chunk.key, data);
      chunk.place = "disk";
      for (const held of chunk.units) held.unit = undefined;
      if (!this.#chunks.includes(chunk)) await this.#spool?.delete([chunk.key]);
    } catch {
      // It stays where it is; the bound on memory sees to the rest.
      chunk.place = "memory";
      this.#failed = true;
    }
  }

  async #read(chunk: Chunk): Promise<void> {
    chunk.place = "reading";
    const bytes = await this.#spool?.get(chunk.key).catch(() => undefined);
    let at = 0;
    for (const held of chunk.units) {
      const data = bytes?.subarray(at, at + held.byteLength) ?? new Uint8Array();
      at += held.byteLength;
      held.unit = { ...held.meta, data };
    }
    chunk.place = "memory";
    this.#loaded();
    await this.#spool?.delete([chunk.key]).catch(() => {});
  }
}
