import { StreamId, type StreamTopicState } from "@footlight/shared";
import type { Rehearsals } from "../domain/streams/rehearsals.ts";
import type { Stream } from "../domain/streams/stream.ts";
import type { RtcRooms } from "../sfu/rtc-port.ts";
import type { RealtimeCaller } from "./caller.ts";
import type { TopicOutlet, TopicSource } from "./topics.ts";

/** `stream:{id}`: what a player of the ultra tier has to know while it plays. */
export class StreamTopics implements TopicSource, Disposable {
  readonly #running = new Map<StreamId, () => void>();
  readonly #stop: () => void;

  constructor(
    private readonly deps: {
      readonly rooms: RtcRooms;
      readonly streams: { byId(streamId: StreamId): Promise<Stream | undefined> };
      readonly rehearsals: Pick<Rehearsals, "shows">;
    },
  ) {
    this.#stop = deps.rooms.onChange((streamId) => {
      if (streamId === undefined) for (const tell of this.#running.values()) tell();
      else this.#running.get(streamId)?.();
    });
  }

  async refuses(id: string, caller: RealtimeCaller): Promise<"stream_not_found" | undefined> {
    const streamId = StreamId.parse(id);
    const userId = caller.kind === "account" ? caller.account.userId : undefined;
    if (!this.deps.rehearsals.shows(streamId, userId)) return "stream_not_found";
    const stream = await this.deps.streams.byId(streamId);
    return stream === undefined ? "stream_not_found" : undefined;
  }

  async open(id: string, { publish }: TopicOutlet) {
    const streamId = StreamId.parse(id);
    const stream = await this.deps.streams.byId(streamId);
    const offered = stream?.latencyMode === "ultra-low" && stream.delayS === 0;
    // A room that is empty for a while has no epoch; nobody has to connect anew for that.
    let epoch = 0;
    const state = (): StreamTopicState => {
      const room = this.deps.rooms.state(streamId);
      epoch = room?.epoch ?? epoch;
      return {
        ultra: { available: offered && this.deps.rooms.available, epoch, clock: room?.clock ?? null },
      };
    };
    this.#running.set(streamId, () => publish(state()));
    return { state: state(), close: () => void this.#running.delete(streamId) };
  }

  [Symbol.dispose](): void {
    this.#stop();
    this.#running.clear();
  }
}
