import { type ChildProcess, spawn } from "node:child_process";

/** A screen in memory (Xvfb) of a test's own; it chooses a free number itself. */
export class Display implements AsyncDisposable {
  private constructor(
    readonly name: string,
    private readonly server: ChildProcess,
  ) {}

  static async open(size = "1440x900x24"): Promise<Display> {
    const server = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", size, "-nolisten", "tcp"], {
      stdio: ["ignore", "ignore", "ignore", "pipe"],
    });
    const number = await new Promise<string>((resolve, reject) => {
      server.once("error", reject);
      server.once("exit", (code) => reject(new Error(`Xvfb ended with ${code}`)));
      server.stdio[3]?.once("data", (chunk: Buffer) => resolve(chunk.toString().trim()));
    });
    return new Display(`:${number}`, server);
  }

  get pid(): number {
    return this.server.pid ?? -1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.server.exitCode !== null || this.server.signalCode !== null) return;
    const gone = new Promise((resolve) => this.server.once("exit", resolve));
    this.server.kill("SIGTERM");
    await gone;
  }
}
