import type { StreamId } from "@footlight/shared";
import type { StreamObserver } from "../stream/hub.ts";
import type { StreamIdentity } from "../stream/live-stream.ts";

/** All who are told when streams begin and end. Those that need the hub itself join after it is made. */
export class StreamObservers implements StreamObserver {
  readonly #observers: StreamObserver[] = [];

  add(observer: StreamObserver): void {
    this.#observers.push(observer);
  }

  opened(stream: StreamIdentity & { readonly epochMs: number }): void {
    for (const observer of this.#observers) observer.opened?.(stream);
  }

  interrupted(streamId: StreamId): void {
    for (const observer of this.#observers) observer.interrupted?.(streamId);
  }

  /** None is kept from its own end by another's fault; the first fault is thrown. */
  async closed(streamId: StreamId, how: "ended" | "suspended"): Promise<void> {
    const ends = await Promise.allSettled(this.#observers.map((each) => each.closed?.(streamId, how)));
    const fault = ends.find((end) => end.status === "rejected");
    if (fault !== undefined) throw fault.reason;
  }
}
