import { join } from "node:path";
import { app, dialog, shell } from "electron";
import { App } from "./app.ts";
import { ArgumentError, type Arguments, PASSWORD_VARIABLE, parseArguments } from "./system/arguments.ts";
import { registerSchemes } from "./windows/schemes.ts";

/** Starts the studio once a profile; a second start shows the first one's window. */
function main(): void {
  let args: Arguments;
  try {
    args = parseArguments(process.argv.slice(1), process.env);
    // No process that the studio starts needs it.
    delete process.env[PASSWORD_VARIABLE];
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
  if (process.platform === "linux") {
    // On Wayland no program hears keys that go to another one; its desktop may pass them on (xdg-desktop-portal).
    const features = ["GlobalShortcutsPortal", app.commandLine.getSwitchValue("enable-features")];
    app.commandLine.appendSwitch("enable-features", features.filter(Boolean).join());
  }
  registerSchemes();
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }

  let studio: App | undefined;
  let isClosing = false;
  const close = () => {
    if (isClosing || studio === undefined) return;
    isClosing = true;
    void studio[Symbol.asyncDispose]().then(() => {
      studio = undefined;
      app.quit();
    });
  };
  app.on("second-instance", (_event, argv) => {
    studio?.show();
    studio?.follow(argv.find((arg) => arg.startsWith("footlight://")));
  });
  app.on("open-url", (_event, link) => studio?.follow(link));
  app.on("activate", () => studio?.show());
  // Windows are closed by the studio itself, after what is on air has ended in order.
  app.on("window-all-closed", () => {});
  app.on("before-quit", (event) => {
    if (studio === undefined) return;
    event.preventDefault();
    if (!isClosing && studio.mayClose()) close();
  });
  app
    .whenReady()
    .then(async () => {
      // Whoever sends these is not at the screen to be asked. Only now, for Chromium takes them for itself before.
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
        process.on(signal, () => (studio ? close() : app.exit(1)));
      if (app.isPackaged) app.setAsDefaultProtocolClient("footlight");
      studio = await App.create(args, join(app.getAppPath(), "dist"));
      studio.follow(args.link);
    })
    .catch(async (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      // Whoever started it by a click sees no console; whoever started it by a command waits for its end.
      if (args.remotePort === undefined) await sayWhyNot(error);
      app.exit(1);
    });
}

async function sayWhyNot(error: unknown): Promise<void> {
  const { response } = await dialog.showMessageBox({
    type: "error",
    message: "Footlight Studio cannot start.",
    detail: `${error instanceof Error ? error.message : String(error)}\n\nYour scenes and settings are in the studio's folder and were left as they are.`,
    buttons: ["Close", "Show the studio's folder"],
    cancelId: 0,
  });
  if (response === 1) await shell.openPath(app.getPath("userData"));
}

main();
