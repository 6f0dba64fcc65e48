import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Real ffmpeg, databases and servers share two cores. They wait more than they work, so two files
    // at a time are carried; more would make them wait for each other.
    maxWorkers: 2,
    projects: [
      // They share nothing that a fresh module would have to undo, and loading takes longer than testing.
      { test: { name: "unit", include: ["src/**/*.test.ts"], isolate: false, testTimeout: 30_000 } },
      {
        test: {
          name: "integration",
          include: ["test/**/*.test.ts"],
          globalSetup: "../../scripts/server-for-tests.mjs",
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // What is asked for again and again is there in milliseconds, but not on a busy machine.
          expect: { poll: { timeout: 5_000 } },
        },
      },
    ],
  },
});
