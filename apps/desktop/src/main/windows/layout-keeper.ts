import { join } from "node:path";
import { defaultLayout, type Layout, readLayout } from "../../model/panels/layout.ts";
import { LazyWriter, readText } from "../system/json-file.ts";

/** Where the panels are, kept in the profile; a file that is broken or of another version is as good as none. */
export class LayoutKeeper implements AsyncDisposable {
  readonly #writer: LazyWriter;
  readonly #listeners = new Set<(layout: Layout) => void>();

  private constructor(
    private current: Layout,
    path: string,
    onFault: (error: unknown) => void,
  ) {
    this.#writer = new LazyWriter(path, onFault);
  }

  static async open(folder: string, onFault: (error: unknown) => void): Promise<LayoutKeeper> {
    const path = join(folder, "layout.json");
    const text = await readText(path).catch(() => undefined);
    let layout = defaultLayout();
    try {
      if (text !== undefined) layout = readLayout(JSON.parse(text));
    } catch {
      // Not JSON.
    }
    return new LayoutKeeper(layout, path, onFault);
  }

  get layout(): Layout {
    return this.current;
  }

  change(how: (layout: Layout) => Layout): void {
    this.current = readLayout(how(this.current));
    this.#writer.write(`${JSON.stringify(this.current, null, 2)}\n`);
    for (const listener of this.#listeners) listener(this.current);
  }

  /** Tells what there is, then each change. */
  follow(listener: (layout: Layout) => void): void {
    this.#listeners.add(listener);
    listener(this.current);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#writer[Symbol.asyncDispose]();
  }
}
