import { createHash, randomBytes } from "node:crypto";
import { access, constants, mkdir, realpath, rename, rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { StartupError } from "./startup-error.ts";

/** The longest path that a Unix socket may have on every system that we run on. */
const MAX_SOCKET_PATH = 100;

/**
 * The folder that a server keeps everything in, held by one server at a time.
 *
 * The lock is a Unix socket that its holder listens on (a named pipe on Windows): a holder that was
 * killed answers no more, so a lock is never stale, whatever became of its process id.
 */
export class DataDir implements AsyncDisposable {
  readonly path: string;
  readonly #lock: Server;

  private constructor(path: string, lock: Server) {
    this.path = path;
    this.#lock = lock;
  }

  /** Makes the folder where it is missing. Throws `StartupError` when it cannot be used or is in use. */
  static async open(configured: string): Promise<DataDir> {
    let path: string;
    try {
      await mkdir(configured, { recursive: true, mode: 0o700 });
      path = await realpath(configured);
      await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (error) {
      throw unusable(configured, error);
    }
    const address = lockAddress(path);
    try {
      return new DataDir(path, await acquire(address, configured));
    } catch (error) {
      throw error instanceof StartupError ? error : unusable(configured, error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#lock.listening) await new Promise<void>((resolve) => this.#lock.close(() => resolve()));
  }
}

function unusable(configured: string, cause: unknown): StartupError {
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
  return new StartupError(
    "data_dir_unusable",
    `The data folder ${configured} (DATA_DIR) cannot be read and written (${code}): ` +
      "give this user access to it, or set DATA_DIR to another folder.",
    { cause },
  );
}

/** A socket in the folder itself, or, where its path would be too long, one named after the folder. */
function lockAddress(path: string): string {
  const name = createHash("sha256").update(path).digest("hex").slice(0, 24);
  if (process.platform === "win32") return `\\\\.\\pipe\\footlight-${name}`;
  const inside = join(path, "server.lock");
  const short = [inside, relative(process.cwd(), inside)].find((p) => Buffer.byteLength(p) < MAX_SOCKET_PATH);
  return short ?? join(tmpdir(), `footlight-${name}.lock`);
}

async function acquire(address: string, configured: string): Promise<Server> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const server = await tryListen(address);
    if (server !== undefined) return server;
    const holder = await askHolder(address);
    if (holder !== undefined) throw inUse(configured, holder);
    // Nobody answers: its holder was killed. The rename decides between several that saw the same,
    // and a socket that one of them has bound meanwhile is put back.
    const aside = `${address}.${randomBytes(4).toString("hex")}`;
    try {
      await rename(address, aside);
    } catch {
      continue;
    }
    const newcomer = await askHolder(aside);
    if (newcomer !== undefined) {
      await rename(aside, address);
      throw inUse(configured, newcomer);
    }
    await rm(aside, { force: true });
  }
  throw inUse(configured, "?");
}

function inUse(configured: string, holder: string): StartupError {
  return new StartupError(
    "data_dir_in_use",
    `The data folder ${configured} (DATA_DIR) is used by another Footlight server (process ${holder}): ` +
      "stop that one, or set DATA_DIR to another folder.",
  );
}

/** Undefined when something is there already. */
function tryListen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((peer) => {
      peer.on("error", () => {});
      peer.end(String(process.pid));
    });
    server.unref();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => resolve(server));
  });
}

/** The process id that the holder tells; undefined when nobody listens. */
function askHolder(address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let told = "";
    const peer = connect(address);
    // A holder that is stopped or busy accepts through its kernel queue without telling its id.
    peer.setTimeout(1_000, () => {
      resolve("unknown");
      peer.destroy();
    });
    peer.on("data", (data) => {
      told += data.toString("latin1");
    });
    peer.on("error", () => resolve(undefined));
    peer.on("close", () => resolve(/^\d{1,10}$/.test(told) ? told : "unknown"));
  });
}
