import { useState } from "react";
import { Inspector } from "./inspector/inspector.tsx";
import { AudiencePanel } from "./live/audience-panel.tsx";
import { GoLive } from "./live/go-live.tsx";
import { PanicNote } from "./live/panic-note.tsx";
import { StatusBar } from "./live/status-bar.tsx";
import { Mixer } from "./mixer/mixer.tsx";
import { SceneList } from "./scenes/scene-list.tsx";
import { TransitionBar } from "./scenes/transition-bar.tsx";
import { Settings } from "./settings/settings.tsx";
import { SourceList } from "./sources/source-list.tsx";
import { Stage } from "./stage/stage.tsx";
import { TopBar } from "./top-bar.tsx";
import { useSelection } from "./use-studio.ts";

export type Sheet = "live" | "settings" | null;

/** The whole control window once the first run is over. */
export const ControlRoom = () => {
  const [sheet, setSheet] = useState<Sheet>(null);
  const selected = useSelection();
  const close = () => setSheet(null);
  return (
    <div className="room">
      <TopBar onOpen={setSheet} />
      <div className="room-left">
        <SceneList />
        <SourceList />
        <AudiencePanel />
      </div>
      <main className="room-stage" aria-label="Stage">
        <PanicNote />
        <Stage />
        <TransitionBar />
      </main>
      {selected.length > 0 && <Inspector />}
      <Mixer />
      <StatusBar />
      {sheet === "live" && <GoLive onClose={close} />}
      {sheet === "settings" && <Settings onClose={close} />}
    </div>
  );
};
