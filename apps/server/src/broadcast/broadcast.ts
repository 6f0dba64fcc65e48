import type { StreamPackager } from "../packager/stream-packager.ts";
import type { Clock } from "../platform/clock.ts";
import { withDeadline } from "../platform/lifecycle.ts";
import type { Logger } from "../platform/logger.ts";
import type { StreamIdentity } from "../stream/live-stream.ts";
import type { Subscription } from "../stream/subscription.ts";
import type { TranscodeSettings } from "../transcode/settings.ts";
import type { TranscodeStats } from "../transcode/stats.ts";
import { Transcoder } from "../transcode/transcoder.ts";
import { Demand } from "./demand.ts";
import type { StageClock } from "./stage-clock.ts";
import type { NewestPicture, PictureSource } from "./thumbnails.ts";

/** ffmpeg gets so long to give out what it still holds. */
const FINISH_DEADLINE_MS = 4_000;
/** So often it is looked for renditions that nobody asks for any more. */
const IDLE_CHECK_MS = 1_000;

export interface BroadcastDeps {
  readonly subscription: Subscription;
  /** New, or with the past of a stream that goes on. */
  readonly packager: Promise<StreamPackager>;
  readonly stages: StageClock;
  readonly settings: Omit<TranscodeSettings, "latencyMode">;
  /** A rendition that is made on demand goes on for so long after the last request. */
  readonly demandIdleMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * One running stream's way from the hub to its segments: subscription → transcoder → packager.
 * The subscription exists from the start, so that nothing is missed while the packager is made.
 */
export class Broadcast implements PictureSource {
  readonly stages: StageClock;
  readonly #deps: BroadcastDeps;
  readonly #ready: Promise<
    { readonly transcoder: Transcoder; readonly packager: StreamPackager } | undefined
  >;
  #transcoder: Transcoder | undefined;
  #packager: StreamPackager | undefined;
  readonly #demand: Demand;
  readonly #idleCheck: NodeJS.Timeout;

  constructor(
    readonly stream: StreamIdentity,
    deps: BroadcastDeps,
  ) {
    this.#deps = deps;
    this.stages = deps.stages;
    this.#demand = new Demand(deps.demandIdleMs);
    this.#idleCheck = setInterval(() => this.#rest(), IDLE_CHECK_MS);
    this.#ready = this.#start();
  }

  stats(): TranscodeStats | undefined {
    return this.#transcoder?.stats();
  }

  get packager(): StreamPackager | undefined {
    return this.#packager;
  }

  /** Somebody asks for a rendition, at the origin. */
  demanded(rendition: string): void {
    if (this.#demand.note(rendition, this.#deps.clock.monotonicMs())) this.#transcoder?.wake(rendition);
  }

  /** A player says what it watches: its requests may end at a cache. */
  watched(rendition: string): void {
    this.#packager?.onDemand.note(rendition);
  }

  /** The subscription has ended: everything that came before is in the packager when this resolves. */
  async finish(): Promise<void> {
    clearInterval(this.#idleCheck);
    const parts = await this.#ready;
    if (parts === undefined) return;
    const { transcoder } = parts;
    try {
      await withDeadline("finishing the transcoder", FINISH_DEADLINE_MS, transcoder.done);
    } catch (error) {
      this.#deps.logger.warn({ err: error }, "the transcoder is cut off");
    }
    await transcoder.close();
  }

  /** The smallest picture is enough, and the cheapest to decode. */
  async newestPicture(): Promise<NewestPicture | undefined> {
    const packager = this.#packager;
    const smallest = packager
      ?.qualities()
      .filter(({ kind }) => kind === "video")
      .at(-1);
    if (packager === undefined || smallest === undefined) return undefined;
    const { name, width, height } = smallest;
    const slot = packager.view(name)?.newest();
    if (slot === undefined) return undefined;
    const segment = await packager.media.segment(name, slot.seq);
    const init = await packager.media.init(name, slot.run);
    if (segment === undefined || init === undefined) return undefined;
    return {
      at90k: slot.start90k,
      ...{ width, height, init },
      segment: segment instanceof Uint8Array ? segment : Buffer.concat([...segment.chunks]),
    };
  }

  #rest(): void {
    for (const name of this.#demand.takeIdle(this.#deps.clock.monotonicMs())) this.#transcoder?.sleep(name);
  }

  async #start(): Promise<{ transcoder: Transcoder; packager: StreamPackager } | undefined> {
    const { subscription, clock, logger, settings } = this.#deps;
    try {
      const packager = await this.#deps.packager;
      const transcoder = new Transcoder({
        subscribe: () => this.stages.hears(subscription),
        sink: this.stages.watches(packager),
        settings: { ...settings, latencyMode: this.stream.latencyMode },
        clock,
        logger,
      });
      this.#packager = packager;
      this.#transcoder = transcoder;
      return { transcoder, packager };
    } catch (error) {
      logger.error({ err: error }, "the stream cannot be packaged");
      subscription.close();
      return undefined;
    }
  }
}
