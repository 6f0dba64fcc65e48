import { BEACON_LIMITS, type Beacon, type BeaconSample, type StreamId } from "@footlight/shared";
import type { Store } from "@footlight/ui/store.ts";
import { DeliveryWatch } from "./delivery-watch.ts";
import type { PlayerFigures, PlayerSnapshot } from "./player-state.ts";
import type { Timeline } from "./timeline.ts";

const LOOK_MS = 500;
const SAMPLE_MS = 5_000;
const SAMPLES_A_BEACON = 2;
/** Less than this says nothing. */
const SHORTEST_MS = 1_000;

/** What is read of a player. */
export interface Watched {
  readonly snapshot: Pick<Store<PlayerSnapshot>, "get" | "subscribe">;
  figures(): PlayerFigures;
  timeline(): Pick<Timeline, "live"> | null;
}

export interface Viewer {
  readonly streamId: StreamId;
  readonly viewerId: string;
}

/** What a sender needs of the browser. */
export interface BeaconWorld {
  send(body: string): void;
  nowMs(): number;
  readonly delivery: { deliveryMs(): number | null; close(): void };
  /** Calls back when the page goes, which may be its last moment. */
  onLeave(leave: () => void, signal: AbortSignal): void;
}

type Pace = "playing" | "standing" | "resting";

/** A picture that has been there and stands for want of data, whatever the player does about it. */
const paceOf = ({ state, hasFrame }: PlayerSnapshot): Pace => {
  switch (state.kind) {
    case "playing":
      return "playing";
    case "buffering":
      return "standing";
    case "loading":
    case "recovering":
      return hasFrame ? "standing" : "resting";
    case "idle":
    case "paused":
    case "ended":
    case "failed":
      return "resting";
  }
};

/** An average of what was known. */
class Mean {
  private sum = 0;
  private count = 0;
  add(value: number): void {
    this.sum += value;
    this.count += 1;
  }
  value(): number | null {
    return this.count === 0 ? null : this.sum / this.count;
  }
}

const whole = (value: number, most: number): number => Math.min(most, Math.max(0, Math.round(value)));
/** A counter that begins again with a new engine. */
const grown = (now: number, before: number): number => (now >= before ? now - before : now);

/**
 * Tells the server how well a stream is watched: a sample every 5 s of playing, a beacon every 10 s, the
 * first one early and the last one when the page goes. Owns its timer; ends with `close()`.
 */
export class BeaconSender {
  private readonly scope = new AbortController();
  private readonly timer = setInterval(() => this.look(), LOOK_MS);
  private readonly unsubscribe: () => void;
  private samples: BeaconSample[] = [];
  private toldOnce = false;
  private pace: Pace;
  private sinceMs: number;
  private playedMs = 0;
  private stoodMs = 0;
  private latency = new Mean();
  private buffer = new Mean();
  private counted: Pick<PlayerFigures, "stalls" | "droppedFrames" | "totalFrames">;

  constructor(
    private readonly player: Watched,
    private readonly viewer: Viewer,
    private readonly world: BeaconWorld = browserWorld(),
  ) {
    this.pace = paceOf(player.snapshot.get());
    this.sinceMs = world.nowMs();
    this.counted = player.figures();
    this.unsubscribe = player.snapshot.subscribe(() => this.account());
    world.onLeave(() => this.leave(), this.scope.signal);
  }

  /** What is not told yet is told. */
  close(): void {
    if (this.scope.signal.aborted) return;
    this.leave();
    this.scope.abort();
    this.unsubscribe();
    clearInterval(this.timer);
    this.world.delivery.close();
  }

  private leave(): void {
    this.account();
    if (this.playedMs >= SHORTEST_MS) this.takeSample();
    this.tell();
  }

  /** Time that has passed goes to what the player was doing in it. */
  private account(): void {
    const nowMs = this.world.nowMs();
    const passedMs = nowMs - this.sinceMs;
    this.sinceMs = nowMs;
    if (this.pace !== "resting") this.playedMs += passedMs;
    if (this.pace === "standing") this.stoodMs += passedMs;
    this.pace = paceOf(this.player.snapshot.get());
  }

  private look(): void {
    this.account();
    if (this.pace === "playing") {
      const { latencyS, bufferS } = this.player.figures();
      this.buffer.add(bufferS * 1_000);
      const live = this.player.timeline()?.live ?? true;
      // Who has rewound is behind by choice.
      if (live && latencyS !== null) this.latency.add(latencyS * 1_000);
    }
    if (this.playedMs < SAMPLE_MS) return;
    this.takeSample();
    if (!this.toldOnce || this.samples.length >= SAMPLES_A_BEACON) this.tell();
  }

  private takeSample(): void {
    const figures = this.player.figures();
    const intervalMs = whole(this.playedMs, BEACON_LIMITS.intervalMs);
    const totalFrames = whole(grown(figures.totalFrames, this.counted.totalFrames), BEACON_LIMITS.frames);
    const dropped = grown(figures.droppedFrames, this.counted.droppedFrames);
    const latencyMs = this.latency.value();
    const deliveryMs = this.world.delivery.deliveryMs();
    this.samples.push({
      intervalMs,
      latencyMs: latencyMs !== null && latencyMs <= BEACON_LIMITS.latencyMs ? Math.round(latencyMs) : null,
      bufferMs: whole(this.buffer.value() ?? 0, BEACON_LIMITS.bufferMs),
      stallMs: whole(this.stoodMs, intervalMs),
      stalls: whole(grown(figures.stalls, this.counted.stalls), 600),
      quality: this.player.snapshot.get().current,
      droppedFrames: whole(dropped, totalFrames),
      totalFrames,
      deliveryMs: deliveryMs === null ? null : whole(deliveryMs, 60_000),
    });
    this.counted = figures;
    this.playedMs = 0;
    this.stoodMs = 0;
    this.latency = new Mean();
    this.buffer = new Mean();
  }

  private tell(): void {
    if (this.samples.length === 0) return;
    const { tier } = this.player.figures();
    const beacon: Beacon = { ...this.viewer, tier, samples: this.samples };
    this.samples = [];
    this.toldOnce = true;
    this.world.send(JSON.stringify(beacon));
  }
}

const browserWorld = (): BeaconWorld => ({
  // Survives its page, asks for no preflight, and nobody waits for it.
  send: (body) => void navigator.sendBeacon("/beacons", body),
  nowMs: () => performance.now(),
  delivery: new DeliveryWatch(),
  onLeave: (leave, signal) => window.addEventListener("pagehide", leave, { signal }),
});
