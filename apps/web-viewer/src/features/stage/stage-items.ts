import type { Item } from "@footlight/realtime/stage/layouts.ts";
import { onStage, type Person, peopleOf, producerOf } from "@footlight/realtime/stage/people.ts";
import { isComposedInBrowser } from "@footlight/realtime/stage/wanted.ts";
import type { ParticipantId } from "@footlight/shared";
import type { LocalDevicesState } from "./media/local-devices.ts";
import type { SeatView } from "./stage-seat.ts";

/** An item of the stage with whom it shows and, where there is one, its picture. */
export interface StageItem extends Item {
  readonly person: Person | null;
  readonly name: string;
  readonly track: MediaStreamTrack | null;
  readonly isMe: boolean;
}

type Local = Pick<LocalDevicesState, "camera">;

/**
 * Everybody on stage, their screens, and the programme where it comes from elsewhere. `programme: true`
 * leaves out whom the host has hidden: it is what viewers see.
 */
export function stageItems(
  { stage, me, tracks, screen }: Pick<SeatView, "stage" | "me" | "tracks" | "screen">,
  local: Local,
  of: { readonly programme: boolean },
): StageItem[] {
  if (stage === undefined) return [];
  const remote = (producerId: string | undefined) =>
    producerId === undefined ? null : (tracks.get(producerId) ?? null);
  const people = onStage(peopleOf(stage)).filter(
    ({ hidden, online, role }) => (!of.programme || !hidden) && (online || role !== "host"),
  );
  const items = people.flatMap((person): StageItem[] => {
    const isMe = person.id === me;
    const shared = { owner: person.id, person, name: person.name, isMe };
    const camera = isMe ? local.camera.track : remote(producerOf(person, "camera"));
    const own: StageItem = { ...shared, id: `${person.id}/camera`, kind: "camera", track: camera };
    const screenTrack = isMe ? (screen?.getVideoTracks()[0] ?? null) : remote(producerOf(person, "screen"));
    if (screenTrack === null) return [own];
    return [own, { ...shared, id: `${person.id}/screen`, kind: "screen", track: screenTrack }];
  });
  const programme = programmeOf(stage, me, tracks);
  return programme === null ? items : [programme, ...items];
}

function programmeOf(
  stage: NonNullable<SeatView["stage"]>,
  me: ParticipantId | null,
  tracks: SeatView["tracks"],
): StageItem | null {
  const mine = me === null ? undefined : stage.participants[me];
  if (mine?.role === "host" || isComposedInBrowser(stage)) return null;
  const video = Object.entries(stage.programme).find(([, { kind }]) => kind === "video")?.[0];
  const track = video === undefined ? undefined : tracks.get(video);
  if (track === undefined) return null;
  const name = stage.host.displayName;
  return { id: "programme", owner: null, kind: "programme", person: null, name, track, isMe: false };
}
