import { Button, IconButton } from "@footlight/ui/button.tsx";
import { History, X } from "lucide-react";
import { replayFaultWords } from "../../state/words.ts";
import { useStudio, useTopic } from "../use-studio.ts";

/** Starts the replay buffer; while it runs, saves the last seconds. */
export const ReplayButtons = () => {
  const studio = useStudio();
  const replay = useTopic("replay");
  const seconds = useTopic("settings")?.recording.replayS ?? 0;
  const ask = async (call: "replay.start" | "replay.save") => {
    const answer = await studio.ask(call, undefined);
    if (answer?.fault) studio.say(replayFaultWords(answer.fault), "bad");
  };
  if (!replay?.on)
    return (
      <IconButton
        label={`Keep the last ${seconds} seconds for a replay`}
        icon={History}
        size="sm"
        onClick={() => void ask("replay.start")}
      />
    );
  return (
    <span className="replay-buttons">
      <Button icon={History} busy={replay.saving} onClick={() => void ask("replay.save")}>
        Save last {seconds} s
      </Button>
      <IconButton
        label="Stop keeping replays"
        icon={X}
        size="sm"
        onClick={() => void studio.ask("replay.stop", undefined)}
      />
    </span>
  );
};
