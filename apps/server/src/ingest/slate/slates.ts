import type { StreamId } from "@footlight/shared";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import type { StandIn } from "../../stream/publish.ts";
import { Slate } from "./slate.ts";
import type { StageVoices } from "./stage-voices.ts";
import { encodeStill } from "./still.ts";

export interface SlatesDeps {
  readonly hub: { standIn(streamId: StreamId): StandIn | undefined };
  readonly voices: StageVoices;
  readonly places: number;
  readonly ffmpegPath: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Takes the place of publishers who are away while guests are on their stage: viewers see a slate and hear the
 * guests, until the publisher is back or the grace is over.
 */
export class Slates implements AsyncDisposable {
  /** Undefined while its picture is made, or after it failed: it is not tried again before the next break. */
  readonly #running = new Map<StreamId, { slate: Slate | undefined }>();
  readonly #shows = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  readonly #stop: () => void;

  constructor(private readonly deps: SlatesDeps) {
    this.#stop = deps.voices.onVoices((streamId) => this.interrupted(streamId));
  }

  get running(): number {
    return this.#running.size;
  }

  /** A stream was interrupted, or its stage is not what it was. */
  interrupted(streamId: StreamId): void {
    const running = this.#running.get(streamId);
    if (running !== undefined) {
      running.slate?.listen();
      return;
    }
    if (this.#closing.signal.aborted || !this.deps.voices.hasGuests(streamId)) return;
    const standIn = this.deps.hub.standIn(streamId);
    if (standIn === undefined) return;
    const until = AbortSignal.any([standIn.lease.revoked, this.#closing.signal]);
    const begun: { slate: Slate | undefined } = { slate: undefined };
    this.#running.set(streamId, begun);
    // Before its mixer is gone: the publisher may break off again at once.
    until.addEventListener("abort", () => this.#running.delete(streamId), { once: true });
    const show = this.#show(standIn, until, (slate) => {
      begun.slate = slate;
    });
    this.#shows.add(show);
    void show.finally(() => this.#shows.delete(show));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
    this.#closing.abort();
    await Promise.all(this.#shows);
  }

  /** Never rejects. */
  async #show(
    { lease, username, picture }: StandIn,
    until: AbortSignal,
    onSlate: (slate: Slate) => void,
  ): Promise<void> {
    const { voices, places, ffmpegPath, clock } = this.deps;
    const logger = this.deps.logger.child({ stream: lease.streamId });
    try {
      const still = await encodeStill(ffmpegPath, username, picture);
      if (until.aborted) return;
      const slate = new Slate({ lease, until, still, voices, places, ffmpegPath, clock, logger });
      onSlate(slate);
      logger.info("slate shown");
      await slate.done;
      logger.info({ reason: String(until.reason) }, "slate over");
    } catch (error) {
      logger.error({ err: error }, "the slate failed");
    } finally {
      if (this.#closing.signal.aborted) lease.close("unpublished");
    }
  }
}
