import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { app } from "electron";
import { autoUpdater } from "electron-updater";
import type { Updater } from "./updates.ts";

/** Written by the packager where a feed was named (STUDIO_UPDATE_URL); without one a studio never asks. */
const FEED = "app-update.yml";

/** electron-updater over the operator's feed, in a packaged studio that has one; undefined else. */
export function feedUpdater(onVersion: (version: string) => void): Updater | undefined {
  const feed = join(process.resourcesPath, FEED);
  if (!app.isPackaged || !existsSync(feed)) return undefined;
  const byHand = isReplaceable()
    ? undefined
    : /^url: *['"]?([^'"\s]+)/m.exec(readFileSync(feed, "utf8"))?.[1];
  // Else it would not even ask there.
  autoUpdater.forceDevUpdateConfig = byHand !== undefined;
  autoUpdater.logger = null;
  autoUpdater.autoDownload = false;
  // At the latest when the studio is closed, which nobody does on air without being asked.
  autoUpdater.autoInstallOnAppQuit = byHand === undefined;
  // It is thrown where it is awaited, too.
  autoUpdater.on("error", () => {});
  return {
    byHand,
    check: async () => {
      const found = await autoUpdater.checkForUpdates();
      if (found?.isUpdateAvailable) onVersion(found.updateInfo.version);
      return { isNewer: found?.isUpdateAvailable ?? false };
    },
    download: async () => void (await autoUpdater.downloadUpdate()),
    install: () => {
      const { APPIMAGE } = process.env;
      if (APPIMAGE === undefined) return autoUpdater.quitAndInstall();
      // The updater would start the new one beside the old, which has the profile still: it shall come after it, when
      // the updater has put it in place at `quit`.
      let program = APPIMAGE;
      autoUpdater.once("appimage-filename-updated", (path) => {
        program = path;
      });
      app.once("quit", () => app.relaunch({ execPath: program }));
      app.quit();
    },
  };
}

/** On Linux an AppImage alone: a deb belongs to the system's package manager, and an unpacked folder to its owner. */
const isReplaceable = (): boolean => process.platform !== "linux" || process.env["APPIMAGE"] !== undefined;
