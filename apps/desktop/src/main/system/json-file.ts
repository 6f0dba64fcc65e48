import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** Undefined where there is no such file. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Whole or not at all, also when the power goes: written beside it, brought to the disk, then renamed. */
export async function writeWhole(path: string, text: string, mode = 0o600): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomUUID()}`;
  try {
    const file = await open(draft, "wx", mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** What cannot be written is tried again so much later, for as long as it lasts. */
const AGAIN_MS = 5_000;

/**
 * Writes the newest of what it is given, a little later and never two at a time: a drag changes a document sixty
 * times a second. A full disk is told once, and again when all is written.
 */
export class LazyWriter implements AsyncDisposable {
  #text: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #failed = false;
  #closed = false;

  constructor(
    private readonly path: string,
    private readonly onFault: (error: unknown) => void,
    private readonly delays: { readonly firstMs: number; readonly againMs: number } = {
      firstMs: 300,
      againMs: AGAIN_MS,
    },
    private readonly onMended: () => void = () => {},
  ) {}

  write(text: string): void {
    this.#text = text;
    this.#timer ??= setTimeout(() => void this.flush(), this.delays.firstMs);
  }

  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(async () => {
      const text = this.#text;
      this.#text = undefined;
      if (text === undefined) return;
      await this.#put(text);
    });
    return this.#writing;
  }

  async #put(text: string): Promise<void> {
    try {
      await writeWhole(this.path, text);
      if (this.#failed) this.onMended();
      this.#failed = false;
    } catch (error) {
      if (!this.#failed) this.onFault(error);
      this.#failed = true;
      if (this.#closed) return;
      // Unless something newer has come meanwhile.
      this.#text ??= text;
      this.#timer ??= setTimeout(() => void this.flush(), this.delays.againMs);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.flush();
    clearTimeout(this.#timer);
  }
}
