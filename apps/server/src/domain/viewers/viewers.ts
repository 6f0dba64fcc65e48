import type { StreamId, StreamStatus } from "@footlight/shared";
import type { Clock } from "../../platform/clock.ts";
import { type Refusal, refuse } from "../refusal.ts";
import type { LiveControl } from "../streams/live-control.ts";
import type { Rehearsals } from "../streams/rehearsals.ts";
import type { Stream } from "../streams/stream.ts";
import type { ViewerCounter } from "./viewer-counter.ts";

/** Thousands of players ask for the same stream: its state is looked up once in so long. */
const STATUS_MS = 1_000;
const MAX_CACHED = 10_000;

/** Players' heartbeats, counted while their stream runs. */
export class Viewers {
  readonly #statuses = new Map<
    StreamId,
    { readonly atMs: number; readonly status: Promise<StreamStatus | undefined> }
  >();

  constructor(
    private readonly deps: {
      readonly counter: Pick<ViewerCounter, "beat" | "count">;
      readonly streams: { byId(streamId: StreamId): Promise<Stream | undefined> };
      readonly rehearsals: Pick<Rehearsals, "has" | "allows">;
      readonly live: Pick<LiveControl, "watched">;
      readonly clock: Pick<Clock, "monotonicMs">;
    },
  ) {}

  /**
   * `quality`: what the player shows, if it says so. `token`: the session's secret; the owner of a rehearsal
   * gets an answer, and is no viewer.
   */
  async heartbeat(
    streamId: StreamId,
    viewerId: string,
    { quality, token }: { readonly quality?: string | undefined; readonly token?: string | undefined } = {},
  ): Promise<
    | { readonly kind: "counted"; readonly viewerCount: number; readonly status: StreamStatus }
    | Refusal<"stream_not_found">
  > {
    if (!(await this.deps.rehearsals.allows(streamId, token))) return refuse("stream_not_found");
    const status = await this.#status(streamId);
    if (status === undefined) return refuse("stream_not_found");
    const running = status === "live" || status === "interrupted";
    if (running && quality !== undefined) this.deps.live.watched(streamId, quality);
    const counts = running && !this.deps.rehearsals.has(streamId);
    const viewerCount = counts ? await this.deps.counter.beat(streamId, viewerId) : 0;
    return { kind: "counted", viewerCount, status };
  }

  async count(streamId: StreamId): Promise<number> {
    return await this.deps.counter.count(streamId);
  }

  async #status(streamId: StreamId): Promise<StreamStatus | undefined> {
    const nowMs = this.deps.clock.monotonicMs();
    const cached = this.#statuses.get(streamId);
    if (cached !== undefined && nowMs - cached.atMs < STATUS_MS) return await cached.status;
    const status = this.deps.streams.byId(streamId).then((stream) => stream?.status);
    this.#statuses.delete(streamId);
    this.#statuses.set(streamId, { atMs: nowMs, status });
    for (const oldest of this.#statuses.keys()) {
      if (this.#statuses.size <= MAX_CACHED) break;
      this.#statuses.delete(oldest);
    }
    return await status;
  }
}
