import { spawn } from "node:child_process";
import { SetupError } from "../setup/progress.mjs";

const OPEN_MS = 10_000;

/** A screen in memory (Xvfb), for a machine without one; the server chooses a free number itself. */
export class Display {
  /** @param {string} name @param {import("node:child_process").ChildProcess} server */
  constructor(name, server) {
    this.name = name;
    this.server = server;
  }

  static async open(size = "1440x900x24") {
    const server = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", size, "-nolisten", "tcp"], {
      stdio: ["ignore", "ignore", "ignore", "pipe"],
    });
    const number = await new Promise((/** @type {(number: string) => void} */ resolve, reject) => {
      const late = setTimeout(() => reject(new SetupError("Xvfb does not open a screen.")), OPEN_MS);
      server.once("error", (error) => reject(new SetupError(`Xvfb cannot be started: ${error.message}`)));
      server.once("exit", () => reject(new SetupError("Xvfb ended before it opened a screen.")));
      server.stdio[3]?.once("data", (chunk) => {
        clearTimeout(late);
        resolve(String(chunk).trim());
      });
    });
    return new Display(`:${number}`, server);
  }

  async close() {
    if (this.server.exitCode !== null || this.server.signalCode !== null) return;
    const gone = new Promise((resolve) => this.server.once("exit", resolve));
    this.server.kill("SIGTERM");
    await gone;
  }
}
