import {
  type News,
  type StudioTopic,
  studioTopics,
  type TopicSnapshot,
} from "../../contract/studio-topics.ts";

type Listener = (topic: StudioTopic, snapshot: unknown) => void;
const NEWS_KEPT = 20;

/** What main has to tell: the newest snapshot of each topic, and who wants to hear of the next. */
export class Topics {
  readonly #snapshots = new Map<StudioTopic, unknown>();
  readonly #listeners = new Set<Listener>();
  #newsNumber = 0;

  publish<T extends StudioTopic>(topic: T, snapshot: TopicSnapshot<T>): void {
    // Parsed, so that nothing gets out that the contract does not name: no key, no token.
    const tried = studioTopics[topic].safeParse(snapshot);
    const parsed: unknown = tried.success ? tried.data : snapshot;
    this.#snapshots.set(topic, parsed);
    for (const listener of this.#listeners) {
      // A listener may lead to a newer one (Electron's native calls run what is awaited): this one is then old.
      if (this.#snapshots.get(topic) !== parsed) return;
      listener(topic, parsed);
    }
  }

  /** Undefined before the first. */
  latest<T extends StudioTopic>(topic: T): TopicSnapshot<T> | undefined {
    return this.#snapshots.get(topic) as TopicSnapshot<T> | undefined;
  }

  /** Tells what there is, then each change. */
  listen(listener: Listener): () => void {
    for (const [topic, snapshot] of this.#snapshots) listener(topic, snapshot);
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  tell(code: News["code"], detail = ""): void {
    const news = { number: ++this.#newsNumber, code, detail };
    this.publish("news", [...(this.latest("news") ?? []), news].slice(-NEWS_KEPT));
  }
}
