import { join } from "node:path";
import { app } from "electron";
import { App } from "./app.ts";
import { ArgumentError, type Arguments, parseArguments } from "./system/arguments.ts";
import { registerScheme } from "./windows/app-files.ts";

/** Starts the studio once a profile; a second start shows the first one's window. */
function main(): void {
  let args: Arguments;
  try {
    args = parseArguments(process.argv.slice(1));
  } catch (error) {
    process.stderr.write(`${error instanceof ArgumentError ? error.message : String(error)}\n`);
    app.exit(2);
    return;
  }
  app.setName("Footlight Studio");
  if (args.userDataDir !== undefined) app.setPath("userData", args.userDataDir);
  // A window that is covered or minimised goes on: the engine is never seen at all.
  app.commandLine.appendSwitch("disable-renderer-backgrounding");
  app.commandLine.appendSwitch("disable-background-timer-throttling");
  app.commandLine.appendSwitch("enable-unsafe-swiftshader");
  registerScheme();
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }

  let studio: App | undefined;
  let isClosing = false;
  app.on("second-instance", () => studio?.show());
  app.on("activate", () => studio?.show());
  app.on("window-all-closed", () => app.quit());
  app.on("will-quit", (event) => {
    if (studio === undefined) return;
    event.preventDefault();
    if (isClosing) return;
    isClosing = true;
    void studio[Symbol.asyncDispose]().then(() => {
      studio = undefined;
      app.quit();
    });
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => app.quit());
  app
    .whenReady()
    .then(async () => {
      studio = await App.create(args, join(app.getAppPath(), "dist"));
    })
    .catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      app.exit(1);
    });
}

main();
