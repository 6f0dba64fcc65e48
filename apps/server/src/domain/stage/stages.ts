import type {
  ParticipantId,
  ParticipantState,
  StageAction,
  StageId,
  StageLayout,
  StreamId,
  UserId,
} from "@footlight/shared";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import type { Account } from "../accounts/account.ts";
import { randomText } from "../ids.ts";
import { type Refusal, refuse } from "../refusal.ts";
import {
  type Guest,
  type GuestChange,
  HOST,
  type Stage,
  type Standing,
  standingOfGuest,
  standingOfHost,
} from "./stage.ts";

export interface StagesDeps {
  readonly stages: {
    create(stage: { stageId: StageId; streamId: StreamId; now: Date }): Promise<boolean>;
    open(stageId: StageId): Promise<Stage | undefined>;
    openOfStream(streamId: StreamId): Promise<Stage | undefined>;
    openOfUser(userId: UserId): Promise<Stage | undefined>;
    setLayout(stageId: StageId, layout: StageLayout): Promise<void>;
    close(stageId: StageId, now: Date): Promise<void>;
    guests(stageId: StageId): Promise<Guest[]>;
    guestBySession(sessionHash: string): Promise<Guest | undefined>;
    guestOfUser(stageId: StageId, userId: UserId): Promise<Guest | undefined>;
    changeGuest(
      stageId: StageId,
      participantId: ParticipantId,
      change: GuestChange,
      from?: readonly ParticipantState[],
    ): Promise<boolean>;
    removeGuest(stageId: StageId, participantId: ParticipantId, now: Date): Promise<boolean>;
    carriedBy(userId: UserId): Promise<Stage | undefined>;
  };
  readonly tokens: { hash(token: string): string };
  readonly clock: Pick<Clock, "nowMs">;
  readonly logger: Logger;
}

/** Told of what changed about a stage: its guests, its layout, its stream's state, or its end. */
export type StageListener = (stageId: StageId) => void;

/** Open stages, and what their hosts and guests may do to them. */
export class Stages {
  readonly #listeners = new Set<StageListener>();

  constructor(private readonly deps: StagesDeps) {}

