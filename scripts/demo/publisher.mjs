import { spawn } from "node:child_process";
import { pictureArguments } from "./picture.mjs";

/**
 * Waits before a new try. Long enough for the grace to pass, so that the demo does not fight an
 * encoder that has taken its place, and returns when that one leaves.
 */
const RETRY_MS = 5_000;

/** Keeps the generated picture published until it is stopped; may be paused for another encoder. */
export class Publisher {
  /** @param {{ ffmpeg: string, url: string }} options */
  constructor({ ffmpeg, url }) {
    this.ffmpeg = ffmpeg;
    this.url = url;
    this.wanted = false;
    /** @type {import("node:child_process").ChildProcess | undefined} */
    this.child = undefined;
    /** @type {NodeJS.Timeout | undefined} */
    this.timer = undefined;
    this.lastWords = "";
  }

  start() {
    this.wanted = true;
    if (this.child === undefined) this.#spawn();
  }

  /** Resolves when ffmpeg is gone. */
  async stop() {
    this.wanted = false;
    clearTimeout(this.timer);
    const child = this.child;
    if (child === undefined) return;
    const gone = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGTERM");
    const hard = setTimeout(() => child.kill("SIGKILL"), 2_000);
    await gone;
    clearTimeout(hard);
  }

  #spawn() {
    clearTimeout(this.timer);
    // A group of its own: Ctrl-C reaches the demo alone, which stops things in order.
    const child = spawn(this.ffmpeg, pictureArguments(this.url), {
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
    });
    this.child = child;
    child.stderr?.on("data", (chunk) => {
      this.lastWords = (this.lastWords + chunk).slice(-2_000);
    });
    child.on("error", (error) => {
      this.lastWords = error.message;
    });
    child.once("close", (code, signal) => {
      this.child = undefined;
      this.lastWords += `ffmpeg ended with ${signal ?? code}\n`;
      if (this.wanted) this.timer = setTimeout(() => this.#spawn(), RETRY_MS);
    });
  }
}
