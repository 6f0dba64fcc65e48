import { z } from "zod";
import { ParticipantId, StageId, StreamId, Username } from "../model/ids.ts";
import { Line } from "../model/stream.ts";
import {
  ConsumerTerms,
  DtlsParameters,
  IceParameters,
  RtpCapabilities,
  RtpParameters,
  TransportTerms,
} from "./rtp.ts";

/**
 * The stage of a stream as its topic `stage:{StageId}` shows it, and what its participants ask over
 * `/realtime`. Who somebody is and what they may do is the server's; a client shows it. What the host
 * does to others goes over tRPC (see stage-desk.ts).
 */

export const STAGE_LIMITS = {
  /** On stage, waiting and in the green room, the host included. */
  participants: 16,
  /** Open ones. */
  invitations: 64,
  name: 40,
  producersEach: 6,
} as const;

/** `co_host`: a guest whose channel the host asked to co-stream. */
export const StageRole = z.enum(["host", "guest", "co_host"]);
export type StageRole = z.infer<typeof StageRole>;

/**
 * `green_room`: sets devices up. `waiting`: has asked to enter. Both receive the programme and send
 * nothing. `on_stage`: sends, and receives the others. Who is removed is no longer listed.
 */
export const ParticipantState = z.enum(["green_room", "waiting", "on_stage"]);
export type ParticipantState = z.infer<typeof ParticipantState>;

/** `programme`: the host's whole mix, sent by a host whose browser composes it. */
export const MediaSource = z.enum(["camera", "microphone", "screen", "screen_audio", "programme"]);
export type MediaSource = z.infer<typeof MediaSource>;

const MediaKind = z.enum(["audio", "video"]);
const ProducerId = z.string().min(1).max(64);
const ConsumerId = z.string().min(1).max(64);
const TransportId = z.string().min(1).max(64);

export const StageProducer = z.object({
  kind: MediaKind,
  source: MediaSource,
  /** By its sender, or muted by the host. */
  paused: z.boolean(),
});
export type StageProducer = z.infer<typeof StageProducer>;

export const Participant = z.object({
  name: z.string(),
  /** Of those who came with an account. */
  username: Username.nullable().default(null),
  role: StageRole,
  state: ParticipantState,
  /** Connected now; one who is not keeps the place, until removed. */
  online: z.boolean(),
  /** By the host: the microphone is silent whatever its owner does. */
  muted: z.boolean(),
  /** By the host: not to be shown in the programme. */
  hidden: z.boolean(),
  /** Milliseconds since 1970, so that hands have an order. */
  handRaisedAt: z.number().nullable().default(null),
  /** A channel may show the host's stream on its own page: `allowed` by the host, `on` when it does. */
  carry: z.enum(["no", "allowed", "on"]),
  /** By producer id. Empty unless on stage. */
  producers: z.record(z.string(), StageProducer),
  /** Loudness of the microphone, dBov, -127 (silent) to 0. */
  level: z.int().min(-127).max(0),
  /** Of the way to and from the server, by what is lost; null while nothing is sent. */
  network: z.enum(["good", "fair", "poor"]).nullable().default(null),
});
export type Participant = z.infer<typeof Participant>;

export const StageLayout = z.object({
  kind: z.enum(["grid", "spotlight", "side_by_side", "picture_in_picture", "screen_share"]),
  /** Who is large, in layouts that have a large place; null: the active speaker, or who shares. */
  spotlight: ParticipantId.nullable().default(null),
});
export type StageLayout = z.infer<typeof StageLayout>;

export const StageState = z.object({
  streamId: StreamId,
  host: z.object({ username: Username, displayName: z.string(), present: z.boolean() }),
  layout: StageLayout,
  /** By participant id. */
  participants: z.record(z.string(), Participant),
  activeSpeaker: ParticipantId.nullable().default(null),
  /** The stream as its viewers get it, by producer id; consumed like a participant's. */
  programme: z.record(z.string(), z.object({ kind: MediaKind })),
  /** Nobody composes: the host is away and nothing is published. With guests on stage, viewers see a slate. */
  slate: z.boolean(),
  media: z.object({
    /** False while no media worker is there. */
    available: z.boolean(),
    /** Changes when every transport is void (a worker died): join again and build anew. */
    epoch: z.int(),
  }),
});
export type StageState = z.infer<typeof StageState>;

