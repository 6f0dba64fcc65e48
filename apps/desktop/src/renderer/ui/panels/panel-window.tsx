import { IconButton } from "@footlight/ui/button.tsx";
import { PanelBottomClose } from "lucide-react";
import { useState } from "react";
import { attach } from "../../../model/panels/layout.ts";
import { isPanelId, type PanelId, panelKind } from "../../../model/panels/panels.ts";
import { Sheets } from "../live/sheets.tsx";
import { ToolPlace } from "./panel-tools.tsx";
import { panelParts } from "./registry.ts";
import { useChangeLayout } from "./use-layout.ts";
import "./panels.css";

/** The panel that this window is for; null in the control window itself. */
export const panelOfPage = (search: string): PanelId | null => {
  const id = new URLSearchParams(search).get("panel");
  return isPanelId(id) ? id : null;
};

/** A panel that is detached, all that its window shows. */
export const PanelWindow = ({ id }: { id: PanelId }) => {
  const change = useChangeLayout();
  const [tools, setTools] = useState<HTMLElement | null>(null);
  const { title } = panelKind(id);
  const { Body } = panelParts[id];
  return (
    <main className="panel panel-window" aria-label={title} data-panel={id}>
      <div className="panel-top">
        <h1 className="panel-title">{title}</h1>
        <span className="panel-tools" ref={setTools} />
        <IconButton
          label="Back into the studio's window"
          icon={PanelBottomClose}
          size="sm"
          onClick={() => change((layout) => attach(layout, id))}
        />
      </div>
      <ToolPlace value={tools}>
        <Body />
      </ToolPlace>
      <Sheets />
    </main>
  );
};
