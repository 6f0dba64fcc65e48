import { z } from "zod";
import { ParticipantId, StageId, StreamId } from "../model/ids.ts";
import { STAGE_METHODS, StageState } from "./stage.ts";

/**
 * The one WebSocket `/realtime`: JSON messages, parsed by both sides. State is the server's; a client
 * subscribes to topics and gets one snapshot of each and then patches (RFC 7396), numbered without gaps.
 *
 *     client                                         server
 *     hello {auth?, resume?}                    →    welcome {me}, then as for subscribe for each resumed
 *     subscribe {topic}                         →    snapshot {topic, log, seq, state} | refused {topic}
 *                                               ←    patch {topic, seq, patch} …
 *     request {id, method, params}              →    response {id, result} | response {id, problem}
 *     unsubscribe {topic}                            (no answer)
 *     pong                                      ←    ping, after 20 s in which the server sent nothing
 *
 * The first message is `hello`. A client that comes back names in `resume` what it has of each topic:
 * the same `log` and a `seq` that the server still remembers give `resumed` and the missed patches,
 * anything else a new snapshot (or `refused`). A client that has heard nothing for `silenceMs` closes
 * and comes back; the server does the same. Cookies count only where the page is our own; an app
 * without cookies, and a guest of a stage, say who they are in `hello`.
 */
export const REALTIME_PATH = "/realtime";

export const REALTIME_LIMITS = {
  /** Of one message, either way round. */
  messageBytes: 64 * 1024,
  topics: 32,
  /** Requests, subscriptions and so on in ten seconds; above it the socket is closed. */
  messagesInTenSeconds: 60,
  /** From accept to hello. */
  helloMs: 10_000,
  pingMs: 20_000,
  silenceMs: 45_000,
  /** Patches of a topic that are kept for who comes back. */
  history: 256,
} as const;

/** Why the server closes a socket (RFC 6455 close codes). Come back after `goingAway` and 4500 and up. */
export const REALTIME_CLOSE = {
  goingAway: 1001,
  tooBig: 1009,
  /** Not JSON, not of these shapes, or not `hello` first. */
  badMessage: 4400,
  /** The session or guest token of `hello` is void: it has ended, or its guest was removed. */
  unauthenticated: 4401,
  silent: 4408,
  tooManyTopics: 4413,
  tooManyMessages: 4429,
  /** Did not read what it was sent; come back for a new snapshot. */
  tooSlow: 4500,
  tooManyConnections: 4503,
} as const;

/** `stream:{StreamId}` is public. */
export const StreamTopicState = z.object({
  ultra: z.object({
    /** WHEP works now (the stream's latency mode allows it and a media worker is there). */
    available: z.boolean(),
    /** Changes when viewers must connect anew: their publisher changed, or a worker died. */
    epoch: z.int(),
    /** Wall clock of the picture's RTP timestamps: `wallMs + (timestamp - rtpTimestamp) / 90`. */
    clock: z
      .object({ rtpTimestamp: z.number(), wallMs: z.number(), source: z.enum(["capture", "arrival"]) })
      .nullable()
      .default(null),
  }),
});
export type StreamTopicState = z.infer<typeof StreamTopicState>;

/** Topic kinds and the state of each; members that are null are not sent. */
export const TOPIC_STATES = { stream: StreamTopicState, stage: StageState } as const;
export type TopicKind = keyof typeof TOPIC_STATES;
export type TopicState<Kind extends TopicKind> = z.infer<(typeof TOPIC_STATES)[Kind]>;

export const Topic = z.string().regex(/^(stream|stage):[A-Za-z0-9_-]{8,64}$/);
export type Topic = z.infer<typeof Topic>;

export const streamTopic = (id: StreamId): Topic => `stream:${id}`;
export const stageTopic = (id: StageId): Topic => `stage:${id}`;

