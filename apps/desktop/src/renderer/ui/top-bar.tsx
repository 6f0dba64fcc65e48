import { Button, IconButton } from "@footlight/ui/button.tsx";
import { cx } from "@footlight/ui/cx.ts";
import { Circle, Settings as Gear, PanelsTopLeft, Redo2, ShieldAlert, Square, Undo2 } from "lucide-react";
import { useEffect } from "react";
import { recordingFaultWords } from "../state/live-words.ts";
import { stepWords } from "../state/words.ts";
import { CollectionMenu } from "./collections/collection-menu.tsx";
import { GuestsButton } from "./guests/guests-button.tsx";
import { EndDialog } from "./live/end-dialog.tsx";
import { MarkerButton } from "./live/marker-button.tsx";
import { ReplayButtons } from "./live/replay-buttons.tsx";
import { useDocument, useStudio, useTopic } from "./use-studio.ts";

export const TopBar = () => {
  const studio = useStudio();
  const document = useDocument();
  const broadcast = useTopic("broadcast");
  const studioMode = document.previewSceneId !== null;
  return (
    <header className="top-bar">
      <h1 className="top-name">
        <CollectionMenu />
      </h1>
      <StepButtons />
      <IconButton
        label="Studio mode"
        icon={PanelsTopLeft}
        size="sm"
        aria-pressed={studioMode}
        onClick={() => void studio.do({ kind: "studio-mode", on: !studioMode })}
      />
      <GuestsButton />
      <span className="top-gap" />
      <Button
        icon={ShieldAlert}
        aria-pressed={broadcast?.panic ?? false}
        title="Cuts to the safe scene and mutes everything, at once"
        onClick={() => void studio.ask("broadcast.panic", { on: !(broadcast?.panic ?? false) })}
      >
        {broadcast?.panic ? "Back from panic" : "Panic"}
      </Button>
      <RecordButton />
      <MarkerButton />
      <ReplayButtons />
      <LiveButton />
      <IconButton label="Settings" icon={Gear} size="sm" onClick={() => studio.sheet.set("settings")} />
    </header>
  );
};

/** Where the keys of undo are the field's own. */
const WRITTEN_IN =
  "textarea, input:not([type=range], [type=color], [type=radio], [type=checkbox], [readonly])";

const StepButtons = () => {
  const studio = useStudio();
  const history = useTopic("history");
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.matches(WRITTEN_IN);
      if (typing || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      const key = event.key.toLowerCase();
      if (key === "z") event.shiftKey ? studio.redo() : studio.undo();
      else if (key === "y") studio.redo();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [studio]);
  const undo = history?.undo ?? null;
  const redo = history?.redo ?? null;
  return (
    <>
      <IconButton
        label={undo ? `Undo ${stepWords(undo)}` : "Nothing to undo"}
        icon={Undo2}
        size="sm"
        disabled={!undo}
        onClick={() => studio.undo()}
      />
      <IconButton
        label={redo ? `Redo ${stepWords(redo)}` : "Nothing to redo"}
        icon={Redo2}
        size="sm"
        disabled={!redo}
        onClick={() => studio.redo()}
      />
    </>
  );
};

const RecordButton = () => {
  const studio = useStudio();
  const recording = useTopic("recording");
  const runs = recording !== null && recording.state !== "idle";
  const press = async () => {
    if (runs) return void studio.ask("recording.stop", undefined);
    const answer = await studio.ask("recording.start", undefined);
    if (answer?.fault) studio.say(recordingFaultWords(answer.fault), "bad");
  };
  return (
    <Button icon={runs ? Square : Circle} onClick={() => void press()} aria-pressed={runs}>
      {runs ? "Stop recording" : "Record"}
    </Button>
  );
};

const LiveButton = () => {
  const studio = useStudio();
  const state = useTopic("broadcast")?.state ?? "idle";
  if (state === "idle")
    return (
      <Button variant="primary" onClick={() => studio.sheet.set("live")}>
        Go live
      </Button>
    );
  const label = {
    starting: "Going live",
    live: "End broadcast",
    interrupted: "End broadcast",
    stopping: "Ending",
  }[state];
  return (
    <EndDialog
      trigger={
        <Button className={cx("button-live")} busy={state === "stopping"}>
          {state === "starting" ? "Cancel going live" : label}
        </Button>
      }
    />
  );
};
