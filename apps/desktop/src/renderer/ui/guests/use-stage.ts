import type { CallInput, CallOutput } from "../../../contract/studio-calls.ts";
import { stageFaultWords } from "../../state/stage-words.ts";
import { useStudio } from "../use-studio.ts";

type Asked =
  | "stage.open"
  | "stage.close"
  | "stage.invite-link"
  | "stage.invite-name"
  | "stage.revoke"
  | "stage.act";

/** Asks something of the stage; null where it did not come about, which has been said then. */
export const useStage = () => {
  const studio = useStudio();
  return async <C extends Asked>(call: C, input: CallInput<C>): Promise<CallOutput<C> | null> => {
    const answer = await studio.ask(call, input);
    const fault = answer?.fault ?? null;
    if (fault !== null) studio.say(stageFaultWords(fault), "bad");
    return fault === null ? answer : null;
  };
};
