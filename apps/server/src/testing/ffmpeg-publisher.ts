import { type ChildProcess, spawn } from "node:child_process";

/** A generated source, described by ffmpeg's own arguments; published in real time by a real ffmpeg. */
export interface Shape {
  readonly name: string;
  /** Inputs and encoders, up to the output. */
  readonly args: readonly string[];
}

/** One ffmpeg that publishes until it is stopped, killed or its input ends. */
export class FfmpegPublisher {
  readonly exited: Promise<number | null>;
  stderr = "";

  private constructor(private readonly child: ChildProcess) {
    this.exited = new Promise((resolve) => {
      child.once("exit", (code) => resolve(code));
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      this.stderr = (this.stderr + chunk.toString()).slice(-8_000);
    });
  }

  static start(ffmpegPath: string, args: readonly string[], url: string): FfmpegPublisher {
    const all = ["-hide_banner", "-loglevel", "info", "-nostats", ...args, "-f", "flv", url];
    return new FfmpegPublisher(spawn(ffmpegPath, all, { stdio: ["pipe", "ignore", "pipe"] }));
  }

  /** A pulled cable: no goodbye, though the kernel closes the socket. */
  kill(): Promise<number | null> {
    this.child.kill("SIGKILL");
    return this.exited;
  }

  /** `q`: the encoder unpublishes and leaves. */
  async stop(): Promise<number | null> {
    this.child.stdin?.on("error", () => {});
    this.child.stdin?.end("q");
    const deadline = setTimeout(() => this.child.kill("SIGKILL"), 4_000);
    const code = await this.exited;
    clearTimeout(deadline);
    return code;
  }

  /** Goes on living and holding its connection, but sends nothing. */
  freeze(): void {
    this.child.kill("SIGSTOP");
  }
}
