import { spawn } from "node:child_process";
import { ensureElectron } from "./setup/electron.mjs";
import { inRoot } from "./setup/paths.mjs";
import { say } from "./setup/progress.mjs";
import { main, setup } from "./setup/setup.mjs";
import { Display } from "./studio/display.mjs";
import { passOn } from "./studio/noise.mjs";

/**
 * `npm run studio`: builds what is missing, then is the studio until its window is closed. What follows `--` goes to
 * the studio: `npm run studio -- --server=https://live.example.org`. With FOOTLIGHT_VERBOSE set, all that Chromium
 * has to say is printed too.
 */
await main(async () => {
  await setup("studio");
  const { program } = await ensureElectron();
  /** @type {import("node:child_process").ChildProcess | undefined} */
  let child;
  let isWanted = true;
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => {
      isWanted = false;
      child?.kill("SIGTERM");
    });
  }
  const headless = process.platform === "linux" && !process.env["DISPLAY"] && !process.env["WAYLAND_DISPLAY"];
  const display = headless ? await Display.open() : undefined;
  if (display) say(`no screen here: the studio is on a virtual one, DISPLAY=${display.name}`);
  if (isWanted) {
    // Chromium refuses to sandbox what root starts.
    const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    const studio = spawn(program, [...asRoot, inRoot("apps/desktop"), ...process.argv.slice(2)], {
      stdio: ["inherit", "inherit", process.env["FOOTLIGHT_VERBOSE"] ? "inherit" : "pipe"],
      env: { ...process.env, ...(display ? { DISPLAY: display.name, FOOTLIGHT_VIRTUAL_SCREEN: "1" } : {}) },
    });
    child = studio;
    if (studio.stderr) passOn(studio.stderr, process.stderr);
    process.exitCode = await new Promise((resolve) => {
      studio.once("error", () => resolve(1));
      studio.once("exit", (code) => resolve(code ?? 1));
    });
  }
  await display?.close();
});