  /** Returns how to stop it. */
  onChange(listener: StageListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(stageId: StageId): void {
    for (const listener of [...this.#listeners]) listener(stageId);
  }

  /** The stream went live, was interrupted or has ended. */
  async streamChanged(streamId: StreamId, ended: boolean): Promise<void> {
    const stage = await this.deps.stages.openOfStream(streamId);
    if (stage === undefined) return;
    if (ended) await this.#close(stage);
    else this.changed(stage.stageId);
  }

  /** The stream's stage; a stream has one at a time. */
  async open(streamId: StreamId): Promise<Stage> {
    const { stages, clock, logger } = this.deps;
    const stageId = randomText(16) as StageId;
    if (await stages.create({ stageId, streamId, now: new Date(clock.nowMs()) })) {
      logger.info({ stageId, streamId }, "stage opened");
    }
    const stage = await stages.openOfStream(streamId);
    if (stage === undefined) throw new Error("a stage that was just opened is gone");
    return stage;
  }

  async close(stageId: StageId): Promise<void> {
    const stage = await this.byId(stageId);
    if (stage !== undefined) await this.#close(stage);
  }

  /** Undefined where it has closed, too. */
  async byId(stageId: StageId): Promise<Stage | undefined> {
    return await this.deps.stages.open(stageId);
  }

  async ofHost(host: Pick<Account, "userId">): Promise<Stage | undefined> {
    return await this.deps.stages.openOfUser(host.userId);
  }

  async guests(stageId: StageId): Promise<readonly Guest[]> {
    return await this.deps.stages.guests(stageId);
  }

  async setLayout(stage: Stage, layout: StageLayout): Promise<void> {
    await this.deps.stages.setLayout(stage.stageId, layout);
    this.changed(stage.stageId);
  }

  /** How an account stands to a stage. */
  async standing(
    account: Pick<Account, "userId">,
    stageId: StageId,
  ): Promise<Standing | Refusal<"stage_not_found" | "forbidden">> {
    const stage = await this.deps.stages.open(stageId);
    if (stage === undefined) return refuse("stage_not_found");
    if (stage.hostUserId === account.userId) return standingOfHost(stage);
    const guest = await this.deps.stages.guestOfUser(stageId, account.userId);
    return guest === undefined ? refuse("forbidden") : standingOfGuest(stage, guest);
  }

  /** Whose guest token this is; undefined for a stranger's, or one who was removed, or of a closed stage. */
  async guestStanding(token: string): Promise<Standing | undefined> {
    const guest = await this.deps.stages.guestBySession(this.deps.tokens.hash(token));
    const stage = guest === undefined ? undefined : await this.deps.stages.open(guest.stageId);
    return guest === undefined || stage === undefined ? undefined : standingOfGuest(stage, guest);
  }

  /** The host's hand on a guest. */
  async act(
    stage: Stage,
    participantId: ParticipantId,
    action: StageAction,
  ): Promise<{ readonly kind: "done" } | Refusal<"not_found" | "forbidden">> {
    if (participantId === HOST) return refuse("forbidden");
    const { stages, clock, logger } = this.deps;
    const done =
      action === "remove"
        ? await stages.removeGuest(stage.stageId, participantId, new Date(clock.nowMs()))
        : await this.#change(stage, participantId, action);
    if (!done) return refuse("not_found");
    logger.info({ stageId: stage.stageId, participantId, action }, "stage action");
    this.changed(stage.stageId);
    return { kind: "done" };
  }

  /** Asks to enter, from the green room. */
  async ask(stageId: StageId, participantId: ParticipantId): Promise<boolean> {
    return await this.#own(stageId, participantId, { state: "waiting" }, ["green_room", "waiting"]);
  }

  async stepDown(stageId: StageId, participantId: ParticipantId): Promise<boolean> {
    return await this.#own(stageId, participantId, { state: "green_room", handRaisedAtMs: null });
  }

  async raiseHand(stageId: StageId, participantId: ParticipantId, raised: boolean): Promise<boolean> {
    const handRaisedAtMs = raised ? this.deps.clock.nowMs() : null;
    return await this.#own(stageId, participantId, { handRaisedAtMs }, ["on_stage"]);
  }

  /** A guest channel's own consent: only where the host has given theirs. */
  async carry(
    account: Pick<Account, "userId">,
    stageId: StageId,
    on: boolean,
  ): Promise<{ readonly kind: "done" } | Refusal<"forbidden">> {
    const guest = await this.deps.stages.guestOfUser(stageId, account.userId);
    if (guest === undefined || guest.carry === "no") return refuse("forbidden");
    await this.#own(stageId, guest.participantId, { carry: on ? "on" : "allowed" });
    return { kind: "done" };
  }

  /** The stage whose stream a channel shows on its own page. */
  async carriedBy(userId: UserId): Promise<Stage | undefined> {
    return await this.deps.stages.carriedBy(userId);
  }

  async #change(
    stage: Stage,
    participantId: ParticipantId,
    action: Exclude<StageAction, "remove">,
  ): Promise<boolean> {
    const { stages } = this.deps;
    if (action !== "allow_carry" && action !== "end_carry") {
      return await stages.changeGuest(stage.stageId, participantId, CHANGES[action]);
    }
    const guest = (await stages.guests(stage.stageId)).find((one) => one.participantId === participantId);
    // Only a channel has a page, and a yes of the host is not the channel's.
    if (guest === undefined || guest.userId === null) return false;
    const carry = action === "end_carry" ? "no" : guest.carry === "no" ? "allowed" : guest.carry;
    return await stages.changeGuest(stage.stageId, participantId, { carry });
  }

  async #own(
    stageId: StageId,
    participantId: ParticipantId,
    change: GuestChange,
    from?: readonly ParticipantState[],
  ): Promise<boolean> {
    const done = await this.deps.stages.changeGuest(stageId, participantId, change, from);
    if (done) this.changed(stageId);
    return done;
  }

  async #close(stage: Stage): Promise<void> {
    await this.deps.stages.close(stage.stageId, new Date(this.deps.clock.nowMs()));
    this.deps.logger.info({ stageId: stage.stageId }, "stage closed");
    this.changed(stage.stageId);
  }
}

const CHANGES: Record<Exclude<StageAction, "remove" | "allow_carry" | "end_carry">, GuestChange> = {
  admit: { state: "on_stage" },
  send_back: { state: "green_room", handRaisedAtMs: null },
  mute: { muted: true },
  unmute: { muted: false },
  hide: { hidden: true },
  show: { hidden: false },
  lower_hand: { handRaisedAtMs: null },
};
