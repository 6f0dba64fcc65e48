/** Whether an answered playlist has media at its end, or there is but a gap (its encoder failed). */
export const hasNewMedia = (playlist: string): boolean => {
  const lastGap = playlist.lastIndexOf("#EXT-X-GAP");
  const [, ...after] = playlist.slice(Math.max(0, lastGap)).split(/#EXTINF:|#EXT-X-PART:/);
  // A gap has a duration of its own.
  return after.length > (lastGap < 0 ? 0 : 1);
};

/** After an answer without media it is left alone for so long. */
const REST_MS = 3_000;

/** What asks for a playlist: `fetch`, and less in tests. */
export type AskFor = (url: string, signal: AbortSignal) => Promise<string | null>;

const byFetch: AskFor = async (url, signal) => {
  const answer = await fetch(url, { signal, cache: "no-store" });
  return answer.ok ? answer.text() : null;
};

/**
 * Rungs that are made on demand: the server holds the first request for the playlist of one until it has
 * woken, longer than a live viewer's buffer lasts. So it is asked for while the other rung plays on.
 */
export class RungWaking {
  private onDemand = new Set<number>();
  private asked: { readonly level: number; readonly gone: AbortController } | null = null;
  private awake: { readonly level: number; readonly atMs: number } | null = null;
  private restUntilMs = 0;

  /** `answered`: a rung has woken that was asked for. */
  constructor(
    private readonly answered: () => void,
    private readonly askFor: AskFor = byFetch,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Another multivariant playlist: indices of the rungs in it that are made on demand. */
  begin(onDemand: readonly number[]): void {
    this.close();
    this.onDemand = new Set(onDemand);
  }

  isOnDemand(level: number): boolean {
    return this.onDemand.has(level);
  }

  /** The rung that is there whoever asks: the next below; the lowest is always on. */
  standIn(level: number): number {
    let index = level;
    while (index > 0 && this.onDemand.has(index)) index -= 1;
    return index;
  }

  /** Whether the rung can be gone to; asks for one that may sleep. It is taken to stay awake for `keptMs`. */
  ready(level: number, url: string, keptMs: number): boolean {
    if (!this.onDemand.has(level)) {
      this.forget();
      return true;
    }
    if (this.awake?.level === level && this.now() - this.awake.atMs < keptMs) return true;
    if (this.asked?.level === level || this.now() < this.restUntilMs) return false;
    this.forget();
    void this.ask(level, url);
    return false;
  }

  close(): void {
    this.forget();
    this.awake = null;
    this.restUntilMs = 0;
  }

  private forget(): void {
    this.asked?.gone.abort();
    this.asked = null;
  }

  private async ask(level: number, url: string): Promise<void> {
    const gone = new AbortController();
    const asked = { level, gone };
    this.asked = asked;
    const playlist = await this.askFor(url, gone.signal).catch(() => null);
    if (this.asked !== asked) return;
    this.asked = null;
    if (playlist === null || !hasNewMedia(playlist)) {
      this.restUntilMs = this.now() + REST_MS;
      return;
    }
    this.awake = { level, atMs: this.now() };
    this.answered();
  }
}
