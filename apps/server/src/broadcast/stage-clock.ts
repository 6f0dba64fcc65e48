import type { StageDelays } from "../domain/audience/stage-delays.ts";
import type { PublishedMedia } from "../packager/packager-options.ts";
import type { Clock } from "../platform/clock.ts";
import type { MediaSink, RenditionUnit, Run } from "../stream/media-sink.ts";
import type { Subscription } from "../stream/subscription.ts";
import { Recent } from "./recent.ts";

/** Frames that wait for their encoded selves: ten seconds at 60 a second. */
const MAX_RECEIVED = 600;
/** A part is cut within a frame or two of its last one. */
const MAX_ENCODED = 32;

interface Line {
  readonly passthrough: boolean;
  /** Newest last; `start90k` on the presentation's grid. */
  readonly encoded: { readonly start90k: number; readonly atMs: number }[];
  reorder90k: number;
  end90k: number | undefined;
}

/**
 * How long a stream's pictures take through the server, stage by stage. Listens at the seams: what the
 * transcoder takes from the hub, what it hands to the packager, and what the packager publishes.
 */
export class StageClock {
  /** Arrival by presentation time, in whole milliseconds of the timeline: encoders round ticks. */
  readonly #receivedAtMs = new Map<number, number>();
  readonly #lines = new Map<string, Line>();
  readonly #encoding = new Recent();
  readonly #forwarding = new Recent();
  readonly #packaging = new Recent();
  readonly #parts = new Recent();
  #segmentMs: number | undefined;

  constructor(private readonly clock: Pick<Clock, "nowMs">) {}

  delays(): Pick<StageDelays, "transcodeMs" | "packagingMs" | "partMs" | "segmentMs"> {
    return {
      transcodeMs: this.#encoding.median() ?? this.#forwarding.median(),
      packagingMs: this.#packaging.median(),
      partMs: this.#parts.median(),
      segmentMs: this.#segmentMs,
    };
  }

  /** The same subscription, listened to. */
  hears(subscription: Subscription): Subscription {
    const received = (pts90k: number, atMs: number): void => this.#received(pts90k, atMs);
    return {
      get droppedUnits() {
        return subscription.droppedUnits;
      },
      close: () => subscription.close(),
      async *[Symbol.asyncIterator]() {
        for await (const event of subscription) {
          if (event.type === "unit" && event.unit.kind === "video") {
            received(event.unit.pts90k, event.unit.receivedAtMs);
          }
          yield event;
        }
      },
    };
  }

  /** The same sink, listened to. */
  watches(sink: MediaSink): MediaSink {
    return {
      startRun: (run) => {
        this.#startRun(run);
        sink.startRun(run);
      },
      configure: (rendition, config) => sink.configure(rendition, config),
      push: (rendition, unit) => {
        this.#encoded(rendition, unit);
        sink.push(rendition, unit);
      },
      wake: (rendition, from90k) => sink.wake(rendition, from90k),
      sleep: (rendition, from90k) => sink.sleep(rendition, from90k),
      endRendition: (rendition) => sink.endRendition(rendition),
      endRun: () => sink.endRun(),
    };
  }

  /** Sound follows the picture and is not measured by itself. */
  published({ rendition, end90k, atMs }: PublishedMedia): void {
    const line = this.#lines.get(rendition);
    // A segment ends with its last part, which was told before.
    if (line === undefined || (line.end90k !== undefined && end90k <= line.end90k)) return;
    const lengthMs = line.end90k === undefined ? undefined : (end90k - line.end90k) / 90;
    // More than a segment is a hole: the rendition slept.
    if (lengthMs !== undefined && lengthMs < (this.#segmentMs ?? 0) * 1.5) this.#parts.add(lengthMs);
    line.end90k = end90k;
    const last = line.encoded.findLast(({ start90k }) => start90k < end90k - 1);
    if (last !== undefined) this.#packaging.add(Math.max(0, atMs - last.atMs));
  }

  #startRun(run: Run): void {
    this.#lines.clear();
    for (const recent of [this.#encoding, this.#forwarding, this.#packaging, this.#parts]) recent.clear();
    this.#segmentMs = run.grid.period90k / 90;
    for (const rendition of run.renditions) {
      if (rendition.kind !== "video") continue;
      const { name, passthrough } = rendition;
      this.#lines.set(name, { passthrough, encoded: [], reorder90k: 0, end90k: undefined });
    }
  }

  #received(pts90k: number, atMs: number): void {
    this.#receivedAtMs.set(Math.round(pts90k / 90), atMs);
    for (const oldest of this.#receivedAtMs.keys()) {
      if (this.#receivedAtMs.size <= MAX_RECEIVED) break;
      this.#receivedAtMs.delete(oldest);
    }
  }

  #encoded(rendition: string, unit: RenditionUnit): void {
    const line = this.#lines.get(rendition);
    if (line === undefined) return;
    const atMs = this.clock.nowMs();
    if (unit.keyframe) line.reorder90k = unit.pts90k - unit.dts90k;
    line.encoded.push({ start90k: unit.dts90k + line.reorder90k, atMs });
    if (line.encoded.length > MAX_ENCODED) line.encoded.shift();
    const key = Math.round(unit.pts90k / 90);
    const receivedAtMs = [key, key - 1, key + 1].map((each) => this.#receivedAtMs.get(each)).find(Boolean);
    if (receivedAtMs === undefined) return;
    (line.passthrough ? this.#forwarding : this.#encoding).add(Math.max(0, atMs - receivedAtMs));
  }
}
