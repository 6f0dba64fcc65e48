import type { StudioDocument } from "../../model/document.ts";
import type { Collections } from "../document/collections.ts";
import type { DocumentKeeper } from "../document/document-keeper.ts";
import type { Topics } from "../ipc/topics.ts";
import { type ConfigDesk, configRequests } from "./config-requests.ts";
import type { DocumentDesk } from "./document-desk.ts";
import { documentRequests } from "./document-requests.ts";
import { type GeneralDesk, generalRequests } from "./general-requests.ts";
import { inputEvents } from "./input-events.ts";
import { ItemPlaces } from "./item-places.ts";
import { mediaRequests } from "./media-requests.ts";
import { type RemoteEvent, subscription } from "./messages.ts";
import { ItemNumbers } from "./names.ts";
import { type OutputDesk, outputRequests } from "./output-requests.ts";
import { RemoteServer } from "./remote-server.ts";
import { type ReplayDesk, replayRequests } from "./replay-requests.ts";
import { type RequestKind, Requests } from "./requests.ts";
import { sceneEvents } from "./scene-events.ts";
import { type EngineDesk, screenshotRequests } from "./screenshot-requests.ts";
import { TopicTeller } from "./topic-teller.ts";
import { TransitionTeller } from "./transition-teller.ts";

export interface RemoteWish {
  readonly port: number;
  readonly password: string;
}

interface World {
  readonly keeper: DocumentKeeper;
  readonly collections: Collections;
  readonly topics: Topics;
  readonly outputs: OutputDesk;
  readonly replay: Omit<ReplayDesk, "lastPath">;
  readonly engine: EngineDesk;
  readonly config: Omit<ConfigDesk, "collections">;
  readonly general: Omit<GeneralDesk, "tell">;
  readonly log: {
    info(facts: object, message: string): void;
    warn(facts: object, message: string): void;
  };
}

/**
 * The remote control as it is wished for: off, or on at a port with a password. Speaks what Stream Deck plug-ins and
 * bots speak to OBS.
 */
export class RemoteControl implements AsyncDisposable {
  readonly #book: { numbers: ItemNumbers; places: ItemPlaces; sizeOf: DocumentDesk["sizeOf"] };
  readonly #requests: Requests;
  readonly #unlisten: (() => void)[];
  readonly #transitions = new TransitionTeller((event) => this.#tell(event));
  readonly #topics: TopicTeller;
  /** A whole other document is not told change by change. */
  #isSwitching = false;
  #server: RemoteServer | undefined;
  #wish: RemoteWish | undefined;
  #changing: Promise<void> = Promise.resolve();

  constructor(private readonly world: World) {
    const { keeper, collections, topics, log } = world;
    const document: DocumentDesk = {
      get document() {
        return keeper.document;
      },
      do: (command) => keeper.do(command),
      sizeOf: (sourceId) => {
        const { width, height } = topics.latest("sources")?.[sourceId] ?? {};
        return width && height ? { width, height } : undefined;
      },
    };
    this.#book = { numbers: new ItemNumbers(), places: new ItemPlaces(), sizeOf: document.sizeOf };
    this.#topics = new TopicTeller({
      topics,
      document: () => keeper.document,
      tell: (event) => this.#tell(event),
      isHeard: (intent) => this.#server?.isHeard(intent) ?? false,
    });
    this.#requests = new Requests(this.#kinds(document), (type, error) =>
      log.warn({ err: error, type }, "a remote request failed"),
    );
    this.#unlisten = [
      keeper.onChange((after, before) => this.#follow(after, before)),
      collections.onChanging((sceneCollectionName) => {
        this.#isSwitching = true;
        const data = { sceneCollectionName };
        this.#tell({ type: "CurrentSceneCollectionChanging", intent: subscription.config, data });
      }),
    ];
  }

  #kinds(document: DocumentDesk): Record<string, RequestKind> {
    const { outputs, replay, engine, config, general, collections } = this.world;
    const kinds: Record<string, RequestKind> = {
      ...documentRequests(document, this.#book),
      ...outputRequests(outputs, () => this.#server?.counts() ?? { incoming: 0, outgoing: 0 }),
      ...replayRequests({ ...replay, lastPath: () => this.#topics.lastReplay }),
      ...screenshotRequests(document, engine),
      ...mediaRequests(document, engine, (event) => this.#tell(event)),
      ...configRequests(document, { ...config, collections }),
    };
    return Object.assign(kinds, generalRequests(kinds, { ...general, tell: (event) => this.#tell(event) }));
  }

  #follow(after: StudioDocument, before: StudioDocument): void {
    const isOther = this.#isSwitching;
    this.#isSwitching = false;
    if (isOther) return;
    this.#transitions.follow(before, after);
    for (const event of inputEvents(before, after)) this.#tell(event);
    for (const event of sceneEvents(before, after, this.#book)) this.#tell(event);
  }

  #tell(event: RemoteEvent): void {
    this.#server?.tell(event);
  }

  /** Where it listens; undefined: it does not. */
  get port(): number | undefined {
    return this.#server?.port;
  }

  /** Undefined: off. Where the port is taken it stays off, and the log says so. */
  wish(wish: RemoteWish | undefined): Promise<void> {
    this.#changing = this.#changing.then(async () => {
      if (wish?.port === this.#wish?.port && wish?.password === this.#wish?.password) return;
      this.#wish = wish;
      await this.#server?.[Symbol.asyncDispose]();
      this.#server = undefined;
      if (wish === undefined) return;
      try {
        this.#server = await RemoteServer.listen(wish.port, wish.password, this.#requests);
        this.world.log.info({ port: this.#server.port }, "remote control listens");
      } catch (error) {
        this.world.log.warn({ err: error, port: wish.port }, "remote control cannot listen");
      }
    });
    return this.#changing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const unlisten of this.#unlisten) unlisten();
    this.#topics[Symbol.dispose]();
    this.#transitions[Symbol.dispose]();
    this.#tell({ type: "ExitStarted", intent: subscription.general });
    await this.wish(undefined);
  }
}
