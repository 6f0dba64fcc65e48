import type { ChildExit } from "../platform/child-process.ts";
import type { Unit } from "../stream/unit.ts";
import { Encoder, type EncoderJob } from "./encoder.ts";
import type { EncodedRung } from "./ladder-plan.ts";
import type { Leg } from "./rung-relay.ts";

/** One ffmpeg of the annex, which works from one grid point to another. */
export class Shift {
  readonly rungs: readonly EncodedRung[];
  readonly from90k: number;
  /** Settles when it is gone; its legs are finished then. */
  readonly exited: Promise<ChildExit>;
  readonly #encoder: Encoder;
  readonly #firstKey90k: number;
  #until90k = Number.POSITIVE_INFINITY;
  #state: "waiting" | "feeding" | "stopping" = "waiting";

  /** `firstKey90k`: keyframes of the source before it are of no use to begin with. */
  constructor(
    job: Omit<EncoderJob, "outputOf"> & { readonly legs: ReadonlyMap<string, Leg> },
    firstKey90k: number,
  ) {
    this.rungs = job.rungs;
    this.from90k = job.start90k;
    this.#firstKey90k = firstKey90k;
    const legs = [...job.legs.values()];
    this.#encoder = new Encoder({ ...job, outputOf: ({ name }) => job.legs.get(name) as Leg });
    this.exited = this.#encoder.exited.then((exit) => {
      for (const leg of legs) leg.finish();
      return exit;
    });
  }

  get pid(): number | undefined {
    return this.#encoder.pid;
  }

  get lagMs(): number {
    return this.#encoder.lagMs;
  }

  get produced(): boolean {
    return this.#encoder.produced;
  }

  get droppedUnits(): number {
    return this.#encoder.droppedUnits;
  }

  /** Video only. */
  push(unit: Unit): void {
    if (this.#state === "waiting" && unit.keyframe && unit.pts90k >= this.#firstKey90k) {
      this.#state = "feeding";
    }
    if (this.#state !== "feeding") return;
    this.#encoder.push(unit);
    // In decoding order everything that is shown before the point has gone in.
    if (unit.dts90k >= this.#until90k) void this.drain();
  }

  /** Another takes over at this point, which has not come in yet. */
  cut(until90k: number): void {
    this.#until90k = Math.min(this.#until90k, until90k);
    if (this.#until90k <= this.from90k) void this.abort();
  }

  drain(): Promise<ChildExit> {
    this.#state = "stopping";
    void this.#encoder.drain();
    return this.exited;
  }

  abort(): Promise<ChildExit> {
    this.#state = "stopping";
    void this.#encoder.abort();
    return this.exited;
  }
}
