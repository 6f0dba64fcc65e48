/** Which renditions somebody asks for. Pure: fed with times on a monotonic clock. */
export class Demand {
  readonly #askedAtMs = new Map<string, number>();

  /** `idleMs`: what nobody has asked for in so long is not asked for any more. */
  constructor(private readonly idleMs: number) {}

  /** Somebody asks for it; true where nobody did before. */
  note(rendition: string, nowMs: number): boolean {
    const isNew = !this.#askedAtMs.has(rendition);
    this.#askedAtMs.set(rendition, nowMs);
    return isNew;
  }

  /** Takes out what is not asked for any more, and names it. */
  takeIdle(nowMs: number): readonly string[] {
    const idle = [...this.#askedAtMs].flatMap(([name, atMs]) => (nowMs - atMs >= this.idleMs ? [name] : []));
    for (const name of idle) this.#askedAtMs.delete(name);
    return idle;
  }
}
