import { defineConfig } from "vitest/config";

/** The repository's own rules; each workspace has its own configuration. */
export default defineConfig({
  test: { name: "repository", include: ["scripts/**/*.test.mjs"], testTimeout: 60_000 },
});
