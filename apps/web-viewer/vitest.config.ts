import { defineConfig } from "vitest/config";

const e2e = {
  environment: "node",
  globalSetup: "../../scripts/server-for-tests.mjs",
  setupFiles: "../../scripts/patience-for-tests.mjs",
  expect: { poll: { timeout: 10_000 } },
  // A server, encoders and a browser share two cores: one file at a time, and after the unit tests.
  fileParallelism: false,
  sequence: { groupOrder: 1 },
  // A second try is told by `npm test`; see the server's configuration.
  retry: 1,
  testTimeout: 60_000,
  hookTimeout: 60_000,
} as const;

/** Of pages and their people, and not of media's time: two at once only take longer. */
const PAGES = ["accessibility", "audience", "channel", "continuity", "dvr", "stage-pages", "whep"].map(
  (name) => `e2e/${name}.test.ts`,
);

export default defineConfig({
  test: {
    projects: [
      // They share nothing that a fresh module would have to undo, and loading takes longer than testing.
      { test: { name: "unit", include: ["src/**/*.test.ts"], environment: "node", isolate: false } },
      {
        test: {
          ...{ ...e2e, name: "pages", include: PAGES },
          ...{ fileParallelism: true, maxWorkers: 2, sequence: { groupOrder: 2 } },
        },
      },
      {
        test: {
          ...{ ...e2e, name: "e2e", include: ["e2e/**/*.test.ts"] },
          exclude: ["e2e/**/*.soak.test.ts", ...PAGES],
        },
      },
      { test: { ...e2e, name: "soak", include: ["e2e/**/*.soak.test.ts"] } },
    ],
  },
});
