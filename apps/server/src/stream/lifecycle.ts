import type { StreamId } from "@footlight/shared";
import type { PublishRequest } from "./publish.ts";

/**
 * The hub owns a running stream's state (`live ⇄ interrupted → ended`); the domain writes it down.
 * Calls for one stream come in order and are awaited in the background: media never waits for them.
 */
export interface StreamLifecycle {
  /** First media of a publisher has come. `epochMs`: wall clock of tick 0. */
  live(streamId: StreamId, at: { readonly epochMs: number; readonly request: PublishRequest }): Promise<void>;
  /** The publisher is gone; the stream waits `graceMs` for it. */
  interrupted(streamId: StreamId, at: { readonly graceMs: number }): Promise<void>;
  ended(streamId: StreamId): Promise<void>;
}
