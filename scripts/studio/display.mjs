import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { SetupError } from "../setup/progress.mjs";

const OPEN_MS = 10_000;
/** Far from the low numbers, which belong to screens that people sit at. */
const FIRST = 90;
const LAST = 190;

/** A screen in memory (Xvfb), for a machine without one. */
export class Display {
  /** @param {string} name @param {import("node:child_process").ChildProcess} server */
  constructor(name, server) {
    this.name = name;
    this.server = server;
  }

  /** Whoever opens it closes it: no Ctrl-C of a terminal does. */
  static async open(size = "1440x900x24") {
    for (let number = FIRST; number <= LAST; number++) {
      if (existsSync(`/tmp/.X11-unix/X${number}`) || existsSync(`/tmp/.X${number}-lock`)) continue;
      const server = await serve(`:${number}`, size);
      if (server !== undefined) return new Display(`:${number}`, server);
    }
    throw new SetupError(`Xvfb opens no screen from :${FIRST} to :${LAST}.`);
  }

  async close() {
    if (this.server.exitCode !== null || this.server.signalCode !== null) return;
    const gone = new Promise((resolve) => this.server.once("exit", resolve));
    this.server.kill("SIGTERM");
    await gone;
  }
}

/**
 * In a process group of its own, because a terminal's Ctrl-C goes to all of its group, and the studio needs its
 * screen until its end. Undefined: somebody else was quicker to take that number.
 * @param {string} name @param {string} size
 * @returns {Promise<import("node:child_process").ChildProcess | undefined>}
 */
function serve(name, size) {
  const server = spawn("Xvfb", [name, "-displayfd", "3", "-screen", "0", size, "-nolisten", "tcp"], {
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      server.kill("SIGKILL");
      reject(new SetupError("Xvfb does not open a screen."));
    }, OPEN_MS);
    server.once("error", (error) => {
      clearTimeout(late);
      reject(new SetupError(`Xvfb cannot be started: ${error.message}`));
    });
    server.once("exit", () => {
      clearTimeout(late);
      resolve(undefined);
    });
    server.stdio[3]?.once("data", () => {
      clearTimeout(late);
      resolve(server);
    });
  });
}
