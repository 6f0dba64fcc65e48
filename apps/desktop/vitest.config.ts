import { defineConfig } from "vitest/config";

const slow = {
  environment: "node",
  globalSetup: "../../scripts/server-for-tests.mjs",
  setupFiles: "../../scripts/patience-for-tests.mjs",
  expect: { poll: { timeout: 10_000 } },
  // Servers, encoders and windows share two cores: one file at a time, and after the unit tests.
  fileParallelism: false,
  sequence: { groupOrder: 1 },
  // A second try is told by `npm test`; see the server's configuration.
  retry: 1,
  testTimeout: 60_000,
  hookTimeout: 60_000,
} as const;

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["src/**/*.test.ts"], environment: "node", isolate: false } },
      {
        test: {
          ...slow,
          name: "e2e",
          include: ["test/**/*.test.ts", "e2e/**/*.test.ts"],
          exclude: ["**/*.soak.test.ts"],
        },
      },
      { test: { ...slow, name: "soak", include: ["{test,e2e}/**/*.soak.test.ts"] } },
    ],
  },
});
