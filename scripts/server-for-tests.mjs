import { rmSync } from "node:fs";
import { buildServer } from "./setup/build-server.mjs";
import { inRoot } from "./setup/paths.mjs";

/**
 * For vitest's `globalSetup`: builds the server once for all tests of a run that start it as a process.
 * They find it by a variable (`testing/server-main.ts`); from its sources each start would take 1.5 s more
 * of a core. Each run has a file of its own, as runs may stand beside each other.
 */
export async function setup() {
  // By `npm test`, or by another project of this run.
  if (process.env["FOOTLIGHT_TEST_MAIN"] !== undefined) return;
  const built = inRoot(`apps/server/dist/test-${process.pid}.js`);
  await buildServer(built, { whole: true });
  process.env["FOOTLIGHT_TEST_MAIN"] = built;
  // Not by vitest's teardown, which an interrupted run leaves out.
  process.once("exit", () => {
    for (const file of [built, `${built}.map`]) rmSync(file, { force: true });
  });
}
