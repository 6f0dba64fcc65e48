/**
 * Where finished media and pictures lie: a folder on disk, or an object store by configuration.
 * Keys are `/`-separated, made by us only (never from a request), e.g. `streams/ID/720p/41.m4s`.
 */
export interface BlobStore {
  /** Whole or not at all: a reader never sees half a blob. Throws `BlobError`. */
  put(key: string, data: Uint8Array | readonly Uint8Array[]): Promise<void>;
  /** Undefined where there is none. */
  get(key: string): Promise<Uint8Array | undefined>;
  delete(keys: readonly string[]): Promise<void>;
  /** Deletes all below a prefix that ends in `/`. */
  deletePrefix(prefix: string): Promise<void>;
  /** Free bytes; `Infinity` where the store does not say. */
  freeBytes(): Promise<number>;
}

export class BlobError extends Error {
  override readonly name = "BlobError";
  constructor(
    readonly code: "full" | "denied" | "io",
    readonly key: string,
    options?: { cause: unknown },
  ) {
    super(`blob store: ${code} at ${key}`, options);
  }
}
