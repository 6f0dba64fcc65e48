import {
  type ParticipantId,
  type StageId,
  type StageState,
  type StreamId,
  stageTopic,
} from "@footlight/shared";
import { randomText } from "../../domain/ids.ts";
import { type Guest, HOST, type Stage } from "../../domain/stage/stage.ts";
import type { Logger } from "../../platform/logger.ts";
import { oneAtATime } from "../../platform/one-at-a-time.ts";
import type { RtcPeer, RtcStages } from "../../sfu/rtc-port.ts";
import { StageFault } from "../../sfu/stage/stage-fault.ts";
import type { StagePeer, StagePermissions } from "../../sfu/stage/stage-peer.ts";
import type { StageRoom } from "../../sfu/stage/stage-room.ts";
import type { VoicesTap, VoicesTapOutput } from "../../sfu/stage/voices-tap.ts";
import { StageMedia } from "./stage-media.ts";
import { stageState } from "./stage-state.ts";

/** A participant whose socket broke is shown as gone after this, and their media end after the other. */
const SHOWN_MS = 5_000;
const KEPT_MS = 30_000;
/** Changes within this time are told of at once: levels and scores come in bursts. */
const GATHER_MS = 40;

/** One participant's presence on the stage. Several sockets may carry it, one after the other. */
export interface StageJoin {
  readonly joinId: string;
  readonly participantId: ParticipantId;
  readonly room: StageRoom;
  readonly media: StagePeer;
  /** The connection that speaks for it; a later one takes it over. */
  owner: object;
  /** Undefined while its socket is there. */
  goneSinceMs: number | undefined;
}

export interface LiveStageDeps {
  readonly stages: {
    byId(stageId: StageId): Promise<Stage | undefined>;
    guests(stageId: StageId): Promise<readonly Guest[]>;
  };
  readonly rtc: RtcStages;
  readonly onState: (state: StageState) => void;
  /** Somebody left, or the stage closed: topics and sockets are to be looked at again. */
  readonly onGone: () => void;
  readonly onIdle: () => void;
  readonly monotonicMs: () => number;
  readonly logger: Logger;
}

/** An open stage while somebody is there: who, with which media, and what the topic says of it. */
export class LiveStage {
  readonly #joins = new Map<ParticipantId, StageJoin>();
  readonly #media: StageMedia;
  readonly #refreshing = oneAtATime();
  readonly #timers = new Set<NodeJS.Timeout>();
  #telling: NodeJS.Timeout | undefined;
  #guests: readonly Guest[] = [];
  #closed = false;

  /** Undefined where there is no such stage any more. */
  static async create(stageId: StageId, deps: LiveStageDeps): Promise<LiveStage | undefined> {
    const stage = await deps.stages.byId(stageId);
    if (stage === undefined) return undefined;
    const live = new LiveStage(stage, deps);
    live.#guests = await deps.stages.guests(stageId);
    return live;
  }

