interface Entry<T> {
  readonly value: T;
  readonly atMs: number;
  /** So many viewers this one stands for. */
  weight: number;
}

/**
 * The newest word of each viewer of a stream, for a while, in bounded memory. When there are more than
 * `most`, every other one is left out, by a salted hash of the id, so that the same ones are heard next
 * time (Wegman's adaptive sampling); when there are few again, all are taken again.
 */
export class ViewerSample<T> {
  /** Longest silent first. */
  readonly #entries = new Map<string, Entry<T>>();
  /** One in 2^shift is heard. */
  #shift = 0;

  constructor(
    private readonly options: { readonly most: number; readonly keepMs: number; readonly salt: number },
  ) {}

  note(viewerId: string, value: T, nowMs: number): void {
    this.#expire(nowMs);
    if (!this.#hears(viewerId)) return;
    this.#entries.delete(viewerId);
    this.#entries.set(viewerId, { value, atMs: nowMs, weight: 2 ** this.#shift });
    while (this.#entries.size > this.options.most) this.#halve();
  }

  /** Those that were heard lately, with how many each stands for. */
  read(nowMs: number): { readonly value: T; readonly weight: number }[] {
    this.#expire(nowMs);
    return [...this.#entries.values()];
  }

  #expire(nowMs: number): void {
    for (const [viewerId, { atMs }] of this.#entries) {
      if (nowMs - atMs < this.options.keepMs) break;
      this.#entries.delete(viewerId);
    }
    // Far below the bound, else it would halve and double in turn.
    while (this.#shift > 0 && this.#entries.size < this.options.most / 4) this.#shift -= 1;
  }

  #halve(): void {
    this.#shift += 1;
    for (const [viewerId, entry] of this.#entries) {
      if (!this.#hears(viewerId)) this.#entries.delete(viewerId);
      else entry.weight = Math.max(entry.weight, 2 ** this.#shift);
    }
  }

  #hears(viewerId: string): boolean {
    return this.#shift === 0 || hash(viewerId, this.options.salt) < 2 ** (32 - this.#shift);
  }
}

/** FNV-1a, mixed once more (murmur3's finaliser), because its high bits alone are not even. */
function hash(text: string, salt: number): number {
  let h = (0x811c9dc5 ^ salt) >>> 0;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
