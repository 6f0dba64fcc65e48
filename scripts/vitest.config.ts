import { defineConfig } from "vitest/config";

/** The repository's own rules; each workspace has its own configuration. */
export default defineConfig({
  test: { name: "repository", root: import.meta.dirname, include: ["**/*.test.mjs"], testTimeout: 60_000 },
});
