import type { FromEngineControl } from "../../../contract/engine-control.ts";
import type { Composed } from "../encode/picture-encode.ts";
import { type WhipOrder, WhipPublisher } from "./whip-publisher.ts";

interface Sound {
  stream(): MediaStreamAudioDestinationNode;
  endStream(node: MediaStreamAudioDestinationNode): void;
}

interface Running {
  readonly publisher: WhipPublisher;
  endSound(): void;
}

/** The targets that are published to by WHIP. */
export class WhipPublishers {
  readonly #running = new Map<string, Running>();

  constructor(private readonly tell: (message: FromEngineControl) => void) {}

  get idle(): boolean {
    return this.#running.size === 0;
  }

  start(order: WhipOrder, sound: Sound | undefined): void {
    this.stop(order.id);
    const node = sound?.stream();
    const publisher = new WhipPublisher(order, node?.stream.getAudioTracks()[0], this.tell);
    const endSound = () => {
      if (node !== undefined) sound?.endStream(node);
    };
    this.#running.set(order.id, { publisher, endSound });
  }

  stop(id: string): void {
    const running = this.#running.get(id);
    this.#running.delete(id);
    void running?.publisher.close().then(running.endSound);
  }

  /** The machine has slept. */
  reconnect(): void {
    for (const { publisher } of this.#running.values()) publisher.reconnect();
  }

  offer(picture: Composed): void {
    for (const { publisher } of this.#running.values()) publisher.offer(picture);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ publisher }) => publisher.close()));
    this.#running.clear();
  }
}
