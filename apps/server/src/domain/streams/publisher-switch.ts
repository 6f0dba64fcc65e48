import type { StreamId } from "@footlight/shared";
import type { Clock } from "../../platform/clock.ts";

interface Encoder {
  readonly remoteAddress: string;
  readonly encoder: string | undefined;
}

const HOLD_MS = 15_000;

/**
 * Who publishes now, and who was told to make room. An encoder that was switched away reconnects
 * at once, often faster than the one that is meant to follow; so it is held off for a while.
 */
export class PublisherSwitch {
  readonly #current = new Map<StreamId, Encoder>();
  readonly #heldOff = new Map<StreamId, { readonly encoder: Encoder; readonly untilMs: number }>();

  constructor(private readonly clock: Pick<Clock, "monotonicMs">) {}

  publishing(streamId: StreamId, by: Encoder): void {
    this.#current.set(streamId, { remoteAddress: by.remoteAddress, encoder: by.encoder });
    this.#heldOff.delete(streamId);
  }

  /** `wanted`: the one that was refused. Two that look the same cannot be told apart: the faster wins. */
  away(streamId: StreamId, wanted: Encoder | undefined): void {
    const encoder = this.#current.get(streamId);
    if (encoder === undefined || wanted === undefined || same(encoder, wanted)) return;
    this.#heldOff.set(streamId, { encoder, untilMs: this.clock.monotonicMs() + HOLD_MS });
  }

  isHeldOff(streamId: StreamId, request: Encoder): boolean {
    const held = this.#heldOff.get(streamId);
    return held !== undefined && held.untilMs > this.clock.monotonicMs() && same(held.encoder, request);
  }

  forget(streamId: StreamId): void {
    this.#current.delete(streamId);
    this.#heldOff.delete(streamId);
  }
}

function same(a: Encoder, b: Encoder): boolean {
  return a.remoteAddress === b.remoteAddress && a.encoder === b.encoder;
}