/** Kind and id of a topic that `Topic` has taken. */
export function parseTopic(
  topic: Topic,
): { readonly kind: "stream"; readonly id: StreamId } | { readonly kind: "stage"; readonly id: StageId } {
  const [kind, id] = Topic.parse(topic).split(":");
  return kind === "stream"
    ? { kind: "stream", id: StreamId.parse(id) }
    : { kind: "stage", id: StageId.parse(id) };
}

const Token = z.string().regex(/^[\x21-\x7e]{1,512}$/);
const Seq = z.int().min(0);
const Log = z.string().min(1).max(32);

/** What a client has of a topic. */
export const TopicPosition = z.object({ topic: Topic, log: Log, seq: Seq });
export type TopicPosition = z.infer<typeof TopicPosition>;

export const Hello = z.object({
  type: z.literal("hello"),
  /** `session`: an account's bearer token. `guest`: what `stage.redeem` gave. */
  auth: z.object({ kind: z.enum(["session", "guest"]), token: Token }).optional(),
  resume: z.array(TopicPosition).max(REALTIME_LIMITS.topics).default([]),
});

const RequestId = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

export const REALTIME_METHODS = STAGE_METHODS;
export type RealtimeMethod = keyof typeof REALTIME_METHODS;
export type RealtimeParams<M extends RealtimeMethod> = z.output<(typeof REALTIME_METHODS)[M]["params"]>;
export type RealtimeResult<M extends RealtimeMethod> = z.output<(typeof REALTIME_METHODS)[M]["result"]>;

const METHOD_NAMES = Object.keys(REALTIME_METHODS) as [RealtimeMethod, ...RealtimeMethod[]];

export const ClientMessage = z.discriminatedUnion("type", [
  Hello,
  z.object({ type: z.literal("subscribe"), topic: Topic }),
  z.object({ type: z.literal("unsubscribe"), topic: Topic }),
  z.object({
    type: z.literal("request"),
    id: RequestId,
    method: z.enum(METHOD_NAMES),
    /** By the method's own schema; what does not fit is `invalid_request`, and the socket stays. */
    params: z.unknown(),
  }),
  z.object({ type: z.literal("pong") }),
]);
export type ClientMessage = z.infer<typeof ClientMessage>;
export type ClientMessageInput = z.input<typeof ClientMessage>;

/** A "no": one of `ERROR_STATUS`'s codes. */
export const RealtimeProblem = z.object({
  code: z.string(),
  detail: z.string().optional(),
  retryAfterS: z.int().optional(),
});
export type RealtimeProblem = z.infer<typeof RealtimeProblem>;

/** Who the server takes the client for. */
export const RealtimeMe = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("visitor") }),
  z.object({ kind: z.literal("account"), username: z.string() }),
  z.object({ kind: z.literal("guest"), stageId: StageId, participantId: ParticipantId, name: z.string() }),
]);
export type RealtimeMe = z.infer<typeof RealtimeMe>;

/** States and patches are parsed when merged, by `TOPIC_STATES`. */
const WireObject = z.record(z.string(), z.json());

export const ServerMessage = z.discriminatedUnion("type", [
  z.object({ type: z.literal("welcome"), me: RealtimeMe }),
  z.object({ type: z.literal("snapshot"), topic: Topic, log: Log, seq: Seq, state: WireObject }),
  /** The client's state of the topic holds; the patches that it missed follow. */
  z.object({ type: z.literal("resumed"), topic: Topic, log: Log, seq: Seq }),
  z.object({ type: z.literal("patch"), topic: Topic, seq: Seq, patch: WireObject }),
  /** Not (or no longer) subscribed: unknown, over, or not for this client. */
  z.object({ type: z.literal("refused"), topic: Topic, problem: RealtimeProblem }),
  z.object({ type: z.literal("response"), id: RequestId, result: z.unknown() }),
  z.object({ type: z.literal("response_problem"), id: RequestId, problem: RealtimeProblem }),
  z.object({ type: z.literal("ping") }),
]);
export type ServerMessage = z.infer<typeof ServerMessage>;
