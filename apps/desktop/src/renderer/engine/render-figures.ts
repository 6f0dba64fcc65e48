const EVERY_MS = 1_000;

interface Figures {
  readonly fps: number;
  readonly renderMs: number;
  /** Since the beginning. */
  readonly rendered: number;
  /** Frames are wanted, and the time of none of them came. */
  readonly stands: boolean;
}

/** Each second, how many pictures were composed, and what one of them took: also when there were none. */
export class RenderFigures implements Disposable {
  #rendered = 0;
  #reached = 0;
  #frames = 0;
  #spentMs = 0;
  #sinceMs: number;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(
    private readonly now: () => number,
    private readonly isWanted: () => boolean,
    private readonly tell: (figures: Figures) => void,
  ) {
    this.#sinceMs = now();
    this.#timer = setInterval(() => this.#tell(), EVERY_MS);
  }

  /** A frame's time has come, whatever becomes of it. */
  reached(): void {
    this.#reached += 1;
  }

  rendered(tookMs: number): void {
    this.#rendered += 1;
    this.#frames += 1;
    this.#spentMs += tookMs;
  }

  #tell(): void {
    const nowMs = this.now();
    const frames = this.#frames;
    this.tell({
      fps: (frames * 1_000) / Math.max(1, nowMs - this.#sinceMs),
      renderMs: frames === 0 ? 0 : this.#spentMs / frames,
      rendered: this.#rendered,
      stands: this.#reached === 0 && this.isWanted(),
    });
    this.#reached = 0;
    this.#frames = 0;
    this.#spentMs = 0;
    this.#sinceMs = nowMs;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
