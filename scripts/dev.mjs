import { spawn } from "node:child_process";
import { inRoot, root } from "./setup/paths.mjs";
import { say } from "./setup/progress.mjs";
import { main, setup } from "./setup/setup.mjs";

/** `npm run dev`: the server from its sources, restarted on a change, and vite in front of it. */
await main(async () => {
  await setup("dev");
  const port = process.env["PORT"] ?? "8080";
  const env = { LOG_PRETTY: "1", ...process.env, FOOTLIGHT_SERVER: `http://localhost:${port}` };
  const tsx = inRoot("node_modules/tsx/dist/cli.mjs");
  const vite = inRoot("node_modules/vite/bin/vite.js");
  const children = [
    spawn(process.execPath, [tsx, "watch", "--clear-screen=false", "apps/server/src/main.ts"], {
      cwd: root,
      env,
      stdio: "inherit",
    }),
    spawn(process.execPath, [vite], { cwd: inRoot("apps/web-viewer"), env, stdio: "inherit" }),
  ];
  const stop = () => {
    for (const child of children) child.kill("SIGTERM");
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);
  const ends = children.map((child) => new Promise((resolve) => child.once("exit", resolve)));
  await Promise.race(ends);
  stop();
  await Promise.all(ends);
  say("stopped");
});
