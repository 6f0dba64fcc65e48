import type { rest, StreamHealth, StreamId } from "@footlight/shared";
import type { z } from "zod";
import type { Dropped } from "../../stream/delay-line.ts";
import type { StageDelays } from "../audience/stage-delays.ts";

/** What the domain asks of the running media (hub, transcoder, packager); `app.ts` joins them. */
export interface LiveControl {
  /** Live or interrupted, in this process. */
  isRunning(streamId: StreamId): boolean;
  /** Something is sent in the place of its publisher, who is away. */
  isStoodIn(streamId: StreamId): boolean;
  /** Undefined where the stream does not run here. */
  stages(streamId: StreamId): StageDelays | undefined;
  /** Undefined while nothing is published. */
  health(streamId: StreamId): StreamHealth | undefined;
  /** The renditions that can be watched now, best first; empty before the first segment. */
  qualities(streamId: StreamId): readonly z.infer<typeof rest.Quality>[];
  /** A player says what it watches: where a cache hides its requests, the quality stays awake by it. */
  watched(streamId: StreamId, quality: string): void;
  /**
   * Forgets what the stream has shown so far, its pictures too: what begins with the next segment is all there
   * is of it; with a delay, with the first one that was captured from now on. False when none began in time, for nothing is published; then nothing is forgotten.
   */
  cutPast(streamId: StreamId): Promise<boolean>;
  /** Drops what the stream's delay holds back; undefined where it has none, or does not run. */
  panic(streamId: StreamId): Dropped | undefined;
  /** Cuts the running publisher off; the stream goes on as `interrupted`. */
  revoke(streamId: StreamId, reason: "key_rotated" | "switched"): void;
  /** Cuts the publisher off, and ends the stream when what its delay holds is out. False where it holds nothing. */
  endAfterDelay(streamId: StreamId): boolean;
  /** Ends the stream now: publisher cut off, last segment stored, ENDLIST. Resolves when viewers see it. */
  end(streamId: StreamId): Promise<void>;
}
