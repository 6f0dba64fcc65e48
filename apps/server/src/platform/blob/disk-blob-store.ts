import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm, statfs, unlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { BlobError, type BlobStore } from "./blob-store.ts";

/** One part of a key: never hidden, never `..`, nothing that a file system would read differently. */
const KEY_PART = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;

/**
 * Blobs as files below a folder. A blob is written under a temporary name and renamed, so that a
 * reader never sees half of one. It is not synced: after a power cut the newest media may be gone,
 * which costs a gap, while a sync a segment costs every stream its latency.
 */
export class DiskBlobStore implements BlobStore {
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
  }

  /** Makes the folder if need be. Throws `BlobError` when it cannot be used. */
  static async create(root: string): Promise<DiskBlobStore> {
    const store = new DiskBlobStore(resolve(root));
    await guarded("", () => mkdir(store.#root, { recursive: true }));
    return store;
  }

  async put(key: string, data: Uint8Array | readonly Uint8Array[]): Promise<void> {
    const path = this.#pathOf(key);
    const folder = dirname(path);
    const temporary = join(folder, `.${randomBytes(6).toString("hex")}.tmp`);
    await guarded(key, async () => {
      try {
        await this.#write(folder, temporary, data);
        await rename(temporary, path);
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => {});
        throw error;
      }
    });
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const path = this.#pathOf(key);
    return guarded(key, () => readFile(path).catch(absent));
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      const path = this.#pathOf(key);
      await guarded(key, () => unlink(path).catch(absent));
    }
  }

  async deletePrefix(prefix: string): Promise<void> {
    if (!prefix.endsWith("/")) throw new BlobError("denied", prefix);
    const path = this.#pathOf(prefix.slice(0, -1));
    await guarded(prefix, () => rm(path, { recursive: true, force: true, maxRetries: 2 }));
  }

  async freeBytes(): Promise<number> {
    const stats = await guarded("", () => statfs(this.#root));
    return stats.bavail * stats.bsize;
  }

  async #write(folder: string, path: string, data: Uint8Array | readonly Uint8Array[]): Promise<void> {
    const file = await open(path, "wx").catch(async (error: unknown) => {
      if (errorCode(error) !== "ENOENT") throw error;
      await mkdir(folder, { recursive: true });
      return open(path, "wx");
    });
    try {
      for (const piece of data instanceof Uint8Array ? [data] : data) await file.writeFile(piece);
    } finally {
      await file.close();
    }
  }

  #pathOf(key: string): string {
    const parts = key.split("/");
    // Keys are ours; a broken one is a defect that must not become a path.
    if (!parts.every((part) => KEY_PART.test(part))) throw new BlobError("denied", key);
    return join(this.#root, ...parts);
  }
}

async function guarded<T>(key: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BlobError) throw error;
    throw new BlobError(blobCode(error), key, { cause: error });
  }
}

function blobCode(error: unknown): BlobError["code"] {
  switch (errorCode(error)) {
    case "ENOSPC":
    case "EDQUOT":
      return "full";
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return "denied";
    default:
      return "io";
  }
}

function absent(error: unknown): undefined {
  if (errorCode(error) === "ENOENT") return undefined;
  throw error;
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
