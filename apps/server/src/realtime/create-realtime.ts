import type { IncomingMessage } from "node:http";
import type { IceServer } from "@footlight/shared";
import type { Domain } from "../domain/create-domain.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { RtcRooms, RtcStages } from "../sfu/rtc-port.ts";
import { RealtimeServer } from "./realtime-server.ts";
import { LiveStages } from "./stage/live-stages.ts";
import { StageSession } from "./stage/stage-session.ts";
import { StreamTopics } from "./stream-topic.ts";
import { Topics } from "./topics.ts";

export interface RealtimeOptions {
  readonly domain: Pick<Domain, "auth" | "streams" | "stages" | "rehearsals">;
  readonly rtc: RtcRooms & RtcStages;
  readonly addressOf: (request: IncomingMessage) => string;
  readonly sessionTokenOf: (request: IncomingMessage) => string | undefined;
  readonly maxPerAddress: number;
  readonly iceServers: { list(): IceServer[] };
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Realtime {
  readonly server: RealtimeServer;
  readonly stages: LiveStages;
}

/** `/realtime`: its sockets, its topics, and the stages that are spoken of there. */
export function createRealtime(options: RealtimeOptions): Realtime {
  const { domain, rtc, iceServers, clock } = options;
  const { stages } = domain;
  const logger = options.logger.child({ area: "realtime" });
  const streams = new StreamTopics({ rooms: rtc, streams: domain.streams, rehearsals: domain.rehearsals });
  const live = new LiveStages({ stages, rtc, monotonicMs: () => clock.monotonicMs(), logger });
  const topics = new Topics({ sources: { stream: streams, stage: live }, logger });
  const server = new RealtimeServer({
    topics,
    methods: { session: (caller, peer) => new StageSession(caller, peer, { stages, live, iceServers }) },
    identity: {
      session: (token) => domain.auth.session(token),
      guest: async (token) => {
        const standing = await stages.guestStanding(token);
        if (standing === undefined) return undefined;
        const { stage, participantId, name } = standing;
        return { kind: "guest", stageId: stage.stageId, participantId, name };
      },
    },
    addressOf: options.addressOf,
    sessionTokenOf: options.sessionTokenOf,
    maxPerAddress: options.maxPerAddress,
    onClosed: () => {
      stopListening();
      topics[Symbol.dispose]();
      live[Symbol.dispose]();
      streams[Symbol.dispose]();
    },
    clock,
    logger,
  });
  const stopListening = domain.auth.onSessionsEnded((userId) => server.sessionsEnded(userId));
  return { server, stages: live };
}