const Nothing = z.object({});
const ConsumerIds = z.object({ consumerIds: z.array(ConsumerId).min(1).max(64) });

/**
 * Methods of `request`. `join` comes first; what follows is about the stage that was joined. A join
 * whose `joinId` still holds keeps transports, producers and consumers over a new socket
 * (`resumed: true`); any other makes an end of those that there were. It also takes the place of another
 * tab, whose requests are then `join_again`, unless `takeOver` is false: then it is `joined_elsewhere`.
 */
export const STAGE_METHODS = {
  "stage.join": {
    params: z.object({
      stageId: StageId,
      joinId: z.string().max(64).optional(),
      /** The media of that join are void here: they begin anew. */
      anew: z.boolean().optional(),
      takeOver: z.boolean().optional(),
    }),
    result: z.object({
      participantId: ParticipantId,
      joinId: z.string(),
      resumed: z.boolean(),
      /** For mediasoup-client's `device.load`. */
      routerRtpCapabilities: RtpCapabilities,
    }),
  },
  /** At most one a direction: a new one replaces it. `send` for who is on stage. */
  "stage.createTransport": {
    params: z.object({ direction: z.enum(["send", "receive"]) }),
    result: TransportTerms,
  },
  "stage.connectTransport": {
    params: z.object({ transportId: TransportId, dtlsParameters: DtlsParameters }),
    result: Nothing,
  },
  "stage.restartIce": {
    params: z.object({ transportId: TransportId }),
    result: z.object({ iceParameters: IceParameters }),
  },
  "stage.produce": {
    params: z.object({
      transportId: TransportId,
      kind: MediaKind,
      source: MediaSource,
      rtpParameters: RtpParameters,
      paused: z.boolean().default(false),
    }),
    result: z.object({ producerId: ProducerId }),
  },
  /** One's own switch. A microphone that the host muted stays silent. */
  "stage.setProducerPaused": {
    params: z.object({ producerId: ProducerId, paused: z.boolean() }),
    result: Nothing,
  },
  "stage.closeProducer": { params: z.object({ producerId: ProducerId }), result: Nothing },
  /**
   * Producers of other participants and of the programme. Consumers start paused: resume them when
   * they are set up, which asks for a keyframe. `missing`: gone meanwhile, or not for this participant.
   */
  "stage.consume": {
    params: z.object({
      transportId: TransportId,
      producerIds: z.array(ProducerId).min(1).max(64),
      rtpCapabilities: RtpCapabilities,
    }),
    result: z.object({ consumers: z.array(ConsumerTerms), missing: z.array(ProducerId) }),
  },
  "stage.resumeConsumers": { params: ConsumerIds, result: Nothing },
  "stage.pauseConsumers": { params: ConsumerIds, result: Nothing },
  "stage.closeConsumers": { params: ConsumerIds, result: Nothing },
  /** Of simulcast: 0 is the smallest. */
  "stage.preferLayers": {
    params: z.object({ consumerId: ConsumerId, spatialLayer: z.int().min(0).max(3) }),
    result: Nothing,
  },
  /** Asks to enter: `green_room` → `waiting`. */
  "stage.ask": { params: Nothing, result: Nothing },
  /** Leaves the stage or the queue: → `green_room`. */
  "stage.stepDown": { params: Nothing, result: Nothing },
  "stage.raiseHand": { params: z.object({ raised: z.boolean() }), result: Nothing },
  /** Lets go of all media. The guest session stays: a new join comes back. */
  "stage.leave": { params: Nothing, result: Nothing },
} as const;

/** What a guest calls themselves. */
export const GuestName = Line.min(1).max(STAGE_LIMITS.name);
