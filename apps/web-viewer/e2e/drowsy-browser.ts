import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { CHROMIUM, CHROMIUM_ARGS } from "./chromium.ts";

/**
 * Chromium as people have it, which lets hidden tabs doze. Whoever drives tabs by Playwright keeps them awake
 * (by its flags, and by an emulated focus for as long as it is connected), so it is let go of in between.
 */
export class DrowsyBrowser {
  #browser: Browser | undefined;

  private constructor(
    private readonly child: ChildProcess,
    private readonly profile: string,
    private readonly endpoint: URL,
  ) {}

  static async launch(): Promise<DrowsyBrowser> {
    const profile = await mkdtemp(join(tmpdir(), "footlight-chromium-"));
    const own = ["--headless", "--remote-debugging-port=0", `--user-data-dir=${profile}`, "about:blank"];
    const child = spawn(CHROMIUM, [...CHROMIUM_ARGS, ...own], { stdio: ["ignore", "ignore", "pipe"] });
    const endpoint = await new Promise<URL>((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`Chromium ended with ${code}`)));
      child.stderr?.on("data", (chunk: Buffer) => {
        const url = /DevTools listening on (ws:\S+)/.exec(String(chunk))?.[1];
        if (url !== undefined) resolve(new URL(url));
      });
    });
    const browser = new DrowsyBrowser(child, profile, endpoint);
    await browser.#connect();
    return browser;
  }

  get context(): BrowserContext {
    const [context] = this.#browser?.contexts() ?? [];
    if (context === undefined) throw new Error("the browser is left to itself now");
    return context;
  }

  /** Hides the page behind another tab and does something meanwhile; resolves with how the page slept. */
  async whileHidden(page: Page, work: () => Promise<void>): Promise<Sleep> {
    const url = page.url();
    await page.evaluate(logSleep);
    await this.#browser?.close();
    this.#browser = undefined;
    await fetch(`http://${this.endpoint.host}/json/new?about:blank`, { method: "PUT" });
    await work();
    await this.#connect();
    const again = this.context.pages().find((one) => one.url() === url);
    if (again === undefined) throw new Error(`no tab at ${url} any more`);
    return await again.evaluate(() => (globalThis as unknown as { sleep: Sleep }).sleep);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill();
    if (this.child.exitCode === null && this.child.signalCode === null) await exited;
    await rm(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }

  async #connect(): Promise<void> {
    this.#browser = await chromium.connectOverCDP(this.endpoint.href);
    await this.context.addInitScript("globalThis.__name ??= (target) => target");
  }
}

export interface Sleep {
  hiddenMs: number;
  /** Animation frames that the page got while it was hidden. */
  drawn: number;
}

function logSleep(): void {
  const sleep: Sleep = { hiddenMs: 0, drawn: 0 };
  let sinceMs = 0;
  const draw = () => {
    if (document.visibilityState === "hidden") sleep.drawn += 1;
    requestAnimationFrame(draw);
  };
  requestAnimationFrame(draw);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") sinceMs = performance.now();
    else sleep.hiddenMs += performance.now() - sinceMs;
  });
  Object.assign(globalThis, { sleep });
}
