import type { ChannelId, PublishRefusal, StreamId } from "@footlight/shared";
import type { Clock } from "../../platform/clock.ts";

export interface RememberedRefusal {
  readonly code: PublishRefusal;
  readonly atMs: number;
  readonly address: string;
  readonly encoder: string | undefined;
}

const REMEMBER_MS = 60_000;
const MAX_REMEMBERED = 10_000;

/** Why an encoder was turned away a moment ago, for its owner's dashboard. By channel, or by stream. */
export class PublishRefusals {
  readonly #refusals = new Map<ChannelId | StreamId, RememberedRefusal>();

  constructor(private readonly clock: Pick<Clock, "nowMs">) {}

  remember(
    whose: ChannelId | StreamId,
    code: PublishRefusal,
    request: { readonly remoteAddress: string; readonly encoder: string | undefined },
  ): void {
    this.#refusals.delete(whose);
    this.#refusals.set(whose, {
      code,
      atMs: this.clock.nowMs(),
      address: request.remoteAddress,
      encoder: request.encoder,
    });
    for (const oldest of this.#refusals.keys()) {
      if (this.#refusals.size <= MAX_REMEMBERED) break;
      this.#refusals.delete(oldest);
    }
  }

  /** The newest of these that is not too old. */
  recent(...whose: readonly (ChannelId | StreamId | undefined)[]): RememberedRefusal | undefined {
    let newest: RememberedRefusal | undefined;
    for (const name of whose) {
      const refusal = name === undefined ? undefined : this.#refusals.get(name);
      if (refusal === undefined || refusal.atMs < this.clock.nowMs() - REMEMBER_MS) continue;
      if (newest === undefined || refusal.atMs > newest.atMs) newest = refusal;
    }
    return newest;
  }

  forget(...whose: readonly (ChannelId | StreamId)[]): void {
    for (const name of whose) this.#refusals.delete(name);
  }
}
