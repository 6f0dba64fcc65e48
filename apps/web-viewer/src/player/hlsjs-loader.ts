import Hls, {
  type FragmentLoaderContext,
  type HlsConfig,
  type LoaderCallbacks,
  type LoaderConfiguration,
  type LoaderContext,
  type LoaderStats,
} from "hls.js";

/** A part or segment on its way. */
export interface OnItsWay {
  readonly context: FragmentLoaderContext;
  readonly stats: LoaderStats;
}

/** Media on its way, and what came of it. */
export class MediaWatch {
  readonly onTheirWay = new Set<OnItsWay>();

  constructor(private readonly arrived: (stats: LoaderStats) => void) {}

  /** A loader for hls.js that reports here. */
  loader(): NonNullable<HlsConfig["fLoader"]> {
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
        this.way = way;
        watch.onTheirWay.add(way);
        super.load(context, config, {
          ...callbacks,
          onSuccess: (response, stats, ...rest) => {
            this.over();
            watch.arrived(stats);
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
