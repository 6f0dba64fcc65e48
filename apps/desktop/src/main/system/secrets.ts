import { join } from "node:path";
import { z } from "zod";
import { LazyWriter, readText } from "./json-file.ts";

/** What Electron's `safeStorage` is to us. */
export interface Vault {
  isEncryptionAvailable(): boolean;
  /** Linux: `basic_text` is a key that everybody knows. */
  getSelectedStorageBackend?(): string;
  encryptString(text: string): Buffer;
  decryptString(bytes: Buffer): string;
}

const schema = z.record(z.string(), z.string());

/**
 * Keys, tokens and passwords by name. On the disk only as the system's secret store enciphers them; where it offers
 * none they last until the studio is closed, and the window says so.
 */
export class Secrets implements AsyncDisposable {
  readonly #writer: LazyWriter;

  private constructor(
    private readonly vault: Vault,
    readonly isKept: boolean,
    private readonly values: Map<string, string>,
    path: string,
    onFault: (error: unknown) => void,
  ) {
    this.#writer = new LazyWriter(path, onFault, { firstMs: 0, againMs: 5_000 });
  }

  static async open(folder: string, vault: Vault, onFault: (error: unknown) => void): Promise<Secrets> {
    const path = join(folder, "secrets.json");
    const isKept = vault.isEncryptionAvailable() && vault.getSelectedStorageBackend?.() !== "basic_text";
    const values = new Map<string, string>();
    const text = isKept ? await readText(path) : undefined;
    try {
      for (const [name, value] of Object.entries(text ? schema.parse(JSON.parse(text)) : {}))
        values.set(name, vault.decryptString(Buffer.from(value, "base64")));
    } catch (error) {
      // Another user's or a broken file: the person signs in anew.
      onFault(error);
    }
    return new Secrets(vault, isKept, values, path, onFault);
  }

  get(name: string): string | undefined {
    return this.values.get(name);
  }

  /** Undefined forgets it. */
  set(name: string, value: string | undefined): void {
    if (value === undefined) this.values.delete(name);
    else this.values.set(name, value);
    if (!this.isKept) return;
    const sealed = [...this.values].map(([key, each]) => [
      key,
      this.vault.encryptString(each).toString("base64"),
    ]);
    this.#writer.write(`${JSON.stringify(Object.fromEntries(sealed), null, 2)}\n`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#writer[Symbol.asyncDispose]();
  }
}
