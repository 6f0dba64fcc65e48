import { handOrder, isSilent, peopleOf, producerOf } from "@footlight/realtime/stage/people.ts";
import type { StageSnapshot } from "../../contract/stage.ts";
import type { LiveStage } from "./live-stage.ts";

type Shown = Pick<LiveStage, "state" | "seats" | "link" | "trouble" | "invitations">;

/** An open stage as the control window sees it. */
export function stageSnapshot({ state, seats, link, trouble, invitations }: Shown): StageSnapshot {
  const people = state === undefined ? [] : peopleOf(state);
  return {
    ...{ state: "open", link, trouble },
    people: people
      .filter(({ role }) => role !== "host")
      .map((person) => ({
        ...person,
        silent: isSilent(person),
        sharesScreen: producerOf(person, "screen") !== undefined,
        hand: handOrder(people, person.id) ?? null,
        speaks: state?.activeSpeaker === person.id,
        seat: seats[person.id] ?? null,
      })),
    invitations: invitations.filter(({ participantId }) => participantId === null),
  };
}
