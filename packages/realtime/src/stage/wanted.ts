import type { ParticipantId, StageState } from "@footlight/shared";

/** Who composes the stage in a browser marks it by a producer of this source: the programme is the stage. */
export const isComposedInBrowser = (stage: StageState): boolean =>
  Object.values(stage.participants).some(({ producers }) =>
    Object.values(producers).some(({ source }) => source === "programme"),
  );

/** Producers whose media `me` is to receive. */
export function wantedProducers(stage: StageState, me: ParticipantId): ReadonlySet<string> {
  const mine = stage.participants[me];
  if (mine === undefined) return new Set();
  const programme = Object.keys(stage.programme);
  if (mine.state !== "on_stage") return new Set(programme);
  const others = Object.entries(stage.participants)
    .filter(([id]) => id !== me)
    .flatMap(([, { producers }]) => Object.entries(producers))
    // The whole mix would bring everybody's own voice back to them.
    .filter(([, { source }]) => source !== "programme")
    .map(([producerId]) => producerId);
  const hasProgramme = mine.role !== "host" && !isComposedInBrowser(stage);
  return new Set([...others, ...(hasProgramme ? programme : [])]);
}
