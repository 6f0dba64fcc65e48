import "@footlight/ui/tokens.css";
import "@fontsource-variable/inter";
import "@footlight/ui/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { config } from "zod/v4/core";
import { App } from "./app/app.tsx";

// zod would try whether it may compile code, which our content policy forbids and reports. Set here, as
// schemas ask when they are made, and those are in chunks that come later.
config({ jitless: true });

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
