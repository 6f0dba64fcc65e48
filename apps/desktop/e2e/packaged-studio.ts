import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import { Display } from "./display.ts";

export const RELEASE = fileURLToPath(new URL("../release", import.meta.url));
export const UNPACKED = join(RELEASE, "linux-unpacked");
export const PROGRAM = join(UNPACKED, "footlight-studio");

/** The studio as people get it, on a screen and a profile of its own. Its fuses let no inspector in: it is seen by Chromium's port. */
export class PackagedStudio implements AsyncDisposable {
  output = "";

  private constructor(
    readonly profile: string,
    readonly child: ChildProcess,
    private readonly display: Display,
  ) {
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => {
        this.output = (this.output + chunk.toString()).slice(-100_000);
      });
  }

  static async start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const display = await Display.open();
    const profile = await mkdtemp(join(tmpdir(), "footlight-packaged-"));
    const own = [
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--remote-debugging-port=0",
      `--user-data-dir=${profile}`,
    ];
    const child = spawn(PROGRAM, [...own, ...args], {
      // Nothing of this machine's is on its path: it has what it needs, or it has not.
      env: {
        HOME: profile,
        PATH: "/nowhere",
        DISPLAY: display.name,
        FOOTLIGHT_VIRTUAL_SCREEN: "1",
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return new PackagedStudio(profile, child, display);
  }

  /** Its window's page, over Chromium's own port. */
  async window(): Promise<{ readonly page: Page; readonly browser: Browser }> {
    const port = async () =>
      Number(
        (await readFile(join(this.profile, "DevToolsActivePort"), "utf8").catch(() => "")).split("\n")[0],
      );
    await expect.poll(port, { timeout: 20_000, message: this.output }).toBeGreaterThan(0);
    const browser = await chromium.connectOverCDP(`http://127.0.0.1:${await port()}`);
    const find = () =>
      browser
        .contexts()
        .flatMap((context) => context.pages())
        .find((page) => page.url() === "app://studio/control.html");
    await expect.poll(find, { timeout: 20_000 }).toBeDefined();
    return { page: find() as Page, browser };
  }

  /** The programs that its processes have started, and are. */
  async programs(): Promise<string[]> {
    const all = await Promise.all(
      (await readdir("/proc")).filter(Number).map(async (pid) => {
        const [, parent = ""] =
          /\) \S (\d+)/.exec(await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "")) ?? [];
        return { pid, parent, program: await readlink(`/proc/${pid}/exe`).catch(() => "") };
      }),
    );
    const ours = new Set([String(this.child.pid)]);
    for (let before = 0; before !== ours.size; ) {
      before = ours.size;
      for (const { pid, parent } of all) if (ours.has(parent)) ours.add(pid);
    }
    return all.filter(({ pid }) => ours.has(pid)).map(({ program }) => program);
  }

  log(): Promise<string> {
    return readFile(join(this.profile, "logs/studio.log"), "utf8").catch(() => "");
  }

  /** As its person does by closing the window, or the system by a signal. */
  async close(): Promise<void> {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    const late = setTimeout(() => child.kill("SIGKILL"), 15_000);
    child.kill("SIGTERM");
    await gone;
    clearTimeout(late);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    await this.display[Symbol.asyncDispose]();
    await rm(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
