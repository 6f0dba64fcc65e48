import type { TopicSnapshot } from "../../contract/studio-topics.ts";
import type { ServerClient } from "../account/server-client.ts";

type Client = Pick<ServerClient, "dashboard">;
const EVERY_MS = 5_000;

/** Asks the server, while a broadcast runs on one, who watches, how late, and what it would have better. */
export class AudienceWatch implements Disposable {
  #client: Client | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly publish: (audience: TopicSnapshot<"audience">) => void,
    private readonly everyMs = EVERY_MS,
  ) {
    publish(null);
  }

  /** From now on of this client's stream; of none without one. */
  watch(client: Client | undefined): void {
    if (client === this.#client) return;
    this.#client = client;
    clearTimeout(this.#timer);
    if (client) void this.#look(client);
    else this.publish(null);
  }

  async #look(client: Client): Promise<void> {
    const answer = await client.dashboard();
    if (client !== this.#client) return;
    // A server that does not answer for a moment has not lost its viewers: what it said last stays.
    if (answer.ok) {
      const { audience, health } = answer.value;
      this.publish(
        audience && {
          viewers: audience.viewers,
          sinceCapture: audience.clock === "capture",
          tiers: audience.tiers,
          advice: health?.advice ?? [],
        },
      );
    }
    this.#timer = setTimeout(() => void this.#look(client), this.everyMs);
  }

  [Symbol.dispose](): void {
    this.#client = undefined;
    clearTimeout(this.#timer);
  }
}
