import { join } from "node:path";
import { BrowserWindow, type BrowserWindowConstructorOptions } from "electron";
import { ORIGIN } from "./app-files.ts";

export type PageName = "control" | "engine";

/** A window on one of our pages, in a sandbox, with its preload alone between it and main. */
export function openPage(
  name: PageName,
  dist: string,
  options: BrowserWindowConstructorOptions = {},
): BrowserWindow {
  const { webPreferences, ...rest } = options;
  const window = new BrowserWindow({
    show: false,
    backgroundColor: "#101014",
    ...rest,
    webPreferences: {
      preload: join(dist, "preload", `${name}.cjs`),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      ...webPreferences,
    },
  });
  return window;
}

export const pageUrl = (name: PageName): string => `${ORIGIN}/${name}.html`;
