import { spawn } from "node:child_process";
import { ensureElectron } from "./setup/electron.mjs";
import { inRoot } from "./setup/paths.mjs";
import { say } from "./setup/progress.mjs";
import { main, setup } from "./setup/setup.mjs";
import { Display } from "./studio/display.mjs";

/**
 * `npm run studio`: builds what is missing, then is the studio until its window is closed. What follows `--` goes to
 * the studio: `npm run studio -- --server=https://live.example.org`.
 */
await main(async () => {
  await setup("studio");
  const { program } = await ensureElectron();
  const headless = process.platform === "linux" && !process.env["DISPLAY"] && !process.env["WAYLAND_DISPLAY"];
  const display = headless ? await Display.open() : undefined;
  if (display) say(`no screen here: the studio is on a virtual one, DISPLAY=${display.name}`);
  // Chromium refuses to sandbox what root starts.
  const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const child = spawn(program, [...asRoot, inRoot("apps/desktop"), ...process.argv.slice(2)], {
    stdio: "inherit",
    env: { ...process.env, ...(display ? { DISPLAY: display.name, FOOTLIGHT_VIRTUAL_SCREEN: "1" } : {}) },
  });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => child.kill("SIGTERM"));
  }
  process.exitCode = await new Promise((resolve) => {
    child.once("error", () => resolve(1));
    child.once("exit", (code) => resolve(code ?? 1));
  });
  await display?.close();
});
