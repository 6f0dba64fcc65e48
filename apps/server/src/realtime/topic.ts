import {
  diffPatch,
  type ErrorCode,
  type JsonObject,
  REALTIME_LIMITS,
  type Topic as TopicName,
  type TopicPosition,
  withoutNulls,
} from "@footlight/shared";
import type { RealtimeCaller } from "./caller.ts";

/** Who gets a topic's messages: one serialised text for all of them. */
export interface TopicReader {
  readonly caller: RealtimeCaller;
  send(text: string): void;
  /** It may not read the topic any more. */
  refuse(topic: TopicName, code: ErrorCode): void;
}

/** One topic's state with its numbered patches, so that who was away for a moment gets what they missed. */
export class Topic {
  #state: JsonObject;
  #seq = 0;
  /** Patches as they were sent; the last one is `#seq`. */
  readonly #history: string[] = [];
  readonly #readers = new Set<TopicReader>();

  /** `log`: a name that no other life of this topic has had; a position of another log means nothing here. */
  constructor(
    readonly name: TopicName,
    readonly log: string,
    state: object,
  ) {
    this.#state = withoutNulls(state);
  }

  get readers(): ReadonlySet<TopicReader> {
    return this.#readers;
  }

  /** Snapshot, or what was missed since `from`; from then on every patch. */
  join(reader: TopicReader, from?: TopicPosition): void {
    const { name: topic, log } = this;
    const missed = from?.log === log ? this.#seq - from.seq : -1;
    if (from !== undefined && missed >= 0 && missed <= this.#history.length) {
      reader.send(text({ type: "resumed", topic, log, seq: from.seq }));
      for (const patch of this.#history.slice(this.#history.length - missed)) reader.send(patch);
    } else {
      reader.send(text({ type: "snapshot", topic, log, seq: this.#seq, state: this.#state }));
    }
    this.#readers.add(reader);
  }

  leave(reader: TopicReader): void {
    this.#readers.delete(reader);
  }

  /** Everybody gets what changed; nothing is sent where nothing did. */
  publish(state: object): void {
    const next = withoutNulls(state);
    const patch = diffPatch(this.#state, next);
    if (patch === undefined) return;
    this.#state = next;
    this.#seq += 1;
    const message = text({ type: "patch", topic: this.name, seq: this.#seq, patch });
    this.#history.push(message);
    if (this.#history.length > REALTIME_LIMITS.history) this.#history.shift();
    for (const reader of [...this.#readers]) reader.send(message);
  }
}

/** Of a `ServerMessage`; a state is JSON by its type here and by its schema there. */
function text(
  message: { readonly topic: TopicName; readonly seq: number } & (
    | { readonly type: "snapshot"; readonly log: string; readonly state: JsonObject }
    | { readonly type: "resumed"; readonly log: string }
    | { readonly type: "patch"; readonly patch: JsonObject }
  ),
): string {
  return JSON.stringify(message);
}
