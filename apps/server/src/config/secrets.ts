import { randomBytes } from "node:crypto";
import { chmod, link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";

/**
 * What only this installation knows, made at its first start and kept in `DATA_DIR/secrets.json`
 * (mode 0600). Losing the file signs everybody out and makes every stream key unreadable.
 */
const hex32 = z.string().regex(/^[0-9a-f]{64}$/);
const SecretsFile = z.object({
  /** Signs session tokens. */
  auth: hex32,
  /** Seals stream keys at rest (AES-256-GCM). */
  keyEncryption: hex32,
  /** Makes the look-up column of stream keys, and the hashes of link tokens (HMAC-SHA256). */
  hmac: hex32,
});

export interface Secrets {
  readonly auth: string;
  readonly keyEncryption: Uint8Array;
  readonly hmac: Uint8Array;
}

export class SecretsError extends Error {
  override readonly name = "SecretsError";
}

export async function loadSecrets(dataDir: string): Promise<Secrets> {
  const file = path.join(dataDir, "secrets.json");
  let text = await readIfThere(file);
  if (text === undefined) {
    await mkdir(dataDir, { recursive: true });
    await makeOnce(file);
    text = await readIfThere(file);
  }
  let parsed: z.infer<typeof SecretsFile>;
  try {
    parsed = SecretsFile.parse(JSON.parse(text ?? ""));
  } catch {
    // The cause is left out on purpose: it would quote the file.
    throw new SecretsError(`${file} is damaged. Restore it from a backup of DATA_DIR.`);
  }
  await chmod(file, 0o600);
  return Object.freeze({
    auth: parsed.auth,
    keyEncryption: Buffer.from(parsed.keyEncryption, "hex"),
    hmac: Buffer.from(parsed.hmac, "hex"),
  });
}

/** `link` fails where the file is there already, so that of two first starts one wins and both agree. */
async function makeOnce(file: string): Promise<void> {
  const secret = () => randomBytes(32).toString("hex");
  const draft = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  const content = { auth: secret(), keyEncryption: secret(), hmac: secret() };
  await writeFile(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: "wx", flush: true });
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new SecretsError(`Cannot read ${file}: ${(error as Error).message}`);
  }
}
