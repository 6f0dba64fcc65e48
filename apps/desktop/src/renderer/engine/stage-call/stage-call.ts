import { createDevice } from "@footlight/realtime/stage/create-device.ts";
import { onStage, peopleOf } from "@footlight/realtime/stage/people.ts";
import { StageMedia } from "@footlight/realtime/stage/stage-media.ts";
import type { FromEngineControl, ToEngineControl } from "../../../contract/engine-control.ts";
import type { StageCallOrder } from "../../../contract/stage.ts";
import type { StudioDocument } from "../../../model/document.ts";
import type { Composed } from "../encode/picture-encode.ts";
import { Guests, guestsOf, neededProducers, type ShownSeats } from "./guests.ts";
import { ReturnFeed } from "./return-feed.ts";
import { Signalling } from "./signalling.ts";

interface World {
  tell(message: FromEngineControl): void;
  /** The mix without any guest in it. */
  returnSound(): MediaStreamTrack | undefined;
}

interface Call {
  readonly stageId: string;
  readonly media: StageMedia;
  readonly feed: ReturnFeed;
}

/** The studio's place on its channel's stage: guests come in, and what they are to see and hear goes back. */
export class StageCall {
  readonly guests = new Guests();
  readonly #signalling: Signalling;
  #order: StageCallOrder | null = null;
  #call: Call | undefined;
  #canvas: StudioDocument["canvas"] | undefined;
  #seats: ShownSeats = { camera: new Set(), screen: new Set() };

  constructor(private readonly world: World) {
    this.#signalling = new Signalling((message) => world.tell(message));
  }

  /** Whether nobody on the stage looks at the picture. */
  get idle(): boolean {
    return this.#call?.feed.idle ?? true;
  }

  setDocument({ canvas, sources }: StudioDocument): void {
    this.#canvas = canvas;
    const shown = Object.values(sources).flatMap(({ settings }) =>
      settings.kind === "guest" ? [settings] : [],
    );
    const seatsOf = (what: keyof ShownSeats) =>
      new Set(shown.flatMap(({ shows, seat }) => (shows === what ? [seat] : [])));
    this.#seats = { camera: seatsOf("camera"), screen: seatsOf("screen") };
    // First, so that nothing is made of tracks that are then given back.
    this.#show();
    this.#wish();
  }

  take(order: StageCallOrder | null): void {
    const before = this.#order;
    this.#order = order;
    if (order?.stageId !== this.#call?.stageId) {
      this.#end();
      if (order !== null) this.#call = this.#begin(order);
    } else if (order !== null && before !== null) {
      const { media } = this.#call ?? {};
      if (before.state.media.epoch !== order.state.media.epoch) media?.rebuild();
      if (before.isConnected && !order.isConnected) media?.disconnected();
      if (!before.isConnected && order.isConnected) media?.reconnected();
    }
    this.#show();
    this.#wish();
  }

  answer(message: Extract<ToEngineControl, { kind: "stage-answer" }>): void {
    this.#signalling.answer(message);
  }

  takeOver(): void {
    this.#call?.media.takeOver();
  }

  offer(picture: Composed): void {
    this.#call?.feed.offer(picture);
  }

  close(): void {
    this.#end();
  }

  #begin({ stageId }: StageCallOrder): Call | undefined {
    const sound = this.world.returnSound();
    if (sound === undefined) return undefined;
    const media = new StageMedia({
      ...{ stageId, realtime: this.#signalling, createDevice },
      // It comes by itself where a stage is open: somebody may sit at the desk in their browser.
      takesOver: false,
    });
    let trouble: string | null = null;
    media.state.subscribe(() => {
      const now = media.state.get().trouble;
      if (now !== trouble) this.world.tell({ kind: "stage-trouble", code: now });
      trouble = now;
      this.#show();
    });
    return { stageId, media, feed: new ReturnFeed(sound) };
  }

  #end(): void {
    this.#call?.media.close();
    this.#call?.feed.close();
    this.#call = undefined;
    this.guests.set(new Map());
  }

  #show(): void {
    const order = this.#order;
    if (order === null || this.#call === undefined) return;
    const needed = neededProducers(order, this.#seats);
    const tracks = [...this.#call.media.state.get().tracks].filter(([id]) => needed.has(id));
    this.guests.set(guestsOf(order, new Map(tracks)));
  }

  #wish(): void {
    const order = this.#order;
    const call = this.#call;
    if (order === null || call === undefined) return;
    const people = peopleOf(order.state).filter(({ role, online }) => role !== "host" && online);
    call.feed.setPicture(onStage(people).length > 0 ? (this.#canvas ?? null) : null);
    call.media.wish({
      receive: neededProducers(order, this.#seats),
      send: people.length > 0 ? call.feed.sent() : new Map(),
    });
  }
}
