import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../server/src/testing/free-port.ts";

/** Debian's coturn on the loopback interface, with passwords that are made of a shared secret. */
export class TurnServer implements AsyncDisposable {
  private constructor(
    readonly url: string,
    private readonly stop: () => Promise<void>,
  ) {}

  static async start(secret: string): Promise<TurnServer> {
    const folder = await mkdtemp(join(tmpdir(), "footlight-turn-"));
    const port = await freePort();
    const child = spawn(
      "turnserver",
      [
        ...["-n", "--no-cli", "--no-tls", "--no-dtls", "--log-file=stdout", "--allow-loopback-peers"],
        ...["--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", `--listening-port=${port}`],
        ...["--use-auth-secret", `--static-auth-secret=${secret}`, "--realm=footlight.test"],
        ...[`--userdb=${join(folder, "users")}`, `--pidfile=${join(folder, "pid")}`],
      ],
      { stdio: ["ignore", "pipe", "ignore"] },
    );
    const exited = once(child, "exit");
    const stop = async () => {
      if (child.exitCode === null && child.kill("SIGKILL")) await exited;
      await rm(folder, { recursive: true, force: true });
    };
    let said = "";
    try {
      await new Promise<void>((resolve, reject) => {
        // The last that it sets up, after its listeners.
        child.stdout.on("data", (chunk: Buffer) => {
          said += chunk.toString();
          if (said.includes("DB connection success")) resolve();
        });
        exited.then(
          () => reject(new Error(`coturn ended: ${said}`)),
          (error) => reject(new Error("no turnserver on the PATH (Debian: coturn)", { cause: error })),
        );
      });
    } catch (error) {
      await stop();
      throw error;
    }
    return new TurnServer(`turn:127.0.0.1:${port}`, stop);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
