import { Toasts } from "@footlight/ui/toast.tsx";
import { useEffect } from "react";
import type { PanelId } from "../../model/panels/panels.ts";
import { ControlRoom } from "./control-room.tsx";
import { FirstRun } from "./first-run/first-run.tsx";
import { PanelWindow } from "./panels/panel-window.tsx";
import { useStudio, useTopic } from "./use-studio.ts";
import "./app.css";

/** The control window; with a panel's id, the window of that one alone. */
export const App = ({ panel }: { panel: PanelId | null }) => (
  <Toasts>
    <Theme />
    {panel === null && <NewsTeller />}
    <Room panel={panel} />
  </Toasts>
);

const Room = ({ panel }: { panel: PanelId | null }) => {
  const settings = useTopic("settings");
  const document = useTopic("document");
  const layout = useTopic("layout");
  if (!settings || !document || !layout) return <p className="sr-only">Opening the studio</p>;
  if (panel !== null) return <PanelWindow id={panel} />;
  return settings.welcomed ? <ControlRoom /> : <FirstRun />;
};

const Theme = () => {
  const theme = useTopic("settings")?.theme ?? "system";
  useEffect(() => {
    if (theme === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
  }, [theme]);
  return null;
};

/** Tells each piece of main's news once, also across a reload of the window. */
const NewsTeller = () => {
  const studio = useStudio();
  const news = useTopic("news");
  useEffect(() => {
    const told = Number(sessionStorage.getItem("told") ?? 0);
    for (const piece of news ?? []) {
      if (piece.number <= told) continue;
      studio.tellNews(piece);
      sessionStorage.setItem("told", String(piece.number));
    }
  }, [studio, news]);
  return null;
};