  private constructor(
    private stage: Stage,
    private readonly deps: LiveStageDeps,
  ) {
    const logger = deps.logger.child({ stage: stage.stageId });
    this.#media = new StageMedia({
      streamId: stage.streamId,
      stages: deps.rtc,
      onChange: () => this.#tellSoon(),
      logger,
    });
  }

  get topic(): string {
    return stageTopic(this.stage.stageId);
  }

  get streamId(): StreamId {
    return this.stage.streamId;
  }

  /** A guest is on stage, and there. */
  get hasGuests(): boolean {
    return this.#guests.some(
      ({ participantId, state }) => state === "on_stage" && this.#isOnline(participantId),
    );
  }

  /** Undefined while it has no media. */
  async tapGuests(output: VoicesTapOutput): Promise<VoicesTap | undefined> {
    return await this.#media.room?.tapGuests(output);
  }

  get isEmpty(): boolean {
    return this.#joins.size === 0;
  }

  get state(): StageState {
    return stageState({
      stage: this.stage,
      guests: this.#guests,
      room: this.#media.room,
      isOnline: (participantId) => this.#isOnline(participantId),
      media: this.#media.state,
    });
  }

  /**
   * Throws `RtcRefusal` where there is no worker, `StageFault` where the place is somebody else's and shall stay so.
   * `as.joinId`: the join that is to be taken up again, or, `anew`, was ours.
   */
  async join(
    participantId: ParticipantId,
    peer: RtcPeer,
    as: {
      readonly owner: object;
      readonly joinId: string | undefined;
      readonly anew: boolean;
      readonly takeOver: boolean;
    },
  ): Promise<{ readonly join: StageJoin; readonly resumed: boolean }> {
    const room = await this.#media.hold();
    const before = this.#joins.get(participantId);
    const isOurs = before?.joinId === as.joinId;
    const isThere = before?.goneSinceMs === undefined && before?.owner !== as.owner;
    if (before !== undefined && !isOurs && isThere && !as.takeOver)
      throw new StageFault("joined_elsewhere", "another connection holds the place");
    if (before !== undefined && isOurs && before.room === room && !as.anew) {
      before.goneSinceMs = undefined;
      before.owner = as.owner;
      this.#tellSoon();
      return { join: before, resumed: true };
    }
    if (before !== undefined) before.room.leave(before.media);
    const media = room.enter(participantId, peer, this.#permissions(participantId));
    const { owner } = as;
    const join: StageJoin = {
      joinId: randomText(16),
      ...{ participantId, room, media, owner, goneSinceMs: undefined },
    };
    this.#joins.set(participantId, join);
    this.#tellSoon();
    return { join, resumed: false };
  }

  /** Whether this connection's requests on the join still mean something. */
  holds(join: StageJoin, owner: object): boolean {
    const isCurrent = this.#joins.get(join.participantId) === join && this.#media.room === join.room;
    return isCurrent && join.owner === owner;
  }

  leave(join: StageJoin): void {
    join.room.leave(join.media);
    if (this.#joins.get(join.participantId) !== join) return;
    this.#joins.delete(join.participantId);
    this.#tellSoon();
    if (this.isEmpty) {
      this.#media.release();
      this.deps.onIdle();
    }
  }

  /** Its socket broke: the media stay for a while, for it may come back. */
  detach(join: StageJoin, owner: object): void {
    if (this.#joins.get(join.participantId) !== join || join.owner !== owner) return;
    const goneSinceMs = this.deps.monotonicMs();
    join.goneSinceMs = goneSinceMs;
    this.#later(SHOWN_MS, () => this.#tellSoon());
    this.#later(KEPT_MS, () => {
      if (join.goneSinceMs === goneSinceMs) this.leave(join);
    });
  }

  /** What is written of the stage changed. */
  async refresh(): Promise<void> {
    await this.#refreshing(async () => {
      if (this.#closed) return;
      const { stages, onGone } = this.deps;
      const stage = await stages.byId(this.stage.stageId);
      const guests = stage === undefined ? [] : await stages.guests(stage.stageId);
      const left = this.#guests
        .map(({ participantId }) => participantId)
        .filter((id) => !guests.some(({ participantId }) => participantId === id));
      this.#guests = guests;
      if (stage === undefined) {
        this.close();
        onGone();
        return;
      }
      this.stage = stage;
      for (const join of [...this.#joins.values()]) {
        if (left.includes(join.participantId)) this.leave(join);
        else await join.media.permit(this.#permissions(join.participantId));
      }
      if (left.length > 0) onGone();
      this.#tellSoon();
    });
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#telling);
    for (const timer of this.#timers) clearTimeout(timer);
    this.#joins.clear();
    this.#media.release();
  }

  #isOnline(participantId: ParticipantId): boolean {
    const join = this.#joins.get(participantId);
    if (join === undefined) return false;
    return join.goneSinceMs === undefined || this.deps.monotonicMs() - join.goneSinceMs < SHOWN_MS;
  }

  #permissions(participantId: ParticipantId): StagePermissions {
    if (participantId === HOST) return { onStage: true, host: true, muted: false };
    const guest = this.#guests.find((one) => one.participantId === participantId);
    return { onStage: guest?.state === "on_stage", host: false, muted: guest?.muted ?? true };
  }

  #tellSoon(): void {
    if (this.#closed) return;
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      this.deps.onState(this.state);
    }, GATHER_MS).unref();
  }

  #later(ms: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms + 1).unref();
    this.#timers.add(timer);
  }
}
