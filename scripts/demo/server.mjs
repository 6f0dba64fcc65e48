import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { root, serverMain } from "../setup/paths.mjs";
import { SetupError } from "../setup/progress.mjs";

const READY_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 11_000;

/** The real server as a child: its log in a file, its end when ours comes (its IPC channel closes). */
export class DemoServer {
  /** @param {{ dataDir: string, env: NodeJS.ProcessEnv, url: string }} options */
  constructor({ dataDir, env, url }) {
    this.url = url;
    this.logFile = join(dataDir, "demo-server.log");
    this.complaint = "";
    this.child = spawn(process.execPath, ["--enable-source-maps", serverMain], {
      cwd: root,
      env: { LOG_LEVEL: "info", ...env, DATA_DIR: dataDir },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      detached: true,
    });
    const log = createWriteStream(this.logFile, { mode: 0o600, flags: "a" });
    this.child.stdout?.pipe(log);
    this.child.stderr?.on("data", (chunk) => {
      this.complaint = (this.complaint + chunk).slice(-4_000);
    });
    // Said by the server itself: on a taken port somebody else's would answer for it.
    this.listening = false;
    this.child.once("message", () => {
      this.listening = true;
    });
    this.gone = new Promise((/** @type {(code: number | string) => void} */ resolve) => {
      this.child.once("close", (code, signal) => resolve(signal ?? code ?? 1));
    });
  }

  /** @param {AbortSignal} signal */
  async ready(signal) {
    const deadline = Date.now() + READY_DEADLINE_MS;
    let ended = false;
    void this.gone.then(() => {
      ended = true;
    });
    while (!signal.aborted) {
      if (ended) throw new SetupError(this.complaint.trim() || `The server ended; its log: ${this.logFile}`);
      const answer = this.listening ? await fetch(`${this.url}/readyz`).catch(() => undefined) : undefined;
      if (answer?.status === 200 && !ended) return;
      if (Date.now() > deadline) {
        throw new SetupError(
          `The server was not ready in ${READY_DEADLINE_MS / 1_000} s: ${await answer?.text()}; its log: ${this.logFile}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async stop() {
    this.child.kill("SIGTERM");
    const hard = setTimeout(() => this.child.kill("SIGKILL"), STOP_DEADLINE_MS);
    await this.gone;
    clearTimeout(hard);
  }
}
