import Hls, {
  type FragmentLoaderContext,
  type HlsConfig,
  type LoaderCallbacks,
  type LoaderConfiguration,
  type LoaderContext,
  type LoaderStats,
} from "hls.js";
import type { Transfer } from "./throughput.ts";

const MEDIA = /\.m4s(\?|$)/;

/** A part or segment on its way. */
export interface OnItsWay {
  readonly context: FragmentLoaderContext;
  readonly stats: LoaderStats;
}

/**
 * Media on its way, and what came of it. When its bytes came the browser knows better than this thread,
 * which hears of them late when it is busy; only of other origins it may not tell (Resource Timing §4.5).
 */
export class MediaWatch {
  readonly onTheirWay = new Set<OnItsWay>();
  private readonly observer: PerformanceObserver | null;
  private told: boolean;

  constructor(private readonly arrived: (transfer: Transfer) => void) {
    this.told = PerformanceObserver.supportedEntryTypes.includes("resource");
    this.observer = this.told ? new PerformanceObserver((list) => this.hear(list.getEntries())) : null;
    this.observer?.observe({ type: "resource" });
  }

  close(): void {
    this.observer?.disconnect();
    this.onTheirWay.clear();
  }

  private hear(entries: readonly PerformanceEntry[]): void {
    for (const entry of entries) {
      if (!(entry instanceof PerformanceResourceTiming) || !MEDIA.test(entry.name)) continue;
      const { responseStart: firstMs, responseEnd: endMs, encodedBodySize: bytes, transferSize } = entry;
      if (firstMs === 0) this.told = false;
      // From the browser's own cache it says nothing of the network.
      else if (bytes > 0 && transferSize > 0) this.arrived({ firstMs, endMs, bytes });
    }
  }

  /** A loader for hls.js that reports here; `addressed` says under which URL to ask for something. */
  loader(addressed: (context: FragmentLoaderContext) => string): NonNullable<HlsConfig["fLoader"]> {
    const watch = this;
    class WatchedLoader extends Hls.DefaultConfig.loader {
      private way: OnItsWay | null = null;

      override load(
        context: LoaderContext,
        config: LoaderConfiguration,
        callbacks: LoaderCallbacks<LoaderContext>,
      ): void {
        // hls.js uses this loader for fragments alone.
        const way = { context: context as FragmentLoaderContext, stats: this.stats };
        context.url = addressed(way.context);
        this.way = way;
        watch.onTheirWay.add(way);
        super.load(context, config, {
          ...callbacks,
          onSuccess: (response, stats, ...rest) => {
            this.over();
            const { loading, loaded } = stats;
            if (!watch.told) watch.arrived({ firstMs: loading.first, endMs: loading.end, bytes: loaded });
            callbacks.onSuccess(response, stats, ...rest);
          },
          onError: (...answer) => {
            this.over();
            callbacks.onError(...answer);
          },
          onTimeout: (...answer) => {
            this.over();
            callbacks.onTimeout(...answer);
          },
          onAbort: (...answer) => {
            this.over();
            callbacks.onAbort?.(...answer);
          },
        });
      }

      override destroy(): void {
        this.over();
        super.destroy();
      }

      private over(): void {
        if (this.way) watch.onTheirWay.delete(this.way);
        this.way = null;
      }
    }
    return WatchedLoader as NonNullable<HlsConfig["fLoader"]>;
  }
}
