import type { StudioTopic, TopicSnapshot } from "../../contract/studio-topics.ts";
import type { StudioDocument } from "../../model/document.ts";
import type { Topics } from "../ipc/topics.ts";
import { type RemoteEvent, subscription } from "./messages.ts";
import { meterEvent, recordEvent, replayEvent, streamEvent } from "./output-events.ts";

interface World {
  readonly topics: Topics;
  readonly document: () => StudioDocument;
  readonly tell: (event: RemoteEvent) => void;
  readonly isHeard: (intent: number) => boolean;
}

/** What clients hear of everything but the document: outputs, collections, meters. */
export class TopicTeller implements Disposable {
  readonly #before: { -readonly [T in StudioTopic]?: TopicSnapshot<T> } = {};
  readonly #unlisten: () => void;
  #newsRead = 0;
  /** Where the last replay lies. */
  lastReplay: string | null = null;

  constructor(private readonly world: World) {
    this.#unlisten = world.topics.listen((topic) => {
      for (const event of this.#eventsOf(topic)) world.tell(event);
    });
  }

  #eventsOf(topic: StudioTopic): RemoteEvent[] {
    switch (topic) {
      case "broadcast":
        return this.#compared(topic, (before, now) => [streamEvent(before.state, now.state)]);
      case "recording":
        return this.#compared(topic, (before, now) => [recordEvent(before, now)]);
      case "replay":
        return this.#compared(topic, (before, now) => [replayEvent(before.on, now.on)]);
      case "collections":
        return this.#compared(topic, collectionEvents);
      case "news":
        return this.#replays(this.world.topics.latest("news") ?? []);
      case "levels": {
        const { topics, document, isHeard } = this.world;
        if (!isHeard(subscription.volumeMeters)) return [];
        return [meterEvent(topics.latest("levels") ?? [], document())];
      }
      default:
        return [];
    }
  }

  /** Of the first snapshot there is nothing to tell. */
  #compared<T extends StudioTopic>(
    topic: T,
    compare: (before: TopicSnapshot<T>, now: TopicSnapshot<T>) => readonly (RemoteEvent | undefined)[],
  ): RemoteEvent[] {
    const now = this.world.topics.latest(topic);
    if (now === undefined) return [];
    const before: TopicSnapshot<T> | undefined = this.#before[topic];
    Object.assign(this.#before, { [topic]: now });
    return before === undefined ? [] : compare(before, now).filter((event) => event !== undefined);
  }

  #replays(news: TopicSnapshot<"news">): RemoteEvent[] {
    const fresh = news.filter(({ number }) => number > this.#newsRead);
    this.#newsRead = fresh.at(-1)?.number ?? this.#newsRead;
    const saved = fresh.filter(({ code }) => code === "replay_saved");
    this.lastReplay = saved.at(-1)?.detail ?? this.lastReplay;
    return saved.map(({ detail }) => ({
      type: "ReplayBufferSaved",
      intent: subscription.outputs,
      data: { savedReplayPath: detail },
    }));
  }

  [Symbol.dispose](): void {
    this.#unlisten();
  }
}

type Collections = TopicSnapshot<"collections">;

function collectionEvents(before: Collections, now: Collections): RemoteEvent[] {
  const names = ({ all }: Collections) => all.map(({ name }) => name);
  const intent = subscription.config;
  const events: RemoteEvent[] = [];
  if (names(now).join("\n") !== names(before).join("\n"))
    events.push({ type: "SceneCollectionListChanged", intent, data: { sceneCollections: names(now) } });
  const sceneCollectionName = now.all.find(({ id }) => id === now.open)?.name;
  if (now.open !== before.open)
    events.push({ type: "CurrentSceneCollectionChanged", intent, data: { sceneCollectionName } });
  return events;
}
