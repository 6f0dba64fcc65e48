import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { PictureUnit, SoundUnit } from "../units.ts";

/** A unit on the disk; its bytes lie there. */
export type Kept = { readonly order: number; readonly at: number; readonly bytes: number } & (
  | Omit<PictureUnit, "data">
  | Omit<SoundUnit, "data">
);

/** Whose it is; never a token. */
const headSchema = z.object({ target: z.string(), url: z.string() });
export type SpoolHead = z.infer<typeof headSchema>;

const place = { order: z.number(), at: z.number(), bytes: z.number(), ptsUs: z.number() };
const lineSchema = z.discriminatedUnion("kind", [
  headSchema.extend({ kind: z.literal("head") }),
  /** Media time that was sent as timestamp 0. */
  z.object({ kind: z.literal("base"), us: z.number() }),
  /** Of the units of its kind that follow. */
  z.object({ kind: z.literal("config"), of: z.enum(["picture", "sound"]), base64: z.string() }),
  z.object({
    ...{ kind: z.literal("picture"), ...place, encode: z.string(), dtsUs: z.number(), key: z.boolean() },
    ...{ frame: z.number(), source: z.number(), captureMs: z.number() },
  }),
  z.object({ kind: z.literal("sound"), ...place, track: z.number() }),
]);
type Line = z.infer<typeof lineSchema>;

const KEPT_FOR_MS = 24 * 3_600_000;
const UNITS = "units";
const INDEX = "index.jsonl";
/** Folders are named after the process that writes into them: others' are left behind by one that died. */
const nameOf = (pid: number): string => `${pid}-${randomUUID()}`;
const isOf = (pid: number, name: string): boolean => name.startsWith(`${pid}-`);

/**
 * Units in two files of a folder of our own: their bytes, and what they are. The index follows the bytes, so that
 * after a crash at any moment what it names is there. Writing starts with the first unit, and no caller waits for it.
 */
export class SpoolStore {
  #folder: string | undefined;
  #units: FileHandle | undefined;
  #index: FileHandle | undefined;
  #work: Promise<void> = Promise.resolve();
  #baseUs: number | undefined;
  #config: { picture?: Buffer; sound?: Buffer } = {};

  constructor(
    private readonly parent: string,
    readonly head: SpoolHead,
    private readonly onFault: (cause: string) => void,
  ) {}

  /** Names of what processes that died have left. */
  static async leftIn(parent: string): Promise<string[]> {
    const names = await readdir(parent).catch(() => []);
    return names.filter((name) => !isOf(process.pid, name));
  }

  /** Takes one of these over, as far as it is whole; undefined: it is of another server, or of no use. */
  static async recover(parent: string, name: string, server: string, onFault: (cause: string) => void) {
    const left = join(parent, name);
    const lines = await linesOf(join(left, INDEX));
    const [head] = lines;
    if (head?.kind !== "head") {
      await rm(left, { recursive: true, force: true });
      return undefined;
    }
    // Somebody who signs in there again is still able to send it; for a day.
    if (new URL(head.url).origin !== new URL(server).origin) {
      await removeOld(left);
      return undefined;
    }
    const folder = join(parent, nameOf(process.pid));
    await rename(left, folder);
    const units = await open(join(folder, UNITS), "r");
    const { target, url } = head;
    const store = new SpoolStore(parent, { target, url }, onFault);
    [store.#folder, store.#units] = [folder, units];
    const { size } = await units.stat();
    return { store, head: store.head, ...unitsOf(lines, size) };
  }

  append(kept: Kept, data: Uint8Array): void {
    this.#do(async () => {
      await this.#open();
      await this.#units?.write(data, 0, data.byteLength, kept.at);
      const { config, ...rest } = kept;
      if (this.#config[kept.kind]?.equals(config) !== true) {
        this.#config[kept.kind] = config;
        await this.#write({ kind: "config", of: kept.kind, base64: config.toString("base64") });
      }
      await this.#write(rest);
    });
  }

  /** Media time that is sent as timestamp 0. */
  base(us: number): void {
    this.#baseUs = us;
    this.#do(async () => {
      if (this.#index !== undefined) await this.#write({ kind: "base", us });
    });
  }

  async read({ at, bytes }: { readonly at: number; readonly bytes: number }): Promise<Buffer> {
    await this.#work;
    const data = Buffer.allocUnsafe(bytes);
    await this.#units?.read(data, 0, bytes, at);
    return data;
  }

  /** Nothing of it is needed any more: its room is free. */
  clear(): void {
    this.#do(() => this.#discard());
  }

  /** It stays on the disk for whoever recovers it. */
  async leave(): Promise<void> {
    this.#do(() => this.#shut());
    await this.#work;
  }

  async remove(): Promise<void> {
    this.clear();
    await this.#work;
  }

  async #open(): Promise<void> {
    if (this.#units !== undefined) return;
    const folder = join(this.parent, nameOf(process.pid));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    this.#folder = folder;
    this.#units = await open(join(folder, UNITS), "wx+", 0o600);
    this.#index = await open(join(folder, INDEX), "ax", 0o600);
    this.#config = {};
    await this.#write({ kind: "head", ...this.head });
    if (this.#baseUs !== undefined) await this.#write({ kind: "base", us: this.#baseUs });
  }

  async #write(line: Line): Promise<void> {
    await this.#index?.write(`${JSON.stringify(line)}\n`);
  }

  async #shut(): Promise<void> {
    await this.#units?.close();
    await this.#index?.close();
    [this.#units, this.#index] = [undefined, undefined];
  }

  async #discard(): Promise<void> {
    await this.#shut();
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
    this.#folder = undefined;
  }

  #do(work: () => Promise<void>): void {
    this.#work = this.#work
      .then(work)
      .catch((error: NodeJS.ErrnoException) => this.onFault(error.code ?? "unwritable"));
  }
}

async function linesOf(path: string): Promise<Line[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.split("\n").flatMap(parsed);
}

async function removeOld(folder: string): Promise<void> {
  const { mtimeMs } = await stat(folder);
  if (Date.now() - mtimeMs > KEPT_FOR_MS) await rm(folder, { recursive: true, force: true });
}

/** The last line may be half of one. */
function parsed(text: string): Line[] {
  try {
    const line = lineSchema.safeParse(JSON.parse(text));
    return line.success ? [line.data] : [];
  } catch {
    return [];
  }
}

/** @param size of the file of bytes */
function unitsOf(lines: readonly Line[], size: number): { readonly baseUs: number; readonly kept: Kept[] } {
  const kept: Kept[] = [];
  const config = { picture: Buffer.alloc(0), sound: Buffer.alloc(0) };
  let baseUs = 0;
  for (const line of lines) {
    if (line.kind === "base") baseUs = line.us;
    else if (line.kind === "config") config[line.of] = Buffer.from(line.base64, "base64");
    else if (line.kind !== "head" && line.at + line.bytes <= size)
      kept.push({ ...line, config: config[line.kind] } as Kept);
  }
  return { baseUs, kept };
}
