import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const page = (name: string) => fileURLToPath(new URL(`${name}.html`, import.meta.url));

/** The two pages of the studio, served by main from `app://studio/`. */
export default defineConfig({
  plugins: [react()],
  worker: { format: "es" },
  build: {
    outDir: "dist/pages",
    emptyOutDir: true,
    // No older Chromium than Electron 33's runs them.
    target: "chrome130",
    // The policy allows no fonts, scripts or pictures from data: URIs in styles.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1_500,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { control: page("control"), engine: page("engine") } },
  },
});
