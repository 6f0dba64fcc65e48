import type { Participant, StageState } from "@footlight/shared";
import { type Guest, HOST, type Stage } from "../../domain/stage/stage.ts";
import { type PeerMedia, SILENCE, type StageRoom } from "../../sfu/stage/stage-room.ts";

export interface StageParts {
  readonly stage: Stage;
  readonly guests: readonly Guest[];
  readonly room: Pick<StageRoom, "mediaOf" | "programme" | "activeSpeaker"> | undefined;
  readonly isOnline: (participantId: Guest["participantId"]) => boolean;
  readonly media: StageState["media"];
}

/** The stage as its topic shows it: what is written of it, and what its room hears and sees. */
export function stageState({ stage, guests, room, isOnline, media }: StageParts): StageState {
  const mediaOf = (id: Guest["participantId"]) => shownMedia(room?.mediaOf(id));
  const hostPresent = isOnline(HOST);
  const host: Participant = {
    name: stage.hostDisplayName,
    username: stage.hostUsername,
    role: "host",
    state: "on_stage",
    online: hostPresent,
    muted: false,
    hidden: false,
    handRaisedAt: null,
    carry: "no",
    ...mediaOf(HOST),
  };
  const others = guests.map((guest): [string, Participant] => [
    guest.participantId,
    {
      name: guest.name,
      username: guest.username,
      role: guest.role,
      state: guest.state,
      online: isOnline(guest.participantId),
      muted: guest.muted,
      hidden: guest.hidden,
      handRaisedAt: guest.handRaisedAtMs,
      carry: guest.carry,
      ...mediaOf(guest.participantId),
    },
  ]);
  return {
    streamId: stage.streamId,
    host: { username: stage.hostUsername, displayName: stage.hostDisplayName, present: hostPresent },
    layout: stage.layout,
    participants: Object.fromEntries([[HOST, host], ...others]),
    activeSpeaker: room?.activeSpeaker ?? null,
    // What goes out while the publisher is away is the guests' own voices.
    programme: stage.streamStatus === "interrupted" ? {} : (room?.programme ?? {}),
    slate: stage.streamStatus === "interrupted" && !hostPresent,
    media,
  };
}

function shownMedia(media: PeerMedia | undefined): Pick<Participant, "producers" | "level" | "network"> {
  return media ?? { producers: {}, level: SILENCE, network: null };
}
