import {
  ParticipantId,
  REALTIME_METHODS,
  type RealtimeMethod,
  StageAction,
  StageId,
  StageRole,
  StageState,
  Username,
} from "@footlight/shared";
import { z } from "zod";

/**
 * The stage of the account's channel, from which guests come into the picture. Main holds its socket and speaks for the
 * account; the engine has its media, and asks the server through main; the control window shows and acts.
 */

/** Places in front of the cameras, from 1: a scene shows who sits there, whoever that is next week. */
export const SEATS = 15;
const seatSchema = z.number().int().min(1).max(SEATS);

/** What the engine is told, whole after every change. */
export const stageCallSchema = z.object({
  stageId: StageId,
  /** Whether the socket is there. */
  isConnected: z.boolean(),
  state: StageState,
  /** By participant id, those on stage. */
  seats: z.record(z.string(), seatSchema),
});
export type StageCallOrder = z.infer<typeof stageCallSchema>;

const METHODS = Object.keys(REALTIME_METHODS) as [RealtimeMethod, ...RealtimeMethod[]];
/** A request over `/realtime` on its way to the server, which parses what is in it. */
export const stageRequestSchema = z.object({
  id: z.string().max(64),
  method: z.enum(METHODS),
  params: z.unknown(),
});
/** Without a fault the result is as `REALTIME_METHODS` says. */
export const stageAnswerSchema = z.object({
  id: z.string().max(64),
  result: z.unknown().optional(),
  fault: z.string().optional(),
});

/** The server's code, or `unreachable`, or `foreign` for an answer that was none. */
const fault = z.string().nullable();

const personSchema = z.object({
  id: ParticipantId,
  name: z.string(),
  username: Username.nullable(),
  role: StageRole,
  state: StageState.shape.participants.valueType.shape.state,
  online: z.boolean(),
  /** By us. */
  muted: z.boolean(),
  /** Nothing is heard of them, whoever switched it off. */
  silent: z.boolean(),
  hidden: z.boolean(),
  sharesScreen: z.boolean(),
  /** Place in the queue of raised hands. */
  hand: z.number().int().nullable(),
  /** dBov. */
  level: z.number(),
  speaks: z.boolean(),
  network: z.enum(["good", "fair", "poor"]).nullable(),
  /** Of those on stage. */
  seat: seatSchema.nullable(),
});
export type StagePerson = z.infer<typeof personSchema>;

const invitationSchema = z.object({
  invitationId: z.string(),
  username: Username.nullable(),
  name: z.string().nullable(),
  expiresAt: z.string(),
});

export const stageSnapshotSchema = z.discriminatedUnion("state", [
  z.object({ state: z.literal("signed_out") }),
  /** Asking the server, or making it open one. */
  z.object({ state: z.literal("opening") }),
  z.object({ state: z.literal("closed"), fault }),
  z.object({
    state: z.literal("open"),
    link: z.enum(["connecting", "open", "lost"]),
    /** Why pictures and sound of guests do not come; the engine tries again all the time. */
    trouble: z.string().nullable(),
    /** Without the host; in the order of their coming. */
    people: z.array(personSchema),
    /** Those that nobody has used yet, the newest first. */
    invitations: z.array(invitationSchema),
  }),
]);
export type StageSnapshot = z.infer<typeof stageSnapshotSchema>;

const call = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) => ({ input, output });
const done = z.object({ fault });

/** The stage's part of studio-calls.ts. */
export const stageCalls = {
  "stage.open": call(z.void(), done),
  /** Everybody leaves; the broadcast goes on. */
  "stage.close": call(z.void(), done),
  /** From another window of the account, which is on the stage instead of the studio. */
  "stage.take-over": call(z.void(), z.void()),
  /** The link is told here only; it works once. */
  "stage.invite-link": call(
    z.object({ name: z.string().max(40).nullable() }),
    done.extend({ url: z.string().nullable() }),
  ),
  "stage.invite-name": call(z.object({ username: z.string().max(100) }), done),
  "stage.revoke": call(z.object({ invitationId: z.string().max(64) }), done),
  "stage.act": call(z.object({ participantId: ParticipantId, action: StageAction }), done),
  /** Who sits there already changes places. */
  "stage.seat": call(z.object({ participantId: ParticipantId, seat: seatSchema }), z.void()),
} as const;
