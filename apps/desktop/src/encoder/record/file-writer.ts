import { type FileHandle, open } from "node:fs/promises";

/** A disk that is so far behind does not keep up. */
const MAX_WAITING_BYTES = 96 * 1024 * 1024;

/** Writes behind each other into one file without making anybody wait; bounded. */
export class FileWriter {
  readonly path: string;
  readonly #onFault: (cause: string) => void;
  readonly #opened: Promise<FileHandle>;
  #last: Promise<void>;
  #waiting = 0;
  #bytes = 0;
  #state: "open" | "failed" | "closed" = "open";

  /** @param onFault once: `disk_slow`, `disk_full` or the system's code; nothing is written after */
  constructor(path: string, onFault: (cause: string) => void) {
    this.path = path;
    this.#onFault = onFault;
    // Never over a file that is there: it may be somebody's recording.
    this.#opened = open(path, "wx");
    this.#last = this.#opened.then(
      () => undefined,
      (error: NodeJS.ErrnoException) => this.#fail(causeOf(error)),
    );
  }

  get bytes(): number {
    return this.#bytes;
  }

  write(bytes: Buffer): void {
    if (this.#state !== "open") return;
    if (this.#waiting + bytes.byteLength > MAX_WAITING_BYTES) {
      this.#fail("disk_slow");
      return;
    }
    this.#waiting += bytes.byteLength;
    this.#bytes += bytes.byteLength;
    this.#last = this.#last.then(async () => {
      try {
        if (this.#state !== "failed") await (await this.#opened).writeFile(bytes);
      } catch (error) {
        this.#fail(causeOf(error as NodeJS.ErrnoException));
      } finally {
        this.#waiting -= bytes.byteLength;
      }
    });
  }

  /** Over bytes that were written before, also when it is closed. Whether that worked; the rest of the file is safe. */
  async overwrite(bytes: Buffer, position: number): Promise<boolean> {
    const written = this.#last.then(async () => {
      const ours = this.#state === "closed" ? undefined : await this.#opened;
      const file = ours ?? (await open(this.path, "r+"));
      try {
        await file.write(bytes, 0, bytes.byteLength, position);
      } finally {
        if (file !== ours) await file.close();
      }
    });
    this.#last = written.catch(() => undefined);
    return await written.then(
      () => true,
      () => false,
    );
  }

  /** After all that was written; on the disk, not just with the system. */
  async close(): Promise<void> {
    this.#last = this.#last.then(async () => {
      if (this.#state === "closed") return;
      const failed = this.#state === "failed";
      this.#state = "closed";
      try {
        const file = await this.#opened;
        if (!failed) await file.sync();
        await file.close();
      } catch (error) {
        if (!failed) this.#onFault(causeOf(error as NodeJS.ErrnoException));
      }
    });
    await this.#last;
  }

  #fail(cause: string): void {
    if (this.#state !== "open") return;
    this.#state = "failed";
    this.#onFault(cause);
  }
}

const causeOf = ({ code }: NodeJS.ErrnoException): string =>
  code === "ENOSPC" || code === "EDQUOT" ? "disk_full" : (code ?? "unknown");
