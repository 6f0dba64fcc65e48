import {
  type JsonObject,
  mergePatch,
  parseTopic,
  type ServerMessage,
  TOPIC_STATES,
  type Topic,
  type TopicKind,
  type TopicPosition,
  type TopicState,
} from "@footlight/shared";

type Held = { readonly log: string; readonly seq: number; readonly state: JsonObject };
type TopicMessage = Extract<ServerMessage, { type: "snapshot" | "resumed" | "patch" }>;

/** `ask_again`: what has come does not follow what is held; a new snapshot is needed. */
export type MirrorNews = "changed" | "same" | "ask_again";

/** A topic's state as far as the server has told it. */
export class TopicMirror<Kind extends TopicKind> {
  #held: Held | undefined;
  #state: TopicState<Kind> | undefined;

  constructor(readonly topic: Topic) {}

  get state(): TopicState<Kind> | undefined {
    return this.#state;
  }

  /** To come back with; undefined when there is nothing to go on from. */
  get position(): TopicPosition | undefined {
    return this.#held && { topic: this.topic, log: this.#held.log, seq: this.#held.seq };
  }

  apply(message: TopicMessage): MirrorNews {
    switch (message.type) {
      case "snapshot":
        return this.#hold({ log: message.log, seq: message.seq, state: message.state as JsonObject });
      case "resumed":
        return this.#held?.log === message.log ? "same" : this.#lose();
      case "patch": {
        const held = this.#held;
        if (held === undefined || message.seq !== held.seq + 1) return this.#lose();
        const state = mergePatch(held.state, message.patch as JsonObject) as JsonObject;
        return this.#hold({ log: held.log, seq: message.seq, state });
      }
    }
  }

  #hold(held: Held): MirrorNews {
    const parsed = TOPIC_STATES[parseTopic(this.topic).kind].safeParse(held.state);
    if (!parsed.success) return this.#lose();
    this.#held = held;
    this.#state = parsed.data as TopicState<Kind>;
    return "changed";
  }

  /** What was shown last stays until the new snapshot is there. */
  #lose(): MirrorNews {
    this.#held = undefined;
    return "ask_again";
  }
}
