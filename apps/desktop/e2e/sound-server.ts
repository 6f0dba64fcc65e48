import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A sound server (PulseAudio) of a test's own, with a loudspeaker that nobody hears. */
export class SoundServer implements AsyncDisposable {
  readonly #children: ChildProcess[] = [];

  private constructor(private readonly folder: string) {}

  static async open(): Promise<SoundServer> {
    const folder = await mkdtemp(join(tmpdir(), "footlight-sound-"));
    await chmod(folder, 0o700);
    const server = new SoundServer(folder);
    const modules = ["module-native-protocol-unix auth-anonymous=1", "module-null-sink sink_name=speaker"];
    server.#spawn("pulseaudio", [
      ...["-n", "--daemonize=no", "--exit-idle-time=-1"],
      ...modules.flatMap((module) => ["-L", module]),
    ]);
    const deadline = Date.now() + 10_000;
    while (!existsSync(join(folder, "pulse/native"))) {
      if (Date.now() > deadline) throw new Error("pulseaudio did not start");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return server;
  }

  /** For programs that shall use it. */
  get env(): Readonly<Record<string, string>> {
    return { XDG_RUNTIME_DIR: this.folder };
  }

  /** Plays a tone on the loudspeaker, for as long as the server is there. */
  playTone(): void {
    const tone = ["-f", "lavfi", "-i", "sine=frequency=1000,volume=4"];
    this.#spawn("ffmpeg", [
      "-loglevel",
      "error",
      "-re",
      ...tone,
      "-f",
      "pulse",
      "-device",
      "speaker",
      "tone",
    ]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  #spawn(program: string, args: readonly string[]): void {
    const env = { ...process.env, ...this.env, HOME: this.folder };
    this.#children.push(spawn(program, args, { env, stdio: "ignore" }));
  }
}
