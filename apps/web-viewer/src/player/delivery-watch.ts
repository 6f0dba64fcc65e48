/** The file names of media: `{seq}.m4s` and, for parts, `{seq}.{part}.m4s`. */
const MEDIA = /^\/media\/.+\.m4s$/;
/** Of a few fetches the middle is told, so that one late one says little. */
const KEPT = 8;

/** What is read of a resource's timing; all 0 where another origin does not allow to look. */
export type Fetched = Pick<
  PerformanceResourceTiming,
  "name" | "requestStart" | "responseStart" | "responseEnd" | "transferSize"
>;

/**
 * How long parts and segments take to come, whoever fetches them. The server holds requests for what is
 * not made yet: of the wait for the first byte no more than a round trip is the network's, and the
 * shortest such wait of all that the page has fetched is about one.
 */
export class DeliveryWatch {
  private roundTripMs = Number.POSITIVE_INFINITY;
  private recent: { waitedMs: number; transferMs: number }[] = [];
  private readonly observer: PerformanceObserver | null = null;

  constructor() {
    if (typeof PerformanceObserver === "undefined") return;
    this.observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (entry instanceof PerformanceResourceTiming) this.note(entry);
      }
    });
    this.observer.observe({ type: "resource", buffered: true });
  }

  note({ name, requestStart, responseStart, responseEnd, transferSize }: Fetched): void {
    // Nothing was transferred: it came from the browser's cache.
    if (requestStart <= 0 || responseStart < requestStart || transferSize === 0) return;
    const waitedMs = responseStart - requestStart;
    this.roundTripMs = Math.min(this.roundTripMs, waitedMs);
    if (!MEDIA.test(new URL(name, "http://page").pathname)) return;
    this.recent = [...this.recent, { waitedMs, transferMs: responseEnd - responseStart }].slice(-KEPT);
  }

  /** Null before the first, and where the browser does not tell. */
  deliveryMs(): number | null {
    const times = this.recent.map(
      ({ waitedMs, transferMs }) => Math.min(waitedMs, this.roundTripMs) + transferMs,
    );
    times.sort((a, b) => a - b);
    return times[times.length >> 1] ?? null;
  }

  close(): void {
    this.observer?.disconnect();
  }
}
