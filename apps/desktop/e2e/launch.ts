import { type ChildProcess, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { _electron, type ElectronApplication, type Page } from "playwright-core";
import type { CallInput, CallOutput, StudioBridge, StudioCall } from "../src/contract/studio-calls.ts";
import type { StudioTopic, TopicSnapshot } from "../src/contract/studio-topics.ts";
import { Display } from "./display.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const APP = fileURLToPath(new URL("..", import.meta.url));
const DEADLINE_MS = 20_000;

declare global {
  interface Window {
    /** As the control window's preload shows it. */
    readonly studio: StudioBridge;
  }
}

/** The program that set-up has put into the user's cache. */
export function electronProgram(): string {
  const find =
    'import("./scripts/setup/electron.mjs").then((it) => console.log(it.findElectron()?.program ?? ""))';
  const program = execFileSync(process.execPath, ["-e", find], { cwd: ROOT, encoding: "utf8" }).trim();
  if (program === "" || !existsSync(join(APP, "dist/pages/control.html")))
    throw new Error("The studio is not built: run `node scripts/setup.mjs --for studio`.");
  return program;
}

export interface LaunchOptions {
  /** A profile of an earlier launch; without one it is fresh, and goes with the studio. */
  readonly profile?: string;
  readonly args?: readonly string[];
  /** On top of the test's own. */
  readonly env?: Readonly<Record<string, string>>;
  readonly display?: Display;
  /** The machine's own instead of made-up ones, with which Chromium takes nobody else's sound. */
  readonly realDevices?: boolean;
}

/** The real studio on a screen of its own, with a profile of its own. */
export class Studio implements AsyncDisposable {
  private constructor(
    readonly app: ElectronApplication,
    /** The control window's. */
    public page: Page,
    readonly profile: string,
    /** The screen's name (`:90`). */
    readonly display: string,
    /** Electron's main process. */
    readonly child: ChildProcess,
    private readonly printed: Printed,
    private readonly release: () => Promise<void>,
  ) {}

  /** What main printed. */
  get output(): string {
    return this.printed.text;
  }

  /** With a fresh profile the first run is over (as `--server` has it), unless the arguments are given. */
  static async launch(options: LaunchOptions = {}): Promise<Studio> {
    const display = options.display ?? (await Display.open());
    const profile = options.profile ?? (await mkdtemp(join(tmpdir(), "footlight-studio-")));
    const release = async () => {
      if (options.display === undefined) await display[Symbol.asyncDispose]();
      if (options.profile === undefined) await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    };
    let app: ElectronApplication | undefined;
    let printed: Printed | undefined;
    try {
      app = await _electron.launch({
        executablePath: electronProgram(),
        // Chromium refuses to sandbox what root starts; cameras and microphones are made up.
        args: [
          ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
          ...(options.realDevices === true
            ? []
            : ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]),
          APP,
          `--user-data-dir=${profile}`,
          ...(options.args ?? ["--server=http://127.0.0.1:9"]),
        ],
        env: {
          ...cleanEnvironment(),
          DISPLAY: display.name,
          FOOTLIGHT_VIRTUAL_SCREEN: "1",
          // Its person's folders are the profile's, too: nothing is recorded among somebody's own videos.
          HOME: profile,
          ...options.env,
        },
      });
      printed = new Printed(app);
      const page = await pageNamed(app, "control");
      await page.waitForLoadState("load");
      return new Studio(app, page, profile, display.name, app.process(), printed, release);
    } catch (error) {
      app?.process().kill("SIGKILL");
      await release();
      throw new Error(`the studio did not open; it printed:\n${printed?.text ?? ""}`, { cause: error });
    }
  }

  /** After a crash the control window is another one. */
  async findPage(): Promise<void> {
    this.page = await pageNamed(this.app, "control", this.page);
    await this.page.waitForLoadState("load");
  }

  /** The engine's hidden page; after a crash it is another one. */
  engine(): Promise<Page> {
    return pageNamed(this.app, "engine");
  }

  /** A call of the contract, as the control window makes it. */
  call<C extends StudioCall>(name: C, input: CallInput<C>): Promise<CallOutput<C>> {
    const ask = ({ call, value }: { call: string; value: unknown }) =>
      window.studio.call(call as StudioCall, value as never);
    return this.page.evaluate(ask, { call: name, value: input as unknown }) as Promise<CallOutput<C>>;
  }

  /** The newest snapshot of a topic, once there is one. */
  topic<T extends StudioTopic>(topic: T): Promise<TopicSnapshot<T>> {
    return this.page.evaluate(
      (name) =>
        new Promise<unknown>((resolve) => {
          let off: (() => void) | undefined;
          let isDone = false;
          off = window.studio.on(name, (snapshot) => {
            isDone = true;
            off?.();
            resolve(snapshot);
          });
          if (isDone) off();
        }),
      topic,
    ) as Promise<TopicSnapshot<T>>;
  }

  /** Waits until a topic is as wanted, and gives it. */
  async until<T extends StudioTopic>(
    topic: T,
    wanted: (snapshot: TopicSnapshot<T>) => boolean,
    deadlineMs = DEADLINE_MS,
  ): Promise<TopicSnapshot<T>> {
    const deadline = Date.now() + deadlineMs;
    for (;;) {
      const snapshot = await this.topic(topic);
      if (wanted(snapshot)) return snapshot;
      if (Date.now() > deadline)
        throw new Error(
          `${topic} did not become as wanted: ${JSON.stringify(snapshot)}\n${this.output.slice(-4_000)}`,
        );
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  readProfile(file: string): Promise<string> {
    return readFile(join(this.profile, file), "utf8");
  }

  /** Ends it as its person does who closes the window; the profile stays until it is disposed. */
  async close(): Promise<void> {
    const gone = this.app.waitForEvent("close");
    await this.app.evaluate(({ app }) => app.quit()).catch(() => undefined);
    await gone;
  }

  /** Ends it as the system does, also on air, where a person would be asked. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { child } = this;
    if (child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
      child.kill("SIGTERM");
      await gone;
      clearTimeout(late);
    }
    await this.release();
  }
}

class Printed {
  text = "";

  constructor(app: ElectronApplication) {
    for (const stream of [app.process().stdout, app.process().stderr])
      stream?.on("data", (chunk: Buffer) => {
        // Chromium looks for a desktop's bus, which no test has.
        const said = chunk.toString().replaceAll(/^.*:bus\.cc\(.*\n/gm, "");
        this.text = (this.text + said).slice(-100_000);
      });
  }
}

/** Electron takes some of the test runner's variables for its own. */
function cleanEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && !/^(NODE_OPTIONS|ELECTRON_|VITEST|DISPLAY|WAYLAND_)/.test(name),
  );
  return Object.fromEntries(kept) as Record<string, string>;
}

async function pageNamed(app: ElectronApplication, name: string, but?: Page): Promise<Page> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const isIt = (page: Page) => page !== but && !page.isClosed() && page.url().endsWith(`/${name}.html`);
    const page = app.windows().find(isIt);
    if (page !== undefined) return page;
    if (Date.now() > deadline) throw new Error(`no page ${name} opened`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
