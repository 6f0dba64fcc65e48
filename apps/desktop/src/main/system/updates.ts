import { existsSync } from "node:fs";
import { join } from "node:path";
import { app } from "electron";
import { autoUpdater } from "electron-updater";

const EVERY_MS = 6 * 3_600_000;
/** Written by the packager where a feed was named (STUDIO_UPDATE_URL); without one a studio never asks. */
const FEED = "app-update.yml";

interface Log {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

/** Fetches what is newer from the operator's feed; it is put in place when the studio is closed, never on air. */
export class Updates implements Disposable {
  readonly #timer: NodeJS.Timeout | undefined;

  constructor(private readonly log: Log) {
    if (!app.isPackaged || !existsSync(join(process.resourcesPath, FEED))) return;
    autoUpdater.logger = null;
    autoUpdater.autoInstallOnAppQuit = true;
    autoUpdater.on("update-downloaded", ({ version }) =>
      log.info({ version }, "an update waits for the next start"),
    );
    autoUpdater.on("error", (error) => log.warn({ err: error }, "no update could be fetched"));
    this.#timer = setInterval(() => this.#check(), EVERY_MS);
    this.#check();
  }

  #check(): void {
    autoUpdater
      .checkForUpdates()
      .catch((error: unknown) => this.log.warn({ err: error }, "the feed does not answer"));
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
