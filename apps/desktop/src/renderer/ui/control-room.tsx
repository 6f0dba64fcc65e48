import { PanicNote } from "./live/panic-note.tsx";
import { Sheets } from "./live/sheets.tsx";
import { StatusBar } from "./live/status-bar.tsx";
import { Summary } from "./live/summary.tsx";
import { Workspace } from "./panels/workspace.tsx";
import { TransitionBar } from "./scenes/transition-bar.tsx";
import { Stage } from "./stage/stage.tsx";
import { TopBar } from "./top-bar.tsx";

/** The whole control window once the first run is over. */
export const ControlRoom = () => (
  <div className="room">
    <TopBar />
    <Workspace>
      <section className="room-stage" aria-label="Stage">
        <PanicNote />
        <Stage />
        <TransitionBar />
      </section>
    </Workspace>
    <StatusBar />
    <Sheets />
    <Summary />
  </div>
);
