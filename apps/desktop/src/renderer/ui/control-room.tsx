import { useState } from "react";
import { GoLive } from "./live/go-live.tsx";
import { PanicNote } from "./live/panic-note.tsx";
import { StatusBar } from "./live/status-bar.tsx";
import { Workspace } from "./panels/workspace.tsx";
import { TransitionBar } from "./scenes/transition-bar.tsx";
import { Settings } from "./settings/settings.tsx";
import { Stage } from "./stage/stage.tsx";
import { TopBar } from "./top-bar.tsx";

export type Sheet = "live" | "settings" | null;

/** The whole control window once the first run is over. */
export const ControlRoom = () => {
  const [sheet, setSheet] = useState<Sheet>(null);
  const close = () => setSheet(null);
  return (
    <div className="room">
      <TopBar onOpen={setSheet} />
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
    </div>
  );
};
