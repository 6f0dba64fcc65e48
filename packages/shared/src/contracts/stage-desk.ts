import { z } from "zod";
import { ParticipantId, StageId, StreamId, Username } from "../model/ids.ts";
import { GuestName, ParticipantState, StageRole } from "./stage.ts";

/**
 * tRPC procedures `stage.*`. The host's work on their own channel's stage; a guest comes by a link
 * (`/stage/{stageId}#{token}`: what follows `#` leaves the browser only in `stage.lookAt` and
 * `stage.redeem`) or, with
 * an account, by invitation. Times are ISO 8601.
 */

const InvitationId = z.string().min(1).max(64);

export const StageInvitation = z.object({
  invitationId: InvitationId,
  /** Null: a link, for whoever opens it first. */
  username: Username.nullable(),
  /** The host's note of whom it is for; the guest may choose another name. */
  name: z.string().nullable(),
  role: StageRole,
  expiresAt: z.string(),
  /** Who came by it; the link is used up. */
  participantId: ParticipantId.nullable(),
});
export type StageInvitation = z.infer<typeof StageInvitation>;

/** `stage.desk` (null: none open), `stage.open`; live state is the topic's. Newest invitation first. */
export const StageDesk = z.object({
  stageId: StageId,
  streamId: StreamId,
  openedAt: z.string(),
  invitations: z.array(StageInvitation),
});
export type StageDesk = z.infer<typeof StageDesk>;

/** `stage.inviteByLink`. The URL is shown once. */
export const InviteByLinkInput = z.object({
  name: GuestName.optional(),
  lifeMinutes: z
    .int()
    .min(5)
    .max(7 * 24 * 60)
    .default(24 * 60),
});
export const InviteByLinkAnswer = z.object({ invitation: StageInvitation, url: z.string() });

/** `stage.inviteByName`. `coStream`: the guest's channel may carry the stream, if it wants to. */
export const InviteByNameInput = z.object({ username: Username, coStream: z.boolean().default(false) });

/** `stage.revokeInvitation`, `stage.accept`, `stage.decline` */
export const InvitationInput = z.object({ invitationId: InvitationId });

/** `stage.act({participantId, action})`, by the host. None of them is done to the host. */
export const StageAction = z.enum([
  /** `waiting` or `green_room` → `on_stage` */
  "admit",
  /** → `green_room` */
  "send_back",
  "mute",
  "unmute",
  "hide",
  "show",
  "lower_hand",
  /** For good: the guest session ends. */
  "remove",
  "allow_carry",
  "end_carry",
]);
export type StageAction = z.infer<typeof StageAction>;
export const StageActInput = z.object({ participantId: ParticipantId, action: StageAction });

/** `stage.invitations`: what I am invited to. */
export const MyStageInvitation = z.object({
  invitationId: InvitationId,
  stageId: StageId,
  role: StageRole,
  hostUsername: Username,
  hostDisplayName: z.string(),
  expiresAt: z.string(),
});
export type MyStageInvitation = z.infer<typeof MyStageInvitation>;

const LinkToken = z.string().regex(/^[A-Za-z0-9_-]{22,128}$/);

/** `stage.lookAt`: who asks one to what, before a link is redeemed. A mutation, so that no URL has the token. */
export const LookAtInput = z.object({ stageId: StageId, token: LinkToken });
export const LookAtAnswer = z.object({
  hostDisplayName: z.string(),
  hostUsername: Username,
  title: z.string(),
});

/** `stage.redeem`: works once. Somebody else's attempt, or one too late, is 410 `token_expired`. */
export const RedeemInput = z.object({
  stageId: StageId,
  token: LinkToken,
  name: GuestName,
});

/**
 * `stage.me({stageId})`: who I am on this stage, by my account's session or by the guest token as bearer
 * token; also of `stage.accept`. 401 for a stranger and for who was removed, 404 when it has closed.
 */
export const StageMe = z.object({
  stageId: StageId,
  streamId: StreamId,
  participantId: ParticipantId,
  name: z.string(),
  role: StageRole,
  state: ParticipantState,
  hostUsername: Username,
  hostDisplayName: z.string(),
  title: z.string(),
});
export type StageMe = z.infer<typeof StageMe>;
export const StageInput = z.object({ stageId: StageId });

/** The guest token is for `Authorization: Bearer` of `stage.me` and for `hello`; it survives until removal. */
export const RedeemAnswer = z.object({ guestToken: z.string(), me: StageMe });

/** `stage.carry({stageId, on})`, by a participant with a channel that the host has allowed to. */
export const CarryInput = z.object({ stageId: StageId, on: z.boolean() });
