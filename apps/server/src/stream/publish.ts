import type { LatencyMode, PublishRefusal, StreamId } from "@footlight/shared";
import type { StreamKey } from "./stream-key.ts";
import type { IncomingUnit, TrackSet } from "./unit.ts";

export type IngestProtocol = "rtmp" | "rtmps" | "whip";

export interface PublishRequest {
  readonly key: StreamKey;
  readonly protocol: IngestProtocol;
  /** The peer's address without port, for lock-out and the dashboard. */
  readonly remoteAddress: string;
  /** The encoder's own name (`encoder` of onMetaData, `flashVer`), when it gives one. */
  readonly encoder: string | undefined;
}

/** Why a lease ended although its publisher did not ask for it. */
export type Revocation = "taken_over" | "key_rotated" | "ended" | "server_closing" | "switched" | "idle";

/** The right to feed one stream. Held by exactly one publisher at a time. */
export interface PublishLease {
  readonly streamId: StreamId;
  /** Aborted with a `Revocation` as its reason; the session then tells its encoder and closes. */
  readonly revoked: AbortSignal;
  /** Says what is coming; again whenever a configuration changes or a late track shows up. */
  setTracks(tracks: TrackSet): void;
  /** Synchronous and never waits. A unit of a track without configuration is dropped and counted. */
  push(unit: IncomingUnit): void;
  /**
   * `unpublished`: the encoder said goodbye. Both leave the stream `interrupted` for the grace, for encoders say it
   * between two tries, too; but not where it means the end (`endsWithGoodbye`). Idempotent.
   */
  close(reason: "unpublished" | "connection_lost"): void;
}

/** In the place of a publisher who is away. */
export interface StandIn {
  readonly lease: PublishLease;
  readonly username: string;
  /** Of the publisher's last picture; undefined where it sent none that is known. */
  readonly picture: { readonly width: number; readonly height: number } | undefined;
}

export type PublishResult =
  | { readonly kind: "accepted"; readonly lease: PublishLease }
  | { readonly kind: "refused"; readonly code: PublishRefusal };

/** What an ingest protocol needs of the hub. */
export interface Publisher {
  publish(request: PublishRequest): Promise<PublishResult>;
}

/** The stream that a key opens, as the domain admits it. */
export interface AdmittedStream {
  readonly streamId: StreamId;
  readonly username: string;
  readonly latencyMode: LatencyMode;
  readonly graceMs: number;
  /** For so long its media are held back; absent: not at all. */
  readonly delayMs?: number;
  /** This publisher says goodbye when the broadcast is over, and never else. */
  readonly endsWithGoodbye?: boolean;
  /** Its segments are kept after its end. */
  readonly recording: boolean;
  /** Wall clock of tick 0 when the stream has run before; undefined for a new one. */
  readonly epochMs: number | undefined;
}

/** What the hub needs of the domain: authorisation is part of the publish, before anything is registered. */
export interface PublishGate {
  admit(
    request: PublishRequest,
  ): Promise<
    | { readonly kind: "admitted"; readonly stream: AdmittedStream }
    | { readonly kind: "refused"; readonly code: PublishRefusal }
  >;
  /** Tells of a refusal that only the hub could know (`key_in_use`), for the dashboard. */
  refused(request: PublishRequest, streamId: StreamId, code: PublishRefusal): void;
}
