import { StreamId } from "@footlight/shared";
import type {
  Publisher,
  PublishLease,
  PublishRequest,
  PublishResult,
  Revocation,
} from "../stream/publish.ts";
import type { IncomingUnit, TrackSet } from "../stream/unit.ts";

/** What one publication sent, as the hub would have got it. */
export class RecordedLease implements PublishLease {
  readonly streamId = StreamId.parse("test_stream");
  readonly tracks: TrackSet[] = [];
  readonly units: IncomingUnit[] = [];
  closeReason: "unpublished" | "connection_lost" | undefined;
  readonly request: PublishRequest;
  readonly #abort = new AbortController();

  constructor(request: PublishRequest) {
    this.request = request;
  }

  get revoked(): AbortSignal {
    return this.#abort.signal;
  }

  revoke(reason: Revocation): void {
    this.#abort.abort(reason);
  }

  setTracks(tracks: TrackSet): void {
    this.tracks.push(tracks);
  }

  push(unit: IncomingUnit): void {
    this.units.push(unit);
  }

  close(reason: "unpublished" | "connection_lost"): void {
    this.closeReason ??= reason;
  }

  of(kind: "video" | "audio"): IncomingUnit[] {
    return this.units.filter((unit) => unit.kind === kind);
  }
}

/** Stands in for the hub: one right key, everything that comes is kept. */
export class RecordingPublisher implements Publisher {
  readonly leases: RecordedLease[] = [];
  readonly requests: PublishRequest[] = [];
  readonly #rightKey: string;
  /** Answers instead of the key check when set. */
  answer: ((request: PublishRequest) => Promise<PublishResult>) | undefined;

  constructor(rightKey: string) {
    this.#rightKey = rightKey;
  }

  async publish(request: PublishRequest): Promise<PublishResult> {
    this.requests.push(request);
    if (this.answer !== undefined) return this.answer(request);
    if (request.key.reveal() !== this.#rightKey) return { kind: "refused", code: "wrong_key" };
    return { kind: "accepted", lease: this.lease(request) };
  }

  lease(request: PublishRequest): RecordedLease {
    const lease = new RecordedLease(request);
    this.leases.push(lease);
    return lease;
  }

  /** The latest lease. */
  get last(): RecordedLease {
    const lease = this.leases.at(-1);
    if (lease === undefined) throw new Error("nothing was published");
    return lease;
  }
}
