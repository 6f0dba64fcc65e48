import { STUDIO_LIMITS, type StreamId } from "@footlight/shared";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import type { StreamLifecycle } from "../../stream/lifecycle.ts";
import type { AdmittedStream, PublishRequest } from "../../stream/publish.ts";
import type { Audience } from "../audience/audience.ts";
import type { ViewerCounter } from "../viewers/viewer-counter.ts";
import type { PublishRefusals } from "./publish-refusals.ts";
import type { PublisherSwitch } from "./publisher-switch.ts";
import type { Stream } from "./stream.ts";
import { admittedOf, isStudio } from "./stream-gate.ts";

export interface StreamChronicleDeps {
  readonly streams: {
    setLive(streamId: StreamId, at: { epochMs: number; now: Date; graceS?: number }): Promise<boolean>;
    setInterrupted(streamId: StreamId, now: Date): Promise<void>;
    setEnded(streamId: StreamId, now: Date): Promise<void>;
    touch(streamIds: readonly StreamId[], now: Date): Promise<void>;
    running(): Promise<Stream[]>;
  };
  readonly segments: { newestEnd90k(streamId: StreamId): Promise<number | undefined> };
  readonly viewers: Pick<ViewerCounter, "clear">;
  readonly audience: Pick<Audience, "clear">;
  readonly refusals: Pick<PublishRefusals, "forget">;
  readonly switching: Pick<PublisherSwitch, "publishing" | "forget">;
  readonly stages: { streamChanged(streamId: StreamId, ended: boolean): Promise<void> };
  readonly graceMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How often signs of life are written, so that a killed server knows when it died. */
  readonly touchEveryMs?: number;
}

/** A stream that an earlier process left `live` or `interrupted`. */
export interface RecoverableStream {
  readonly stream: AdmittedStream;
  /** Wall clock of its last sign of life; the grace counts from here. */
  readonly lastSeenMs: number;
}

/** Writes streams' lives down as the hub tells them, and reads them back at the next start. */
export class StreamChronicle implements StreamLifecycle, AsyncDisposable {
  readonly #live = new Set<StreamId>();
  #timer: NodeJS.Timeout | undefined;
  #touching: Promise<void> = Promise.resolve();

  constructor(private readonly deps: StreamChronicleDeps) {}

  async live(streamId: StreamId, at: { epochMs: number; request: PublishRequest }): Promise<void> {
    this.deps.switching.publishing(streamId, at.request);
    this.deps.refusals.forget(streamId);
    // Kept, for it has to hold after a restart of the server, too.
    const grace = isStudio(at.request.encoder) ? { graceS: STUDIO_LIMITS.graceS } : {};
    const open = await this.deps.streams.setLive(streamId, {
      epochMs: at.epochMs,
      now: this.#now(),
      ...grace,
    });
    if (!open) {
      this.deps.logger.warn({ streamId }, "media came for a stream that has ended");
      return;
    }
    this.#live.add(streamId);
    this.#timer ??= setInterval(() => this.#touch(), this.deps.touchEveryMs ?? 2_000).unref();
    this.deps.logger.info({ streamId, protocol: at.request.protocol }, "stream live");
    await this.deps.stages.streamChanged(streamId, false);
  }

  async interrupted(streamId: StreamId, at: { graceMs: number }): Promise<void> {
    this.#live.delete(streamId);
    await this.deps.streams.setInterrupted(streamId, this.#now());
    this.deps.logger.info({ streamId, graceMs: at.graceMs }, "stream interrupted");
    await this.deps.stages.streamChanged(streamId, false);
  }

  async ended(streamId: StreamId): Promise<void> {
    this.#live.delete(streamId);
    this.deps.switching.forget(streamId);
    this.deps.refusals.forget(streamId);
    this.deps.audience.clear(streamId);
    await this.deps.stages.streamChanged(streamId, true);
    await this.deps.streams.setEnded(streamId, this.#now());
    await this.deps.viewers.clear(streamId);
    this.deps.logger.info({ streamId }, "stream ended");
  }

  /** At server start, before anything listens: each is to be resumed within its grace, or ended. */
  async recoverable(): Promise<RecoverableStream[]> {
    const streams = await this.deps.streams.running();
    return await Promise.all(
      streams.map(async (stream) => {
        const signs = [stream.lastSeenAtMs, stream.startedAtMs, stream.createdAtMs];
        const end90k = await this.deps.segments.newestEnd90k(stream.streamId);
        if (end90k !== undefined && stream.epochMs !== null) signs.push(stream.epochMs + end90k / 90);
        // Media may lie ahead of the clock that stamped it; nothing was seen in the future.
        const newest = Math.max(...signs.map((sign) => sign ?? 0));
        return {
          stream: admittedOf(stream, this.deps.graceMs),
          lastSeenMs: Math.min(newest, this.deps.clock.nowMs()),
        };
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#touching;
  }

  #touch(): void {
    if (this.#live.size === 0) return;
    this.#touching = this.deps.streams.touch([...this.#live], this.#now()).catch((error: unknown) => {
      this.deps.logger.warn({ err: error }, "signs of life could not be written");
    });
  }

  #now(): Date {
    return new Date(this.deps.clock.nowMs());
  }
}
