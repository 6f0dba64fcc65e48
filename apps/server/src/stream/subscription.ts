import type { FrameRate, TrackSet, Unit } from "./unit.ts";

/** What a consumer of a stream sees, in order. */
export type StreamEvent =
  /**
   * The publisher's tracks, before their first unit and whenever they change. `restart`: time or
   * configuration breaks here, so decoders and encoders begin anew (a publisher (re)connected, the
   * source changed its shape), with a keyframe. Else the units go on as they were, and sound may join.
   */
  | {
      readonly type: "tracks";
      readonly tracks: TrackSet;
      readonly restart: boolean;
      /** Measured; undefined where the rate varies. */
      readonly frameRate: FrameRate | undefined;
    }
  | { readonly type: "unit"; readonly unit: Unit }
  /** The publisher is gone; within the grace a `tracks` event may follow. */
  | { readonly type: "interrupted" }
  /** Last event. */
  | { readonly type: "ended" };

/**
 * One consumer's bounded view of a stream. Begins with `tracks` and the cached GOP, so the first
 * video unit is a keyframe. When the consumer is too slow, everything up to the next keyframe is
 * dropped and counted; the publisher and the other consumers never wait for it.
 */
export interface Subscription extends AsyncIterable<StreamEvent> {
  readonly droppedUnits: number;
  /** Ends the iteration. Idempotent. */
  close(): void;
}
