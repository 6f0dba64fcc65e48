import { z } from "zod";
import type { BroadcastSnapshot, TopicSnapshot } from "../../contract/studio-topics.ts";
import type { DocumentKeeper } from "../document/document-keeper.ts";
import type { Topics } from "../ipc/topics.ts";
import { documentEvents, recordEvent, streamEvent } from "./events.ts";
import { RPC_VERSION } from "./messages.ts";
import { ItemNumbers } from "./names.ts";
import { type OutputDesk, outputRequests } from "./output-requests.ts";
import { RemoteServer } from "./remote-server.ts";
import { SPOKEN_VERSION } from "./remote-session.ts";
import { type RequestKind, Requests, request } from "./requests.ts";
import { sceneRequests } from "./scene-requests.ts";

export interface RemoteWish {
  readonly port: number;
  readonly password: string;
}

interface World {
  readonly keeper: DocumentKeeper;
  readonly topics: Topics;
  readonly outputs: OutputDesk;
  readonly version: string;
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
  readonly #numbers = new ItemNumbers();
  readonly #requests: Requests;
  readonly #unlisten: (() => void)[];
  #server: RemoteServer | undefined;
  #wish: RemoteWish | undefined;
  #changing: Promise<void> = Promise.resolve();

  constructor(private readonly world: World) {
    const { keeper, topics, outputs, log } = world;
    const kinds: Record<string, RequestKind> = {
      ...sceneRequests(
        {
          get document() {
            return keeper.document;
          },
          do: (command) => keeper.do(command),
        },
        this.#numbers,
      ),
      ...outputRequests(outputs),
    };
    const stats = kinds["GetStats"];
    if (stats !== undefined)
      kinds["GetStats"] = request(z.object({}), async () => ({
        ...(await stats.run({} as never)),
        webSocketSessionIncomingMessages: this.#server?.counts().incoming ?? 0,
        webSocketSessionOutgoingMessages: this.#server?.counts().outgoing ?? 0,
      }));
    kinds["GetVersion"] = request(z.object({}), () => ({
      // The OBS whose protocol this is; plug-ins refuse older ones.
      obsVersion: "30.2.0",
      obsWebSocketVersion: SPOKEN_VERSION,
      rpcVersion: RPC_VERSION,
      availableRequests: [...Object.keys(kinds), "Sleep"],
      supportedImageFormats: [],
      platform: process.platform,
      platformDescription: `Footlight Studio ${world.version}`,
    }));
    this.#requests = new Requests(kinds, (type, error) =>
      log.warn({ err: error, type }, "a remote request failed"),
    );

    let broadcast: BroadcastSnapshot["state"] = "idle";
    let recording: TopicSnapshot<"recording"> = outputs.recording();
    this.#unlisten = [
      keeper.onChange((after, before) => {
        for (const event of documentEvents(before, after, this.#numbers)) this.#server?.tell(event);
      }),
      topics.listen((topic) => {
        if (topic === "broadcast") {
          const { state } = outputs.broadcast();
          const event = streamEvent(broadcast, state);
          broadcast = state;
          if (event) this.#server?.tell(event);
        }
        if (topic === "recording") {
          const event = recordEvent(recording, outputs.recording());
          recording = outputs.recording();
          if (event) this.#server?.tell(event);
        }
      }),
    ];
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
    await this.wish(undefined);
  }
}
