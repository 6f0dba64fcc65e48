import { isDeepStrictEqual } from "node:util";
import type { Logger } from "../platform/logger.ts";
import type { RtcClock, RtcFeed, RtcFeedMedia, RtcFeedTerms, RtcKind } from "../stream/rtc.ts";
import { FedSource, newFeedNumbers } from "./fed-source.ts";
import type { RoomHome } from "./room-home.ts";

/** What a feed asks of its room. */
export interface FedRoom {
  home(): Promise<RoomHome>;
  /** Throws where a publisher has the room. */
  fed(source: FedSource): void;
  unfed(source: FedSource | undefined): void;
  tellClock(clock: RtcClock): void;
}

type State =
  | { readonly kind: "idle" }
  | { readonly kind: "configured"; readonly media: RtcFeedMedia; readonly source: FedSource | undefined }
  | { readonly kind: "closed" };

/** A feed's side of a room. Its numbers stay, whatever becomes of the worker. */
export class RoomFeed implements RtcFeed {
  readonly #numbers = newFeedNumbers();
  #state: State = { kind: "idle" };
  /** One change at a time. */
  #changes: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly room: FedRoom,
    private readonly keyframeWanted: () => void,
    private readonly logger: Logger,
  ) {}

  async configure(
    media: RtcFeedMedia,
  ): Promise<{ readonly video: RtcFeedTerms | undefined; readonly audio: RtcFeedTerms | undefined }> {
    const change = this.#changes.then(() => this.#configure(media));
    this.#changes = change.catch(() => {});
    await change;
    const { video, audio } = this.#numbers;
    return {
      video: media.video === undefined ? undefined : video,
      audio: media.audio === undefined ? undefined : audio,
    };
  }

  send(kind: RtcKind, packet: Uint8Array): void {
    if (this.#state.kind === "configured") this.#state.source?.send(kind, packet);
  }

  tellClock(clock: RtcClock): void {
    if (this.#state.kind === "configured") this.room.tellClock(clock);
  }

  close(): void {
    if (this.#state.kind === "closed") return;
    const source = this.#state.kind === "configured" ? this.#state.source : undefined;
    this.#state = { kind: "closed" };
    this.room.unfed(source);
  }

  /** Its home's worker died. The feed goes on as if nothing had happened once there is another one. */
  lost(): void {
    if (this.#state.kind === "configured") this.#state = { ...this.#state, source: undefined };
  }

  /** Brings a lost source back, as soon as there is a worker for it. */
  restore(): void {
    this.#changes = this.#changes.then(async () => {
      if (this.#state.kind !== "configured" || this.#state.source !== undefined) return;
      try {
        await this.#build(this.#state.media);
      } catch (error) {
        this.logger.debug({ err: error }, "no worker for a feed yet");
      }
    });
  }

  async #configure(media: RtcFeedMedia): Promise<void> {
    const before = this.#state;
    if (before.kind === "configured" && before.source !== undefined) {
      if (isDeepStrictEqual(before.media, media)) return;
    }
    await this.#build(media);
  }

  async #build(media: RtcFeedMedia): Promise<void> {
    const { router } = await this.room.home();
    const source = await FedSource.create(router, media, {
      numbers: this.#numbers,
      keyframeWanted: this.keyframeWanted,
    });
    if (this.#state.kind === "closed") {
      source.close();
      return;
    }
    try {
      this.room.fed(source);
    } catch (error) {
      source.close();
      throw error;
    }
    this.#state = { kind: "configured", media, source };
  }
}
