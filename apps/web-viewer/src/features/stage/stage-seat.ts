import type { RealtimeClient, TopicNews } from "@footlight/realtime/realtime-client.ts";
import type { RealtimeFault } from "@footlight/realtime/realtime-fault.ts";
import type { SentTrack } from "@footlight/realtime/stage/sending.ts";
import type { MediaWish, StageMedia } from "@footlight/realtime/stage/stage-media.ts";
import { wantedProducers } from "@footlight/realtime/stage/wanted.ts";
import type { MediaSource, ParticipantId, StageId, StageState } from "@footlight/shared";
import { Store } from "@footlight/ui/store.ts";
import type { LocalDevices } from "./media/local-devices.ts";

/** Why the seat is gone for good. */
export type SeatEnd = "removed" | "closed" | "forbidden" | "signed_out";

export interface SeatView {
  /** Undefined until the first snapshot. */
  readonly stage: StageState | undefined;
  readonly me: ParticipantId | null;
  readonly link: "connecting" | "open" | "lost";
  readonly end: SeatEnd | null;
  readonly trouble: RealtimeFault["code"] | null;
  /** Others' media, by producer id. */
  readonly tracks: ReadonlyMap<string, MediaStreamTrack>;
  readonly screen: MediaStream | null;
}

export interface SeatDeps {
  readonly stageId: StageId;
  readonly realtime: Pick<RealtimeClient, "subscribe" | "link" | "close">;
  readonly media: Pick<
    StageMedia,
    "state" | "wish" | "request" | "takeOver" | "disconnected" | "reconnected" | "rebuild" | "close"
  >;
  readonly devices: Pick<LocalDevices, "state">;
}

/** One person's place on one stage: what they see of it, what goes out of theirs, and what they ask for. */
export class StageSeat {
  readonly view = new Store<SeatView>({
    ...{ stage: undefined, me: null, link: "connecting", end: null, trouble: null },
    ...{ tracks: new Map(), screen: null },
  });
  readonly #stops: (() => void)[] = [];
  /** The host's own mix, while this browser composes. */
  #programme: MediaStreamTrack | null = null;
  #closed = false;

  constructor(private readonly deps: SeatDeps) {
    const { stageId, realtime, media, devices } = deps;
    this.#stops.push(
      media.state.subscribe(() => {
        const { me, trouble, tracks } = media.state.get();
        const isNew = me !== this.view.get().me;
        this.#show({ me, trouble, tracks });
        if (isNew) this.#wish();
      }),
      devices.state.subscribe(() => this.#wish()),
      realtime.link.subscribe(() => this.#linkChanged()),
      realtime.subscribe("stage", stageId, (news) => this.#heard(news)),
    );
  }

  get stageId(): StageId {
    return this.deps.stageId;
  }

  async ask(): Promise<void> {
    await this.deps.media.request("stage.ask", {});
  }

  /** From the stage, or from the queue for it, back to the green room. */
  async stepDown(): Promise<void> {
    this.stopScreen();
    await this.deps.media.request("stage.stepDown", {});
  }

  async raiseHand(raised: boolean): Promise<void> {
    await this.deps.media.request("stage.raiseHand", { raised });
  }

  /** From the same person's other window. */
  takeOver(): void {
    this.deps.media.takeOver();
  }

  /** Resolves to whether something is shared: the person may have thought better of it. */
  async shareScreen(): Promise<boolean> {
    try {
      const screen = await navigator.mediaDevices.getDisplayMedia({
        video: { frameRate: 30 },
        audio: true,
      });
      // Ended by the browser's own "stop sharing".
      screen.getVideoTracks()[0]?.addEventListener("ended", () => this.stopScreen());
      for (const track of screen.getVideoTracks()) track.contentHint = "detail";
      this.#show({ screen });
      this.#wish();
      return true;
    } catch {
      return false;
    }
  }

  stopScreen(): void {
    const { screen } = this.view.get();
    if (screen === null) return;
    for (const track of screen.getTracks()) track.stop();
    this.#show({ screen: null });
    this.#wish();
  }

  /** Tells the others that the programme is made of this stage, so that they do not hear themselves in it. */
  composes(mix: MediaStreamTrack | null): void {
    this.#programme = mix;
    this.#wish();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const stop of this.#stops) stop();
    this.stopScreen();
    this.deps.media.close();
    this.deps.realtime.close();
  }

  #heard(news: TopicNews<"stage">): void {
    if (news.kind === "refused") {
      this.#end(END_OF[news.code] ?? "closed");
      return;
    }
    const before = this.view.get().stage;
    this.#show({ stage: news.state });
    if (before !== undefined && before.media.epoch !== news.state.media.epoch) this.deps.media.rebuild();
    this.#wish();
  }

  #linkChanged(): void {
    const link = this.deps.realtime.link.get();
    switch (link.kind) {
      case "open":
        this.#show({ link: "open" });
        this.deps.media.reconnected();
        break;
      case "lost":
        this.#show({ link: "lost" });
        this.deps.media.disconnected();
        break;
      case "closed":
        // `refused` has told why, where the server still knew.
        if (link.reason === "unauthenticated") this.#end("signed_out");
        break;
      case "idle":
      case "connecting":
        break;
    }
  }

  #end(end: SeatEnd): void {
    if (this.view.get().end !== null) return;
    this.#show({ end });
    this.stopScreen();
    this.deps.media.close();
  }

  #wish(): void {
    const { stage, me, end } = this.view.get();
    if (stage === undefined || me === null || end !== null || this.#closed) return;
    const onStage = stage.participants[me]?.state === "on_stage";
    const wish: MediaWish = {
      receive: wantedProducers(stage, me),
      send: onStage ? this.#sent() : null,
    };
    this.deps.media.wish(wish);
  }

  #sent(): ReadonlyMap<MediaSource, SentTrack> {
    const { camera, microphone } = this.deps.devices.state.get();
    const { screen } = this.view.get();
    const sent = new Map<MediaSource, SentTrack>();
    if (camera.track !== null) sent.set("camera", { track: camera.track, paused: false });
    if (microphone.track !== null)
      sent.set("microphone", { track: microphone.track, paused: !microphone.on });
    const [picture] = screen?.getVideoTracks() ?? [];
    const [sound] = screen?.getAudioTracks() ?? [];
    if (picture !== undefined) sent.set("screen", { track: picture, paused: false });
    if (sound !== undefined) sent.set("screen_audio", { track: sound, paused: false });
    if (this.#programme !== null) sent.set("programme", { track: this.#programme, paused: true });
    return sent;
  }

  #show(change: Partial<SeatView>): void {
    this.view.set({ ...this.view.get(), ...change });
  }
}

const END_OF: Partial<Record<string, SeatEnd>> = {
  removed_from_stage: "removed",
  stage_not_found: "closed",
  forbidden: "forbidden",
  unauthenticated: "signed_out",
};
