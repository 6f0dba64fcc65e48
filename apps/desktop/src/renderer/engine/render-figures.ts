const EVERY_MS = 1_000;

/** How many pictures were composed in the last second, and what one of them took. */
export class RenderFigures {
  #frames = 0;
  #spentMs = 0;
  #sinceMs: number;

  constructor(
    private readonly now: () => number,
    private readonly tell: (figures: { fps: number; renderMs: number }) => void,
  ) {
    this.#sinceMs = now();
  }

  rendered(tookMs: number): void {
    this.#frames += 1;
    this.#spentMs += tookMs;
    const elapsedMs = this.now() - this.#sinceMs;
    if (elapsedMs < EVERY_MS) return;
    this.tell({ fps: (this.#frames * 1_000) / elapsedMs, renderMs: this.#spentMs / this.#frames });
    this.#frames = 0;
    this.#spentMs = 0;
    this.#sinceMs = this.now();
  }
}
