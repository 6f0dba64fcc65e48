import type {
  ParticipantId,
  ParticipantState,
  StageId,
  StageLayout,
  StageRole,
  StreamId,
  StreamStatus,
  UserId,
  Username,
} from "@footlight/shared";

/** The host's place on every stage. */
export const HOST = "host" as ParticipantId;

/** A stage that is open, with what is known of its stream. It is over with its stream, at the latest. */
export interface Stage {
  readonly stageId: StageId;
  readonly streamId: StreamId;
  readonly streamStatus: Exclude<StreamStatus, "ended">;
  readonly title: string;
  /** The channel's owner. */
  readonly hostUserId: UserId;
  readonly hostUsername: Username;
  readonly hostDisplayName: string;
  readonly layout: StageLayout;
  readonly openedAtMs: number;
}

/** Somebody who has come to a stage and was not removed. */
export interface Guest {
  readonly participantId: ParticipantId;
  readonly stageId: StageId;
  readonly userId: UserId | null;
  readonly username: Username | null;
  readonly name: string;
  readonly role: Exclude<StageRole, "host">;
  readonly state: ParticipantState;
  readonly muted: boolean;
  readonly hidden: boolean;
  readonly handRaisedAtMs: number | null;
  readonly carry: "no" | "allowed" | "on";
}

/** What can change about a guest. */
export type GuestChange = Partial<Pick<Guest, "state" | "muted" | "hidden" | "handRaisedAtMs" | "carry">>;

export interface Invitation {
  readonly invitationId: string;
  readonly stageId: StageId;
  readonly userId: UserId | null;
  readonly username: Username | null;
  readonly name: string | null;
  readonly role: Exclude<StageRole, "host">;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly withdrawn: boolean;
  readonly participantId: ParticipantId | null;
}

/** A stage as one person stands to it. */
export interface Standing {
  readonly kind: "standing";
  readonly stage: Stage;
  readonly participantId: ParticipantId;
  readonly name: string;
  readonly role: StageRole;
  readonly state: ParticipantState;
}

export function standingOfHost(stage: Stage): Standing {
  return {
    kind: "standing",
    stage,
    participantId: HOST,
    name: stage.hostDisplayName,
    role: "host",
    state: "on_stage",
  };
}

export function standingOfGuest(stage: Stage, guest: Guest): Standing {
  const { participantId, name, role, state } = guest;
  return { kind: "standing", stage, participantId, name, role, state };
}
