import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const integration = {
  // Real encoders, browsers and servers on two busy cores: now and then one starves. A second try is told by
  // `npm test` with what the first one failed at, so that it is seen and not hidden.
  retry: 1,
  // V8 does not optimise the embedded database's code, which takes longer than a test file lives.
  execArgv: ["--liftoff-only"],
  globalSetup: "../../scripts/server-for-tests.mjs",
  setupFiles: "../../scripts/patience-for-tests.mjs",
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // What is asked for again and again is there in milliseconds, but not on a busy machine.
  expect: { poll: { timeout: 10_000 } },
};

/** Those that wait the longest, so that none of them is what the others' end is waited for. */
const LONGEST = [
  ...["publishers", "whip", "restart", "main", "storyboard", "publishers-apart", "on-demand", "accounts"],
  ...["low-latency", "capture-clock", "dash", "database", "stage", "rtc-feed"],
].map((name) => `/test/${name}.test.ts`);

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST.findIndex((name) => moduleId.endsWith(name));
      return at < 0 ? LONGEST.length : at;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    // Real ffmpeg, databases and servers share two cores, and wait more than half of the time: four files at
    // once keep both busy, more would make them wait for each other.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
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
