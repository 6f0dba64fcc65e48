import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { setup as buildServerForTests } from "./server-for-tests.mjs";
import { inRoot, root } from "./setup/paths.mjs";
import { say } from "./setup/progress.mjs";
import { main, setup } from "./setup/setup.mjs";

/**
 * `npm test`: lint, types, then every workspace's tests, one workspace after the other because two cores that
 * transcode have nothing to spare. Everything runs even when something failed; the last line is `N passed, N failed`
 * over all runners (CI reads it).
 */
const RESULTS = "test-results/vitest.json";
const WORKSPACES = [
  "scripts",
  "packages/shared",
  "packages/protocols",
  "packages/realtime",
  "packages/ui",
  "apps/server",
  "apps/web-viewer",
  "apps/desktop",
];

const VITEST = ["--reporter=default", "--reporter=json", `--outputFile.json=${RESULTS}`];

await main(async () => {
  const { worker } = await setup("test");
  for (const workspace of WORKSPACES) rmSync(inRoot(`${workspace}/${RESULTS}`), { force: true });

  await buildServerForTests();
  const checks = {
    lint: await turbo(["lint:repo"]),
    types: await turbo(["typecheck", "typecheck:repo"]),
    // Built meanwhile on a fresh machine; the tests of the ultra tier need it.
    worker: await worker(),
    tests: await turbo(["test", "test:repo", "--concurrency=1"], VITEST),
  };
  const counts = WORKSPACES.map(readCounts);
  const sum = { passed: 0, failed: 0, skipped: 0 };
  console.log("");
  for (const count of counts) {
    console.log(`${count.name.padEnd(18)} ${count.passed} passed, ${count.failed} failed${count.note}`);
    for (const title of count.failures) console.log(`  ✗ ${title}`);
    for (const title of count.secondTries) console.log(`  ↻ passed at its second try: ${title}`);
    sum.passed += count.passed;
    sum.failed += count.failed;
    sum.skipped += count.skipped;
  }
  for (const [name, ok] of Object.entries(checks)) console.log(`${name.padEnd(18)} ${ok ? "ok" : "FAILED"}`);
  if (!checks.lint) sum.failed++;
  if (!checks.types) sum.failed++;
  // Tests fail and never skip; a runner that failed for another reason than a test fails us too.
  const bad = sum.failed + sum.skipped > 0 || sum.passed === 0 || Object.values(checks).includes(false);
  if (bad) process.exitCode = 1;
  say(bad ? "FAILED" : "all is well");
  console.log(
    `${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ""}`,
  );
});

/** @param {readonly string[]} tasks @param {readonly string[]} [args] for the tasks */
function turbo(tasks, args = []) {
  const all = ["run", ...tasks, "--continue", "--env-mode=loose", "--output-logs=new-only"];
  if (args.length > 0) all.push("--", ...args);
  return new Promise((/** @type {(ok: boolean) => void} */ resolve) => {
    const child = spawn(process.execPath, [inRoot("node_modules/turbo/bin/turbo"), ...all], {
      cwd: root,
      stdio: "inherit",
      env: {
        ...process.env,
        TURBO_TELEMETRY_DISABLED: "1",
        DO_NOT_TRACK: "1",
        TURBO_NO_UPDATE_NOTIFIER: "1",
      },
    });
    child.on("close", (code) => resolve(code === 0));
  });
}

/** @param {string} workspace */
function readCounts(workspace) {
  const name = workspace === "scripts" ? "repository" : workspace;
  const file = inRoot(`${workspace}/${RESULTS}`);
  if (!existsSync(file)) {
    return {
      name,
      passed: 0,
      failed: 1,
      skipped: 0,
      failures: ["no results: its tests did not run"],
      secondTries: [],
      note: "",
    };
  }
  const results = JSON.parse(readFileSync(file, "utf8"));
  const skipped = results.numPendingTests + results.numTodoTests;
  /** @type {string[]} */
  const failures = [];
  /** @type {string[]} */
  const secondTries = [];
  let broken = 0;
  for (const suite of results.testResults) {
    const failed = suite.assertionResults.filter(
      (/** @type {{status: string}} */ test) => test.status === "failed",
    );
    const place = String(suite.name).replace(`${root}/`, "");
    for (const test of failed) failures.push(`${place}: ${test.fullName}`);
    for (const test of suite.assertionResults) {
      const first = test.failureMessages[0];
      if (test.status === "passed" && first !== undefined) {
        secondTries.push(`${place}: ${test.fullName} (first: ${first.split("\n", 1)[0]})`);
      }
    }
    // A file that does not even load has no tests that could fail.
    if (suite.status === "failed" && failed.length === 0) {
      broken++;
      failures.push(`${place}: ${String(suite.message).split("\n", 1)[0]}`);
    }
  }
  return {
    name,
    passed: results.numPassedTests,
    failed: results.numFailedTests + broken,
    skipped,
    failures,
    secondTries,
    note: skipped > 0 ? `, ${skipped} skipped` : "",
  };
}
