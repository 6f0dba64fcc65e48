import { useStore } from "@footlight/ui/use-store.ts";
import { GoLive } from "./live/go-live.tsx";
import { PanicNote } from "./live/panic-note.tsx";
import { StatusBar } from "./live/status-bar.tsx";
import { StreamWordsSheet } from "./live/stream-words.tsx";
import { Summary } from "./live/summary.tsx";
import { Workspace } from "./panels/workspace.tsx";
import { TransitionBar } from "./scenes/transition-bar.tsx";
import { Settings } from "./settings/settings.tsx";
import { Stage } from "./stage/stage.tsx";
import { TopBar } from "./top-bar.tsx";
import { useStudio } from "./use-studio.ts";

/** The whole control window once the first run is over. */
export const ControlRoom = () => {
  const studio = useStudio();
  const sheet = useStore(studio.sheet);
  const close = () => studio.sheet.set(null);
  return (
    <div className="room">
      <TopBar />
      <Workspace>
        <main className="room-stage" aria-label="Stage">
          <PanicNote />
          <Stage />
          <TransitionBar />
        </main>
      </Workspace>
      <StatusBar />
      {sheet === "live" && <GoLive onClose={close} />}
      {sheet === "settings" && <Settings onClose={close} />}
      {sheet === "words" && <StreamWordsSheet onClose={close} />}
      <Summary />
    </div>
  );
};
