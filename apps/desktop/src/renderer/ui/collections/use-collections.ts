import type { CallOutput } from "../../../contract/studio-calls.ts";
import { useDocument, useStudio, useTopic } from "../use-studio.ts";

type Fault = NonNullable<CallOutput<"collections.open">["fault"]>;

const FAULTS: Readonly<Record<Fault, string>> = {
  unknown: "That collection is no longer there.",
  broken: "That collection's file is damaged. It was put aside, and nothing else was changed.",
  future: "That collection was made by a newer studio. It was put aside, and nothing else was changed.",
  last: "This is the only collection. Add another one first.",
};

/** The profile's collections, and what can be done with them. */
export const useCollections = () => {
  const studio = useStudio();
  const { name } = useDocument();
  const topic = useTopic("collections");
  const state = useTopic("broadcast")?.state ?? "idle";
  const tell = (answer: { fault: Fault | null } | null) => {
    if (answer?.fault) studio.say(FAULTS[answer.fault], "bad");
    return answer !== null && answer.fault === null;
  };
  return {
    name,
    openId: topic?.open ?? "",
    all: topic?.all ?? [],
    /** What is on air changes with the collection. */
    isOnAir: state !== "idle",
    open: (id: string) => void studio.ask("collections.open", { id }).then(tell),
    create: () => void studio.ask("collections.create", { name: "New collection" }),
    duplicate: () => void studio.ask("collections.duplicate", { name }),
    rename: (wanted: string) => void studio.ask("collections.rename", { name: wanted }),
    remove: () =>
      void studio.ask("collections.remove", { id: topic?.open ?? "" }).then((answer) => {
        if (tell(answer)) studio.say(`“${name}” removed. Its file is kept in the studio's folder.`);
      }),
  };
};
