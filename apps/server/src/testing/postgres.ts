import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { freePort } from "./free-port.ts";

const run = promisify(execFile);
const VERSIONS = "/usr/lib/postgresql";

/** A real PostgreSQL server in a temporary folder on a free port, gone with its disposal. */
export class TestPostgres implements AsyncDisposable {
  #databases = 0;

  private constructor(
    private readonly folder: string,
    private readonly process: ChildProcess,
    private readonly port: number,
  ) {}

  static async start(): Promise<TestPostgres> {
    const binaries = await newestBinaries();
    const folder = await mkdtemp(path.join(tmpdir(), "footlight-pg-"));
    const data = path.join(folder, "data");
    const identity = await postgresUser();
    await mkdir(data);
    await chmod(data, 0o700);
    if (identity !== undefined) {
      await chown(folder, identity.uid, identity.gid);
      await chown(data, identity.uid, identity.gid);
    }
    const as = {
      ...identity,
      cwd: folder,
      env: { PATH: process.env["PATH"], LC_ALL: "C.UTF-8", HOME: folder },
    };
    await run(
      path.join(binaries, "initdb"),
      ["-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8"],
      as,
    );
    const port = await freePort();
    const settings = {
      listen_addresses: "127.0.0.1",
      port,
      unix_socket_directories: folder,
      fsync: "off",
      synchronous_commit: "off",
      full_page_writes: "off",
      max_connections: 60,
      // Far from UTC on purpose: nothing may depend on the server's zone.
      TimeZone: "Pacific/Auckland",
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const server = spawn(path.join(binaries, "postgres"), ["-D", data, ...flags], { ...as, stdio: "ignore" });
    const postgres = new TestPostgres(folder, server, port);
    try {
      await postgres.#answers();
    } catch (error) {
      await postgres[Symbol.asyncDispose]();
      throw error;
    }
    return postgres;
  }

  /** The address of a new, empty database. */
  async createDatabase(): Promise<string> {
    const name = `test_${++this.#databases}`;
    const client = new pg.Client({ connectionString: this.#url("postgres") });
    await client.connect();
    try {
      await client.query(`CREATE DATABASE ${name}`);
    } finally {
      await client.end();
    }
    return this.#url(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const gone = once(this.process, "exit");
      // "Immediate": nobody misses what is lost.
      this.process.kill("SIGQUIT");
      await gone;
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  #url(database: string): string {
    return `postgresql://postgres@127.0.0.1:${this.port}/${database}`;
  }

  async #answers(): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (this.process.exitCode === null && Date.now() < deadline) {
      const client = new pg.Client({ connectionString: this.#url("postgres") });
      try {
        await client.connect();
        await client.end();
        return;
      } catch {
        await delay(50);
      }
    }
    throw new Error("the test's PostgreSQL did not start");
  }
}

async function newestBinaries(): Promise<string> {
  const versions = await readdir(VERSIONS).catch(() => []);
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  if (newest === undefined) throw new Error("PostgreSQL is missing: apt-get install postgresql");
  return path.join(VERSIONS, newest, "bin");
}

/** PostgreSQL refuses to run as root. */
async function postgresUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all(
    ["-u", "-g"].map(async (flag) => Number((await run("id", [flag, "postgres"])).stdout)),
  );
  if (uid === undefined || gid === undefined) throw new Error("there is no user postgres");
  return { uid, gid };
}
