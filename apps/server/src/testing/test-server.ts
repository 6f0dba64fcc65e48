import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { putDatabase } from "./database-template.ts";
import { freePort } from "./free-port.ts";
import { ENCODER_HERE, SERVER_FOLDER, serverMain } from "./server-main.ts";

const START_DEADLINE_MS = 60_000;

/**
 * The real server as a process of its own on free ports and a fresh DATA_DIR, so that tests can stop
 * it as an operator or the kernel would, and start it again on the same data.
 */
export class TestServer {
  #child: ChildProcess | undefined;
  #exited: Promise<number | NodeJS.Signals | null> = Promise.resolve(null);
  /** What it printed (stdout and stderr), newest last. */
  output = "";

  private constructor(
    readonly dataDir: string,
    readonly httpPort: number,
    readonly rtmpPort: number,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** `firstStart`: makes its database and chooses its encoder itself, which takes seconds; else it finds them. */
  static async start(
    env: Readonly<Record<string, string>> = {},
    options: { readonly firstStart?: boolean } = {},
  ): Promise<TestServer> {
    const dataDir = await mkdtemp(join(tmpdir(), "footlight-test-"));
    const embedded = env["DATABASE_URL"] === undefined;
    if (embedded && options.firstStart !== true) await putDatabase(dataDir);
    const known = options.firstStart === true ? env : { ...ENCODER_HERE, ...env };
    const server = new TestServer(dataDir, await freePort(), await freePort(), known);
    try {
      await server.startAgain();
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.httpPort}`;
  }

  get pid(): number {
    return this.#child?.pid ?? -1;
  }

  rtmpUrl(streamKey: string): string {
    return `rtmp://127.0.0.1:${this.rtmpPort}/live/${streamKey}`;
  }

  async startAgain(): Promise<void> {
    const child = spawn(process.execPath, serverMain(), {
      cwd: SERVER_FOLDER,
      // By the channel it notices when the tests were killed, and ends.
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: {
        ...process.env,
        HOST: "127.0.0.1",
        PORT: String(this.httpPort),
        RTMP_PORT: String(this.rtmpPort),
        RTC_PORT: "0",
        RTC_ANNOUNCED_ADDRESS: "127.0.0.1",
        RTC_WORKERS: "1",
        DATA_DIR: this.dataDir,
        RATE_LIMIT_PER_MINUTE: "100000",
        LOGIN_ATTEMPTS_PER_MINUTE: "1000",
        ...this.env,
      },
    });
    child.channel?.unref();
    this.#child = child;
    this.#exited = new Promise((resolve) => {
      child.once("exit", (code, signal) => resolve(code ?? signal));
    });
    const keep = (chunk: Buffer) => {
      this.output = (this.output + chunk.toString()).slice(-200_000);
    };
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);
    await this.#ready(child);
  }

  /** Sends a signal and waits for the end; the exit code, or the signal that killed it. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | NodeJS.Signals | null> {
    this.#child?.kill(signal);
    return this.#exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child?.exitCode === null && this.#child.signalCode === null) {
      const deadline = setTimeout(() => this.#child?.kill("SIGKILL"), 12_000);
      await this.stop();
      clearTimeout(deadline);
    }
    await rm(this.dataDir, { recursive: true, force: true, maxRetries: 5 });
  }

  async #ready(child: ChildProcess): Promise<void> {
    const deadline = Date.now() + START_DEADLINE_MS;
    while (Date.now() < deadline) {
      if (child.exitCode !== null)
        throw new Error(`the server ended with ${child.exitCode}:\n${this.output}`);
      const answer = await fetch(`${this.url}/readyz`).catch(() => undefined);
      if (answer?.status === 200) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`the server was not ready in ${START_DEADLINE_MS} ms:\n${this.output}`);
  }
}
