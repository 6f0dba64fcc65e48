import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = process.env["FOOTLIGHT_SERVER"] ?? "http://localhost:8080";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    // The content security policy allows no data: URIs, so small files stay files.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "hls", test: /node_modules\/hls\.js/ },
            {
              name: "react",
              test: /node_modules\/(react|react-dom|react-router|scheduler|cookie|set-cookie-parser)\//,
            },
          ],
        },
      },
    },
  },
  server: {
    port: 5173,
    proxy: Object.fromEntries(["/trpc", "/api", "/media", "/avatars"].map((path) => [path, server])),
  },
});
