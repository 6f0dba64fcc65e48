import { defineConfig } from "vitest/config";

const integration = {
  // Real encoders, browsers and servers on two busy cores: now and then one starves. A second try is told by
  // `npm test` with what the first one failed at, so that it is seen and not hidden.
  retry: 1,
  globalSetup: "../../scripts/server-for-tests.mjs",
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // What is asked for again and again is there in milliseconds, but not on a busy machine.
  expect: { poll: { timeout: 5_000 } },
};

export default defineConfig({
  test: {
    // Real ffmpeg, databases and servers share two cores, and wait more than half of the time: four files at
    // once keep both busy, more would make them wait for each other.
    maxWorkers: 4,
    projects: [
      // They share nothing that a fresh module would have to undo, and loading takes longer than testing.
      { test: { name: "unit", include: ["src/**/*.test.ts"], isolate: false, testTimeout: 30_000 } },
      {
        test: {
          ...integration,
          name: "integration",
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/*.soak.test.ts"],
        },
      },
      { test: { ...integration, name: "soak", include: ["test/**/*.soak.test.ts"] } },
    ],
  },
});
