import type { StreamId } from "@footlight/shared";
import type { StreamFeed } from "./delay-line.ts";
import type { PublishLease, Revocation } from "./publish.ts";
import type { IncomingUnit, TrackSet, UnitCounter } from "./unit.ts";

/** See `PublishLease`. Once released or revoked it feeds nothing any more. */
export class Lease implements PublishLease {
  readonly #revoked = new AbortController();
  #open = true;

  constructor(
    readonly streamId: StreamId,
    private readonly feed: Pick<StreamFeed, "setTracks" | "push">,
    private readonly onRelease: (reason: string) => void,
    private readonly grantedMs: number,
    /** Hears of each unit that came with a number. */
    private readonly onCounted?: (counter: UnitCounter) => void,
  ) {}

  get revoked(): AbortSignal {
    return this.#revoked.signal;
  }

  /** Server's wall clock when the lease was given. */
  get grantedAtMs(): number {
    return this.grantedMs;
  }

  setTracks(tracks: TrackSet): void {
    if (this.#open) this.feed.setTracks(tracks);
  }

  push(unit: IncomingUnit): void {
    if (!this.#open) return;
    this.feed.push(unit);
    if (unit.counter !== undefined) this.onCounted?.(unit.counter);
  }

  close(reason: "unpublished" | "connection_lost"): void {
    this.#release(reason);
  }

  revoke(reason: Revocation): void {
    if (!this.#open) return;
    this.#release(reason);
    this.#revoked.abort(reason);
  }

  #release(reason: string): void {
    if (!this.#open) return;
    this.#open = false;
    this.onRelease(reason);
  }
}
