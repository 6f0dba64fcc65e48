import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { name: "web-viewer", include: ["src/**/*.test.ts"], environment: "node" },
});
