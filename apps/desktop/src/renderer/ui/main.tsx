import "./layers.css";
import "@footlight/ui/tokens.css";
import "@fontsource-variable/inter";
import "@footlight/ui/base.css";
import { toast } from "@footlight/ui/toast.tsx";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { config } from "zod/v4/core";
import type { StudioBridge } from "../../contract/studio-calls.ts";
import { Studio } from "../state/studio.ts";
import { App } from "./app.tsx";
import { panelOfPage } from "./panels/panel-window.tsx";
import { StudioContext } from "./use-studio.ts";

// zod would try whether it may compile code, which our content policy forbids and reports.
config({ jitless: true });

declare global {
  interface Window {
    readonly studio: StudioBridge;
  }
}

const studio = new Studio(window.studio, (...said) => toast(...said));
const panel = panelOfPage(location.search);
// The engine's pictures go to the stage, which no panel has.
if (panel === null) studio.monitor.listen(window);
studio.shareSelection(new BroadcastChannel("selection"));

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <StudioContext value={studio}>
        <App panel={panel} />
      </StudioContext>
    </StrictMode>,
  );
}
