import {
  type ErrorCode,
  type IceServer,
  type ParticipantId,
  REALTIME_CLOSE,
  REALTIME_METHODS,
  type RealtimeMethod,
  type RealtimeParams,
  type RtpCapabilities,
  type StageId,
} from "@footlight/shared";
import type { Stages } from "../../domain/stage/stages.ts";
import { StageFault } from "../../sfu/stage/stage-fault.ts";
import type { RealtimeCaller } from "../caller.ts";
import type { RealtimePeer, RealtimeSession } from "../methods.ts";
import type { LiveStage, StageJoin } from "./live-stage.ts";
import type { LiveStages } from "./live-stages.ts";

/** A page that goes away closes its socket; one that lost its network does not. Whose session ended is gone. */
const GONE = new Set<number>([1000, 1001, 1005, REALTIME_CLOSE.unauthenticated]);

export interface StageSessionDeps {
  readonly stages: Pick<Stages, "ask" | "stepDown" | "raiseHand" | "standing">;
  readonly live: Pick<LiveStages, "get" | "refuses">;
  readonly iceServers: { list(): IceServer[] };
}

class Refused extends Error {
  constructor(readonly code: ErrorCode) {
    super(code);
  }
}

/** What one connection asks of the stage that it has joined. */
export class StageSession implements RealtimeSession {
  #joined: { readonly stageId: StageId; readonly stage: LiveStage; readonly join: StageJoin } | undefined;
  #ended = false;

  constructor(
    private readonly caller: RealtimeCaller,
    private readonly peer: RealtimePeer,
    private readonly deps: StageSessionDeps,
  ) {}

  async call(method: RealtimeMethod, params: unknown): Promise<unknown> {
    switch (method) {
      case "stage.join":
        return await this.#join(parse(method, params));
      case "stage.createTransport":
        return {
          ...(await this.#media.createTransport(parse(method, params).direction)),
          iceServers: this.deps.iceServers.list(),
        };
      case "stage.connectTransport": {
        const { transportId, dtlsParameters } = parse(method, params);
        await this.#media.connectTransport(transportId, dtlsParameters);
        return {};
      }
      case "stage.restartIce":
        return { iceParameters: await this.#media.restartIce(parse(method, params).transportId) };
      case "stage.produce":
        return { producerId: await this.#media.produce(parse(method, params)) };
      case "stage.setProducerPaused": {
        const { producerId, paused } = parse(method, params);
        await this.#media.setProducerPaused(producerId, paused);
        return {};
      }
      case "stage.closeProducer":
        this.#media.closeProducer(parse(method, params).producerId);
        return {};
      case "stage.consume":
        return await this.#media.consume(parse(method, params));
      case "stage.resumeConsumers":
        await this.#media.resumeConsumers(parse(method, params).consumerIds);
        return {};
      case "stage.pauseConsumers":
        await this.#media.pauseConsumers(parse(method, params).consumerIds);
        return {};
      case "stage.closeConsumers":
        this.#media.closeConsumers(parse(method, params).consumerIds);
        return {};
      case "stage.preferLayers": {
        const { consumerId, spatialLayer } = parse(method, params);
        await this.#media.preferLayers(consumerId, spatialLayer);
        return {};
      }
      case "stage.ask":
        return this.#accepted(await this.deps.stages.ask(...this.#self()));
      case "stage.stepDown":
        return this.#accepted(await this.deps.stages.stepDown(...this.#self()));
      case "stage.raiseHand":
        return this.#accepted(
          await this.deps.stages.raiseHand(...this.#self(), parse(method, params).raised),
        );
      case "stage.leave": {
        const { stage, join } = this.#here();
        this.#joined = undefined;
        stage.leave(join);
        return {};
      }
    }
  }

  end(code: number): void {
    this.#ended = true;
    if (this.#joined === undefined) return;
    const { stage, join } = this.#joined;
    this.#joined = undefined;
    if (GONE.has(code) && stage.holds(join, this)) stage.leave(join);
    else stage.detach(join, this);
  }

  async #join({ stageId, joinId, anew = false, takeOver = true }: RealtimeParams<"stage.join">) {
    const refused = await this.deps.live.refuses(stageId, this.caller);
    if (refused !== undefined) throw new Refused(refused);
    const [participantId, stage] = await Promise.all([
      this.#participant(stageId),
      this.deps.live.get(stageId),
    ]);
    if (stage === undefined) throw new Refused("stage_not_found");
    const before = this.#joined;
    if (before?.stage.holds(before.join, this) === true && before.stage !== stage) {
      before.stage.leave(before.join);
    }
    const as = { owner: this, joinId, anew, takeOver };
    const { join, resumed } = await stage.join(participantId, this.peer, as);
    if (this.#ended) {
      stage.detach(join, this);
      throw new Refused("join_again");
    }
    this.#joined = { stageId, stage, join };
    const routerRtpCapabilities = join.room.rtpCapabilities as RtpCapabilities;
    return { participantId, joinId: join.joinId, resumed, routerRtpCapabilities };
  }

  async #participant(stageId: StageId): Promise<ParticipantId> {
    if (this.caller.kind === "guest") return this.caller.participantId;
    if (this.caller.kind === "visitor") throw new Refused("unauthenticated");
    const standing = await this.deps.stages.standing(this.caller.account, stageId);
    if (standing.kind === "refused") throw new Refused(standing.code);
    return standing.participantId;
  }

  get #media(): StageJoin["media"] {
    return this.#here().join.media;
  }

  #here() {
    const joined = this.#joined;
    if (joined === undefined || !joined.stage.holds(joined.join, this)) {
      throw new StageFault("join_again", "no stage is joined");
    }
    return joined;
  }

  #self(): [StageId, ParticipantId] {
    const { stageId, join } = this.#here();
    return [stageId, join.participantId];
  }

  #accepted(accepted: boolean): Record<string, never> {
    if (!accepted) throw new StageFault("not_on_stage", "not in a state for this");
    return {};
  }
}

function parse<M extends RealtimeMethod>(method: M, params: unknown): RealtimeParams<M> {
  return REALTIME_METHODS[method].params.parse(params) as RealtimeParams<M>;
}
