import { type ChildProcess as NodeChild, spawn as nodeSpawn, type SpawnOptions } from "node:child_process";
import type { Readable, Writable } from "node:stream";

/** The part of node:child_process that is injected, so that tests own it. */
export type Spawn = (command: string, args: readonly string[], options: SpawnOptions) => NodeChild;

export const systemSpawn: Spawn = (command, args, options) => nodeSpawn(command, [...args], options);

export interface ChildExit {
  /** Undefined when a signal ended it or it never started. */
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  /** It could not be started (`ENOENT`, `EACCES`, …). */
  readonly spawnError: Error | undefined;
  /** The last lines that it wrote to stderr. */
  readonly stderr: string;
}

/** How long each step of the ladder waits for the end before the next. */
export interface StopLadder {
  readonly eofMs: number;
  readonly termMs: number;
}

const STDERR_BYTES = 8 * 1024;

/**
 * One spawn, which ends once. An argument array, never a shell; a process group of its own, so that
 * what it starts goes with it and a Ctrl-C in our terminal does not; media over pipes, so that our
 * death is its end of file.
 */
export class ChildProcess {
  /** Settles when the process is gone and all of its pipes are read out. Never rejects. */
  readonly exited: Promise<ChildExit>;
  readonly pid: number | undefined;
  readonly stdin: Writable;
  /** The extra pipes, fd 3 first. */
  readonly pipes: readonly Readable[];
  readonly #child: NodeChild;
  #stderr = "";
  #over = false;

  constructor(
    command: string,
    args: readonly string[],
    options: { readonly pipes: number; readonly spawn?: Spawn },
  ) {
    const spawn = options.spawn ?? systemSpawn;
    const extra = Array.from({ length: options.pipes }, () => "pipe" as const);
    this.#child = spawn(command, args, {
      stdio: ["pipe", "ignore", "pipe", ...extra],
      detached: true,
      windowsHide: true,
    });
    this.pid = this.#child.pid;
    this.stdin = required(this.#child.stdin);
    // EPIPE tells nothing that the exit does not; unhandled, it would end the server.
    this.stdin.on("error", () => {});
    this.pipes = this.#child.stdio.slice(3).map((pipe) => required(pipe as Readable | null));
    for (const pipe of this.pipes) pipe.on("error", () => {});
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_BYTES);
    });
    this.exited = new Promise((resolve) => {
      const settle = (exit: Omit<ChildExit, "stderr">): void => {
        this.#over = true;
        resolve({ ...exit, stderr: this.#stderr });
      };
      this.#child.on("error", (spawnError) => {
        if (this.pid === undefined) settle({ code: undefined, signal: undefined, spawnError });
      });
      this.#child.on("close", (code, signal) => {
        settle({ code: code ?? undefined, signal: signal ?? undefined, spawnError: undefined });
      });
    });
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** End of input, then SIGTERM, then SIGKILL, each when the one before has not helped in time. */
  async stop(ladder: StopLadder): Promise<ChildExit> {
    this.stdin.end();
    if (!(await this.#endsWithin(ladder.eofMs))) {
      this.kill("SIGTERM");
      if (!(await this.#endsWithin(ladder.termMs))) this.kill("SIGKILL");
    }
    return this.exited;
  }

  /** To the whole group. */
  kill(signal: NodeJS.Signals): void {
    if (this.#over || this.pid === undefined) return;
    try {
      process.kill(-this.pid, signal);
    } catch {
      // Gone in this moment: `close` is on its way.
    }
  }

  async #endsWithin(ms: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), ms);
    });
    const ended = this.exited.then(() => true);
    return Promise.race([ended, late]).finally(() => clearTimeout(timer));
  }
}

function required<T>(pipe: T | null | undefined): T {
  if (pipe === null || pipe === undefined) throw new Error("the child was spawned without its pipes");
  return pipe;
}
