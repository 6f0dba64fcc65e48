import {
  type ErrorCode,
  parseTopic,
  type TopicKind,
  type Topic as TopicName,
  type TopicPosition,
} from "@footlight/shared";
import { randomText } from "../domain/ids.ts";
import type { Logger } from "../platform/logger.ts";
import type { RealtimeCaller } from "./caller.ts";
import { Topic, type TopicReader } from "./topic.ts";

/** A topic that runs: its present state, and its end. */
export interface RunningTopic {
  readonly state: object;
  close(): void;
}

/** What one kind of topics consists of. */
export interface TopicSource {
  /** Whether this caller may read it; a code says why not. Asked at each subscription. */
  refuses(id: string, caller: RealtimeCaller): Promise<ErrorCode | undefined>;
  /** The first reader is there: `outlet` is told of each new state until it is closed. */
  open(id: string, outlet: TopicOutlet): Promise<RunningTopic>;
}

export interface TopicOutlet {
  publish(state: object): void;
  /** Who may read has changed: every reader is asked about again. */
  recheck(): void;
}

interface Entry {
  readonly topic: Topic;
  readonly running: RunningTopic;
  idle: NodeJS.Timeout | undefined;
}

/** Kept for so long without a reader, so that the only one may come back to what it had. */
const IDLE_MS = 60_000;

/** The topics that somebody reads, made on demand. */
export class Topics implements Disposable {
  readonly #entries = new Map<TopicName, Promise<Entry>>();
  #closed = false;

  constructor(
    private readonly deps: {
      readonly sources: Readonly<Record<TopicKind, TopicSource>>;
      readonly logger: Logger;
      readonly idleMs?: number;
    },
  ) {}

  get size(): number {
    return this.#entries.size;
  }

  /** Resolves to a code where the reader may not read it. Otherwise it has its snapshot. */
  async join(name: TopicName, reader: TopicReader, from?: TopicPosition): Promise<ErrorCode | undefined> {
    const { kind, id } = parseTopic(name);
    const refused = await this.deps.sources[kind].refuses(id, reader.caller);
    if (refused !== undefined) return refused;
    const entry = await this.#entry(name, kind, id);
    clearTimeout(entry.idle);
    entry.idle = undefined;
    entry.topic.join(reader, from);
    return undefined;
  }

  async leave(name: TopicName, reader: TopicReader): Promise<void> {
    const entry = await this.#entries.get(name);
    if (entry === undefined) return;
    entry.topic.leave(reader);
    if (entry.topic.readers.size > 0 || entry.idle !== undefined) return;
    entry.idle = setTimeout(() => this.#drop(name, entry), this.deps.idleMs ?? IDLE_MS).unref();
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    for (const [name, opening] of this.#entries) {
      opening.then((entry) => this.#drop(name, entry)).catch(() => {});
    }
  }

  #entry(name: TopicName, kind: TopicKind, id: string): Promise<Entry> {
    const running = this.#entries.get(name);
    if (running !== undefined) return running;
    const opening = this.#open(name, kind, id);
    this.#entries.set(name, opening);
    opening.catch(() => this.#entries.delete(name));
    return opening;
  }

  async #open(name: TopicName, kind: TopicKind, id: string): Promise<Entry> {
    let topic: Topic | undefined;
    let latest: object | undefined;
    const running = await this.deps.sources[kind].open(id, {
      publish: (state) => {
        latest = state;
        topic?.publish(state);
      },
      recheck: () => {
        for (const reader of topic?.readers ?? []) void this.#recheck(name, reader);
      },
    });
    topic = new Topic(name, randomText(10), latest ?? running.state);
    if (this.#closed) running.close();
    return { topic, running, idle: undefined };
  }

  async #recheck(name: TopicName, reader: TopicReader): Promise<void> {
    const { kind, id } = parseTopic(name);
    try {
      const refused = await this.deps.sources[kind].refuses(id, reader.caller);
      if (refused === undefined) return;
      await this.leave(name, reader);
      reader.refuse(name, refused);
    } catch (error) {
      this.deps.logger.error({ err: error, topic: name }, "a reader could not be checked");
    }
  }

  #drop(name: TopicName, entry: Entry): void {
    clearTimeout(entry.idle);
    this.#entries.delete(name);
    entry.running.close();
  }
}
