import type { StreamId } from "@footlight/shared";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { RunInfo } from "./runs.ts";
import type { Slot } from "./slot-log.ts";
import type { StreamStore } from "./stream-store.ts";

export interface PackagerSettings {
  /** Newest slots whose media stays in memory, and the fewest that a playlist lists. */
  readonly liveWindowSegments: number;
  /** Playlists list so much of the stream's past. */
  readonly dvrWindowS: number;
  /** `EXT-X-TARGETDURATION`, whole seconds; one value for the stream's whole life. */
  readonly targetDurationS: number;
  /** Length of a part, before it is rounded up to whole frames of the stream. */
  readonly partTargetMs: number;
}

/** What a stream has behind it when its packager is made again. */
export interface PackagerHistory {
  readonly slots: readonly Omit<Slot, "seq">[];
  readonly firstSeq: number;
  readonly runs: readonly RunInfo[];
}

export interface StreamPackagerOptions {
  readonly streamId: StreamId;
  /** Wall clock of tick 0, milliseconds since 1970. */
  readonly epochMs: number;
  /** Kept after the stream's end, and so never deleted here. */
  readonly recording: boolean;
  /** Segments are given out part by part. */
  readonly lowLatency: boolean;
  readonly settings: PackagerSettings;
  readonly store: StreamStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly history?: PackagerHistory;
  /** The stream is over: everything that is left is listed, with ENDLIST. */
  readonly ended?: boolean;
  /** A part, or a segment where there are none, can be fetched from now on. */
  readonly published?: (event: PublishedMedia) => void;
  /** Somebody asks for a rendition; told at each request. */
  readonly demanded?: (rendition: string) => void;
}

export interface PublishedMedia {
  readonly rendition: string;
  /** Its end on the stream's timeline. */
  readonly end90k: number;
  /** Server's wall clock. */
  readonly atMs: number;
}

export interface PackagerStats {
  readonly slots: number;
  readonly nextSeq: number;
  readonly memoryBytes: number;
  readonly droppedUnits: number;
  readonly gaps: number;
  readonly lostSegments: number;
  readonly storeWaitingBytes: number;
  readonly blocked: number;
}
