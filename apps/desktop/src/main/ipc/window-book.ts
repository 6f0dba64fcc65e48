import type { SourceSettings } from "../../model/document.ts";

interface ListedWindow {
  readonly id: string;
  readonly name: string;
}
type WindowSettings = Extract<SourceSettings, { kind: "window" }>;

/** Finds the windows of the document again: by id as long as it is the same one, else by name. */
export class WindowBook {
  /** Ids that were seen to be what was chosen, in this run of the studio: names change, numbers are given anew. */
  readonly #known = new Set<string>();

  constructor(private readonly windows: () => Promise<readonly ListedWindow[] | null>) {}

  /** Null: it is not there. */
  async find({ windowId, title }: WindowSettings): Promise<string | null> {
    const windows = await this.windows().catch(() => []);
    // Nobody may look: what was chosen is tried as it is.
    if (windows === null) return windowId === "" ? null : windowId;
    const same = windows.find(({ id, name }) => id === windowId && (name === title || this.#known.has(id)));
    const found = same ?? windows.find(({ name }) => title !== "" && name === title);
    if (found === undefined) return null;
    this.#known.add(found.id);
    return found.id;
  }
}
