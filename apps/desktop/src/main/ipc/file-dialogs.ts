import { readFile, writeFile } from "node:fs/promises";
import { type BrowserWindow, dialog } from "electron";
import type { CallOutput } from "../../contract/studio-calls.ts";
import type { ObsProfile } from "../../model/obs/obs-profile.ts";
import { writeDocument } from "../../model/read-document.ts";
import type { Collections } from "../document/collections.ts";
import type { DocumentKeeper } from "../document/document-keeper.ts";
import { importFile } from "../document/import-file.ts";
import { canvasOf, profileFilesBeside } from "../document/obs-folder.ts";
import { mainDisplay } from "./capture-list.ts";

const FILTERS = {
  image: { name: "Images", extensions: ["png", "jpg", "jpeg", "gif", "webp", "avif", "bmp", "svg"] },
  video: { name: "Videos", extensions: ["mp4", "m4v", "mov", "webm", "mkv"] },
  page: { name: "Web pages", extensions: ["html", "htm", "svg"] },
  lut: { name: "Colour tables", extensions: ["cube"] },
  scenes: { name: "Scene collections", extensions: ["json"] },
  imports: { name: "Scene collections and OBS profiles", extensions: ["json", "ini"] },
};
const MAX_BYTES = 32 * 1024 * 1024;

/** The system's dialogues, over the control window. */
export class FileDialogs {
  constructor(
    private readonly keeper: DocumentKeeper,
    private readonly collections: Pick<Collections, "add" | "current">,
    private readonly window: () => BrowserWindow | undefined,
    /** What of it could not be taken over, in words for people. */
    private readonly onProfile: (profile: ObsProfile) => readonly string[],
  ) {}

  async pick(kind: "image" | "video" | "lut" | "page", many: boolean): Promise<string[]> {
    return await this.#open({
      properties: many ? ["openFile", "multiSelections"] : ["openFile"],
      filters: [FILTERS[kind]],
    });
  }

  async pickFolder(): Promise<string | null> {
    return (await this.#open({ properties: ["openDirectory", "createDirectory"] }))[0] ?? null;
  }

  async export(): Promise<string | null> {
    const options = { defaultPath: `${this.keeper.document.name}.json`, filters: [FILTERS.scenes] };
    const window = this.window();
    const { filePath } = await (window
      ? dialog.showSaveDialog(window, options)
      : dialog.showSaveDialog(options));
    if (!filePath) return null;
    await writeFile(filePath, writeDocument(this.keeper.document));
    return filePath;
  }

  async import(): Promise<CallOutput<"document.import">> {
    const [path] = await this.#open({ properties: ["openFile"], filters: [FILTERS.imports] });
    if (path === undefined) return { result: "cancelled" };
    const bytes = await readFile(path);
    if (bytes.length > MAX_BYTES) return { result: "unreadable", cause: "unknown" };
    const canvas = await canvasOf(path, this.keeper.document.canvas);
    const capturable = { displayId: await mainDisplay(), microphoneId: null };
    const read = importFile(bytes.toString("utf8"), canvas, capturable, await profileFilesBeside(path));
    switch (read.result) {
      case "unreadable":
        return read;
      case "profile":
        return {
          ...{ result: "imported", name: "the OBS profile" },
          unmatched: [...read.profile.unmatched, ...this.onProfile(read.profile)],
        };
      case "collection":
        await this.collections.add(read.document);
        return {
          result: "imported",
          name: this.collections.current.name,
          unmatched: [...read.unmatched],
        };
    }
  }

  async #open(options: Electron.OpenDialogOptions): Promise<string[]> {
    const window = this.window();
    const { filePaths } = await (window
      ? dialog.showOpenDialog(window, options)
      : dialog.showOpenDialog(options));
    return filePaths;
  }
}
