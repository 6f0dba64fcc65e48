import type { rest, StreamHealth, StreamId } from "@footlight/shared";
import type { z } from "zod";
import type { StageDelays } from "../domain/audience/stage-delays.ts";
import type { LiveControl } from "../domain/streams/live-control.ts";
import type { PackagerManager } from "../packager/packager-manager.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { Storyboards } from "../storyboard/storyboards.ts";
import type { Dropped } from "../stream/delay-line.ts";
import type { StreamHub, StreamObserver } from "../stream/hub.ts";
import type { StreamIdentity } from "../stream/live-stream.ts";
import type { TranscodeSettings } from "../transcode/settings.ts";
import { Broadcast } from "./broadcast.ts";
import { streamHealth } from "./health.ts";
import { StageClock } from "./stage-clock.ts";
import type { Thumbnails } from "./thumbnails.ts";

export interface BroadcastsDeps {
  readonly packagers: PackagerManager;
  readonly thumbnails: Thumbnails;
  readonly storyboards: Storyboards;
  readonly settings: Omit<TranscodeSettings, "latencyMode">;
  readonly demandIdleMs: number;
  /** Streams at once; more publishers are refused as `server_full`. */
  readonly maxStreams: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Everything that runs for the streams on air: the hub tells when one begins and ends
 * (`StreamObserver`), the domain asks about it and ends it (`LiveControl`).
 */
export class Broadcasts implements StreamObserver, LiveControl {
  readonly #running = new Map<StreamId, Broadcast>();
  #hub: StreamHub | undefined;

  constructor(private readonly deps: BroadcastsDeps) {}

  /** The hub needs its observer first; this is the other half of the knot. */
  join(hub: StreamHub): void {
    this.#hub = hub;
  }

  /** Whether one more stream can be carried without slowing those that run. */
  hasRoom(): boolean {
    if (this.#running.size >= this.deps.maxStreams) return false;
    return [...this.#running.values()].every((broadcast) => {
      const stats = broadcast.stats();
      return stats === undefined || stats.rungsDropped.length === 0 || stats.lagMs < 1_000;
    });
  }

  list(): readonly Broadcast[] {
    return [...this.#running.values()];
  }

  opened(stream: StreamIdentity & { readonly epochMs: number }): void {
    const { packagers, thumbnails, storyboards, settings, demandIdleMs, clock } = this.deps;
    const { streamId, epochMs, recording } = stream;
    const subscription = this.#hub?.subscribe(streamId, "transcoder");
    if (subscription === undefined || subscription === "offline") return;
    const stages = new StageClock(clock);
    const broadcast: Broadcast = new Broadcast(stream, {
      subscription,
      packager: packagers.open(streamId, {
        epochMs,
        recording,
        lowLatency: stream.latencyMode !== "standard",
        published: (media) => stages.published(media),
        demanded: (rendition) => broadcast.demanded(rendition),
      }),
      stages,
      settings,
      demandIdleMs,
      clock,
      logger: this.deps.logger.child({ stream: streamId }),
    });
    this.#running.set(streamId, broadcast);
    storyboards.open(streamId, recording);
    thumbnails.add(streamId, broadcast);
  }

  async closed(streamId: StreamId, how: "ended" | "suspended"): Promise<void> {
    const broadcast = this.#running.get(streamId);
    if (broadcast === undefined) return;
    await broadcast.finish();
    this.#running.delete(streamId);
    this.deps.thumbnails.remove(streamId);
    await this.deps.storyboards.close(streamId);
    if (how === "ended") await this.deps.packagers.end(streamId);
    else await this.deps.packagers.suspend(streamId);
  }

  isRunning(streamId: StreamId): boolean {
    return this.#running.has(streamId);
  }

  isStoodIn(streamId: StreamId): boolean {
    return this.#hub?.isStoodIn(streamId) === true;
  }

  stages(streamId: StreamId): StageDelays | undefined {
    const delays = this.#running.get(streamId)?.stages.delays();
    if (delays === undefined) return undefined;
    const publisher = this.#hub?.publisher(streamId);
    return {
      clock: publisher?.clock ?? "arrival",
      ingestMs: publisher?.ingestDelayMs ?? undefined,
      heldMs: this.#hub?.identity(streamId)?.delayMs ?? 0,
      ...delays,
    };
  }

  health(streamId: StreamId): StreamHealth | undefined {
    const publisher = this.#hub?.publisher(streamId);
    if (publisher === undefined) return undefined;
    const storageFull = this.deps.packagers.storage.state !== "ok";
    return streamHealth(publisher, this.#running.get(streamId)?.stats(), storageFull);
  }

  qualities(streamId: StreamId): readonly z.infer<typeof rest.Quality>[] {
    const qualities = this.#running.get(streamId)?.packager?.qualities() ?? [];
    // Sound is a quality of its own only where there is no picture.
    const pictures = qualities.filter(({ kind }) => kind === "video");
    return (pictures.length > 0 ? pictures : qualities).map(
      ({ name, kind, bitrateBps, width, height, fps }) => ({
        name,
        bitrate: bitrateBps,
        resolution: kind === "video" ? `${width}x${height}` : "",
        fps: Math.round(fps * 1_000) / 1_000,
      }),
    );
  }

  watched(streamId: StreamId, quality: string): void {
    this.#running.get(streamId)?.watched(quality);
  }

  async cutPast(streamId: StreamId): Promise<boolean> {
    const { packager, stream } = this.#running.get(streamId) ?? {};
    const from90k = await packager?.cutPast(stream?.delayMs);
    if (from90k === undefined) return false;
    this.deps.thumbnails.retake(streamId);
    await this.deps.storyboards.cut(streamId, from90k);
    return true;
  }

  panic(streamId: StreamId): Dropped | undefined {
    return this.#hub?.panic(streamId);
  }

  revoke(streamId: StreamId, reason: "key_rotated" | "switched"): void {
    this.#hub?.revoke(streamId, reason);
  }

  endAfterDelay(streamId: StreamId): boolean {
    if ((this.#hub?.identity(streamId)?.delayMs ?? 0) === 0) return false;
    this.#hub?.endAfterDelay(streamId);
    return true;
  }

  async end(streamId: StreamId): Promise<void> {
    if (this.#running.has(streamId)) await this.#hub?.end(streamId);
    else await this.deps.packagers.end(streamId);
  }
}
