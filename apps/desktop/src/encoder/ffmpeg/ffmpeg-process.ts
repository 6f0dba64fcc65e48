import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";

export interface FfmpegExit {
  readonly code: number | null;
  /** Its last words, and why it could not be started. */
  readonly words: string;
}

const WORDS_BYTES = 4 * 1024;
const EOF_MS = 2_000;
const TERM_MS = 1_000;

/**
 * One ffmpeg that reads stdin and writes stdout, and ends once. A process group of its own, so that what it starts
 * goes with it; media over pipes, so that our death is its end of file.
 */
export class FfmpegProcess {
  /** Settles when it is gone and its output is read out. Never rejects. */
  readonly exited: Promise<FfmpegExit>;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  #words = "";

  constructor(path: string, args: readonly string[], onData: (data: Buffer) => void) {
    this.#child = spawn(path, ["-hide_banner", "-loglevel", "warning", "-nostdin", ...args], {
      stdio: ["pipe", "pipe", "pipe"],
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    // EPIPE tells nothing that the exit does not.
    this.#child.stdin.on("error", () => {});
    this.#child.stdout.on("data", onData);
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#words = (this.#words + text).slice(-WORDS_BYTES);
    });
    this.exited = new Promise((resolve) => {
      this.#child.on("error", (error) => {
        if (this.#child.pid === undefined) resolve({ code: null, words: error.message });
      });
      this.#child.on("close", (code) => resolve({ code, words: this.#words.trim() }));
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Bytes that it has not taken yet. */
  get unreadBytes(): number {
    return this.#child.stdin.writableLength;
  }

  /** `onTaken` when the bytes have left us, or can no longer. */
  write(bytes: Uint8Array, onTaken?: () => void): void {
    if (this.#child.stdin.writable) this.#child.stdin.write(bytes, () => onTaken?.());
    else onTaken?.();
  }

  /** No more input; what is under way comes out, bounded in time. */
  async end(): Promise<FfmpegExit> {
    this.#child.stdin.end();
    const term = setTimeout(() => this.kill("SIGTERM"), EOF_MS);
    const kill = setTimeout(() => this.kill("SIGKILL"), EOF_MS + TERM_MS);
    const exit = await this.exited;
    clearTimeout(term);
    clearTimeout(kill);
    return exit;
  }

  /** To the whole group. */
  kill(signal: NodeJS.Signals): void {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    try {
      if (process.platform === "win32") this.#child.kill(signal);
      else process.kill(-pid, signal);
    } catch {
      // Gone in this moment.
    }
  }
}
