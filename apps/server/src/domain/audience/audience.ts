import type { Beacon, Audience as Shown, StreamId, Tier } from "@footlight/shared";
import type { Clock } from "../../platform/clock.ts";
import { median, percentile } from "./percentile.ts";
import { type StageDelays, stagesOf } from "./stage-delays.ts";
import { ViewerSample } from "./viewer-sample.ts";

/** Beacons come every 10 s: one that missed two is gone. */
const KEEP_MS = 30_000;
const MOST_VIEWERS = 5_000;
const TIERS: readonly Tier[] = ["standard", "low", "ultra"];

/** A viewer's newest beacon: its sums, and its last word on the rest. */
interface Report {
  readonly tier: Tier;
  readonly quality: string | null;
  readonly latencyMs: number | undefined;
  readonly bufferMs: number | undefined;
  readonly deliveryMs: number | undefined;
  readonly stallMs: number;
  readonly playedMs: number;
  readonly droppedFrames: number;
  readonly totalFrames: number;
}

interface Weighted {
  readonly value: Report;
  readonly weight: number;
}

export interface AudienceDeps {
  /** The running media; see LiveControl. */
  readonly live: {
    isRunning(streamId: StreamId): boolean;
    stages(streamId: StreamId): StageDelays | undefined;
    qualities(streamId: StreamId): readonly { readonly name: string }[];
    watched(streamId: StreamId, quality: string): void;
  };
  readonly clock: Pick<Clock, "monotonicMs">;
  /** From 0 to 1; decides which viewers are heard where there are too many. */
  readonly random: () => number;
  readonly maxViewersAStream?: number;
}

/** Who watches the running streams and how well, by the players' beacons of the last 30 s. */
export class Audience {
  readonly #streams = new Map<StreamId, ViewerSample<Report>>();

  constructor(private readonly deps: AudienceDeps) {}

  /** A beacon of a stream that does not run here (any more) is let go. */
  note(beacon: Beacon): "taken" | "not_running" {
    const { streamId, viewerId } = beacon;
    if (!this.deps.live.isRunning(streamId)) return "not_running";
    const sample = this.#streams.get(streamId) ?? this.#begin(streamId);
    const report = reportOf(beacon);
    sample.note(viewerId, report, this.deps.clock.monotonicMs());
    if (report.quality !== null) this.deps.live.watched(streamId, report.quality);
    return "taken";
  }

  /** For the dashboard. */
  view(streamId: StreamId): Shown {
    const server = this.deps.live.stages(streamId);
    const heard = this.#streams.get(streamId)?.read(this.deps.clock.monotonicMs()) ?? [];
    const reports = heard.map(({ value }) => value);
    return {
      viewers: viewersIn(heard),
      clock: server?.clock ?? "arrival",
      stallRatio: share(reports, "stallMs", "playedMs"),
      droppedRatio: share(reports, "droppedFrames", "totalFrames"),
      tiers: TIERS.flatMap((tier) => {
        const those = heard.filter(({ value }) => value.tier === tier);
        return those.length === 0 ? [] : [tierView(tier, those, server)];
      }),
      qualities: this.#qualities(streamId, heard),
    };
  }

  /** The stream is over. */
  clear(streamId: StreamId): void {
    this.#streams.delete(streamId);
  }

  #begin(streamId: StreamId): ViewerSample<Report> {
    const sample = new ViewerSample<Report>({
      most: this.deps.maxViewersAStream ?? MOST_VIEWERS,
      keepMs: KEEP_MS,
      salt: Math.floor(this.deps.random() * 2 ** 32),
    });
    this.#streams.set(streamId, sample);
    return sample;
  }

  /** Names that the stream does not have are nobody's business: they are not shown. */
  #qualities(streamId: StreamId, heard: readonly Weighted[]): Shown["qualities"] {
    return this.deps.live
      .qualities(streamId)
      .map(({ name }) => ({ name, viewers: viewersIn(heard.filter(({ value }) => value.quality === name)) }))
      .filter(({ viewers }) => viewers > 0)
      .sort((a, b) => b.viewers - a.viewers);
  }
}

function reportOf({ tier, samples }: Beacon): Report {
  const sum = (name: "stallMs" | "intervalMs" | "droppedFrames" | "totalFrames") =>
    samples.reduce((total, sample) => total + sample[name], 0);
  const known = (name: "latencyMs" | "bufferMs" | "deliveryMs") =>
    median(samples.flatMap((sample) => sample[name] ?? []));
  return {
    tier,
    quality: samples.at(-1)?.quality ?? null,
    latencyMs: known("latencyMs"),
    bufferMs: known("bufferMs"),
    deliveryMs: known("deliveryMs"),
    stallMs: sum("stallMs"),
    playedMs: sum("intervalMs"),
    droppedFrames: sum("droppedFrames"),
    totalFrames: sum("totalFrames"),
  };
}

function tierView(
  tier: Tier,
  heard: readonly Weighted[],
  server: StageDelays | undefined,
): Shown["tiers"][number] {
  const values = (name: "latencyMs" | "bufferMs" | "deliveryMs") =>
    heard.flatMap(({ value }) => value[name] ?? []);
  // Players' clocks count from when it was let out.
  const latencies = values("latencyMs").map((ms) => ms + (server?.heldMs ?? 0));
  const [middle, p95] = [median(latencies), percentile(latencies, 0.95)];
  return {
    tier,
    viewers: viewersIn(heard),
    latencyMs:
      middle === undefined || p95 === undefined ? null : { median: Math.round(middle), p95: Math.round(p95) },
    stages: stagesOf(tier, server, {
      deliveryMs: median(values("deliveryMs")),
      bufferMs: median(values("bufferMs")),
      latencyMs: middle,
    }),
  };
}

const viewersIn = (heard: readonly Weighted[]): number => heard.reduce((sum, { weight }) => sum + weight, 0);

function share(
  reports: readonly Report[],
  part: "stallMs" | "droppedFrames",
  whole: "playedMs" | "totalFrames",
): number | null {
  const total = reports.reduce((sum, report) => sum + report[whole], 0);
  return total === 0 ? null : reports.reduce((sum, report) => sum + report[part], 0) / total;
}
