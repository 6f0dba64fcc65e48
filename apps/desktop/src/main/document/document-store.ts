import { rename } from "node:fs/promises";
import { join } from "node:path";
import type { StudioDocument } from "../../model/document.ts";
import { readDocument, writeDocument } from "../../model/read-document.ts";
import { LazyWriter, readText } from "../system/json-file.ts";

export interface Opened {
  /** Undefined: nothing usable was there. */
  readonly document: StudioDocument | undefined;
  /** What was put aside, and why: a broken document, or one of a newer studio. */
  readonly aside: { readonly path: string; readonly why: "broken" | "future" } | undefined;
}

/** The file of the first collection; others are `scenes-ID.json` beside it. */
export const FIRST_FILE = "scenes.json";

/** A scene collection on the disk. What cannot be read is kept beside it and never written over. */
export class DocumentStore implements AsyncDisposable {
  readonly #path: string;
  readonly #writer: LazyWriter;

  constructor(
    folder: string,
    onFault: (error: unknown) => void,
    file = FIRST_FILE,
    private readonly now: () => Date = () => new Date(),
    onMended?: () => void,
  ) {
    this.#path = join(folder, file);
    this.#writer = new LazyWriter(this.#path, onFault, undefined, onMended);
  }

  async open(): Promise<Opened> {
    let text: string | undefined;
    try {
      text = await readText(this.#path);
    } catch {
      // Somebody else's file, or a folder: as little use as a broken one, and no less to be kept.
      return { document: undefined, aside: { path: await this.putAside("broken"), why: "broken" } };
    }
    if (text === undefined) return { document: undefined, aside: undefined };
    const read = readDocument(text);
    if (read.result === "document") {
      if (read.migratedFrom !== null) await this.putAside(`version-${read.migratedFrom}`);
      return { document: read.document, aside: undefined };
    }
    const path = await this.putAside(read.result);
    return { document: undefined, aside: { path, why: read.result } };
  }

  save(document: StudioDocument): void {
    this.#writer.write(writeDocument(document));
  }

  flush(): Promise<void> {
    return this.#writer.flush();
  }

  /** Keeps the file under a name that no collection has; where it is now. */
  async putAside(why: string): Promise<string> {
    await this.flush();
    const stamp = this.now().toISOString().replaceAll(/[:.]/g, "-");
    const path = this.#path.replace(/\.json$/, `.${why}-${stamp}.json`);
    await rename(this.#path, path);
    return path;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#writer[Symbol.asyncDispose]();
  }
}
