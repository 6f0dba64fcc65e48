import type { StreamId } from "@footlight/shared";

/** Counts who watches. In memory here; over Redis when several processes serve one stream. */
export interface ViewerCounter {
  /** A player says that it plays; every 10 s. */
  beat(streamId: StreamId, viewerId: string): Promise<number>;
  count(streamId: StreamId): Promise<number>;
  /** Everything that changed since the last call, with its count now. */
  changes(): Promise<ReadonlyMap<StreamId, number>>;
  clear(streamId: StreamId): Promise<void>;
}
