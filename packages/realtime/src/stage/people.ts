import type { MediaSource, Participant, ParticipantId, StageState } from "@footlight/shared";

export interface Person extends Participant {
  readonly id: ParticipantId;
}

/** In the order of their coming, the host first. */
export const peopleOf = (stage: StageState): Person[] =>
  Object.entries(stage.participants)
    .map(([id, participant]): Person => ({ ...participant, id: id as ParticipantId }))
    .sort((a, b) => Number(b.role === "host") - Number(a.role === "host"));

export const onStage = (people: readonly Person[]): Person[] =>
  people.filter(({ state }) => state === "on_stage");

export const waiting = (people: readonly Person[]): Person[] =>
  people.filter(({ state }) => state === "waiting");

export const producerOf = (person: Participant, source: MediaSource): string | undefined =>
  Object.entries(person.producers).find(([, producer]) => producer.source === source)?.[0];

/** Whether somebody's microphone is silent, by themselves or by the host. */
export const isSilent = (person: Participant): boolean =>
  person.muted ||
  !Object.values(person.producers).some(({ source, paused }) => source === "microphone" && !paused);

/** A hand's place in the queue, from 1; undefined where it is down. */
export const handOrder = (people: readonly Person[], id: ParticipantId): number | undefined => {
  const hands = people
    .filter(({ handRaisedAt }) => handRaisedAt !== null)
    .sort((a, b) => (a.handRaisedAt ?? 0) - (b.handRaisedAt ?? 0));
  const at = hands.findIndex((person) => person.id === id);
  return at === -1 ? undefined : at + 1;
};
