import { type ErrorCode, StageId, type StageState, type StreamId } from "@footlight/shared";
import type { Stages } from "../../domain/stage/stages.ts";
import type { Logger } from "../../platform/logger.ts";
import type { RtcStages } from "../../sfu/rtc-port.ts";
import type { VoicesTap, VoicesTapOutput } from "../../sfu/stage/voices-tap.ts";
import type { RealtimeCaller } from "../caller.ts";
import type { TopicOutlet, TopicSource } from "../topics.ts";
import { LiveStage } from "./live-stage.ts";

export interface LiveStagesDeps {
  readonly stages: Pick<Stages, "byId" | "guests" | "standing" | "onChange">;
  readonly rtc: RtcStages;
  readonly monotonicMs: () => number;
  readonly logger: Logger;
}

interface Entry {
  readonly live: LiveStage;
  outlet: TopicOutlet | undefined;
}

/** The stages that somebody reads about or is on, made on demand; and their topics. */
export class LiveStages implements TopicSource, Disposable {
  readonly #entries = new Map<StageId, Promise<Entry | undefined>>();
  /** A stream has one stage at a time. */
  readonly #byStream = new Map<StreamId, LiveStage>();
  readonly #voicesListeners = new Set<(streamId: StreamId) => void>();
  readonly #stop: () => void;

  constructor(private readonly deps: LiveStagesDeps) {
    this.#stop = deps.stages.onChange((stageId) => void this.#changed(stageId));
  }

  /** Undefined where there is no such stage any more. */
  async get(stageId: StageId): Promise<LiveStage | undefined> {
    return (await this.#entry(stageId))?.live;
  }

  hasGuests(streamId: StreamId): boolean {
    return this.#byStream.get(streamId)?.hasGuests === true;
  }

  async tap(streamId: StreamId, output: VoicesTapOutput): Promise<VoicesTap | undefined> {
    return await this.#byStream.get(streamId)?.tapGuests(output);
  }

  /** Who is on a stage, or whether it has media, may have changed. Returns how to stop it. */
  onVoices(listener: (streamId: StreamId) => void): () => void {
    this.#voicesListeners.add(listener);
    return () => this.#voicesListeners.delete(listener);
  }

  async refuses(id: string, caller: RealtimeCaller): Promise<ErrorCode | undefined> {
    const stageId = StageId.parse(id);
    const { stages } = this.deps;
    switch (caller.kind) {
      case "visitor":
        return "unauthenticated";
      case "account": {
        const standing = await stages.standing(caller.account, stageId);
        return standing.kind === "refused" ? standing.code : undefined;
      }
      case "guest": {
        if (caller.stageId !== stageId) return "forbidden";
        if ((await stages.byId(stageId)) === undefined) return "stage_not_found";
        const guests = await stages.guests(stageId);
        const isHere = guests.some(({ participantId }) => participantId === caller.participantId);
        return isHere ? undefined : "removed_from_stage";
      }
    }
  }

  async open(id: string, outlet: TopicOutlet) {
    const stageId = StageId.parse(id);
    const entry = await this.#entry(stageId);
    if (entry === undefined) throw new Error("the stage closed while its topic was opened");
    entry.outlet = outlet;
    return {
      state: entry.live.state,
      close: () => {
        entry.outlet = undefined;
        this.#dropIfIdle(stageId, entry);
      },
    };
  }

  [Symbol.dispose](): void {
    this.#stop();
    for (const entry of this.#entries.values()) void entry.then((one) => one?.live.close());
    this.#entries.clear();
    this.#byStream.clear();
  }

  #entry(stageId: StageId): Promise<Entry | undefined> {
    const existing = this.#entries.get(stageId);
    if (existing !== undefined) return existing;
    const opening = this.#create(stageId);
    this.#entries.set(stageId, opening);
    opening.then(
      (entry) => {
        if (entry === undefined) this.#entries.delete(stageId);
      },
      () => this.#entries.delete(stageId),
    );
    return opening;
  }

  async #create(stageId: StageId): Promise<Entry | undefined> {
    const { stages, rtc, monotonicMs, logger } = this.deps;
    let entry: Entry | undefined;
    const live = await LiveStage.create(stageId, {
      stages,
      rtc,
      onState: (state: StageState) => {
        entry?.outlet?.publish(state);
        for (const listener of this.#voicesListeners) listener(state.streamId);
      },
      onGone: () => entry?.outlet?.recheck(),
      onIdle: () => entry && this.#dropIfIdle(stageId, entry),
      monotonicMs,
      logger,
    });
    if (live === undefined) return undefined;
    entry = { live, outlet: undefined };
    this.#byStream.set(live.streamId, live);
    return entry;
  }

  #dropIfIdle(stageId: StageId, entry: Entry): void {
    if (entry.outlet !== undefined || !entry.live.isEmpty) return;
    this.#entries.delete(stageId);
    if (this.#byStream.get(entry.live.streamId) === entry.live) this.#byStream.delete(entry.live.streamId);
    entry.live.close();
  }

  async #changed(stageId: StageId): Promise<void> {
    try {
      const entry = await this.#entries.get(stageId);
      await entry?.live.refresh();
    } catch (error) {
      this.deps.logger.error({ err: error, stageId }, "a stage could not be read anew");
    }
  }
}
