import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { until } from "../src/testing/werift-peer.ts";

const STACKS = fileURLToPath(new URL("stacks", import.meta.url));
/** Debian's own has what Debian's packages bring; another one may be first on the PATH. */
const PYTHON = existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
const WAIT_MS = 30_000;

/** Firefox has no candidates on the loopback interface. */
export function ownAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "127.0.0.1";
}

/** A foreign stack in a process of its own, which prints what happens to it. */
export class StackPeer {
  readonly #lines: string[] = [];
  readonly #exited: Promise<unknown>;
  #errors = "";

  private constructor(private readonly child: ChildProcess) {
    this.#exited = once(child, "exit");
    if (child.stdout !== null) createInterface(child.stdout).on("line", (line) => this.#lines.push(line));
    child.stderr?.on("data", (chunk: Buffer) => {
      this.#errors = (this.#errors + chunk.toString()).slice(-4_000);
    });
    // It may have ended before it is told to.
    child.stdin?.on("error", () => {});
  }

  /** `url`: of WHEP, or with a key of WHIP. */
  static start(stack: "aiortc" | "gstreamer", url: string, key?: string): StackPeer {
    const args = [join(STACKS, `${stack}_peer.py`), url, ...(key === undefined ? [] : [key])];
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
    return new StackPeer(spawn(PYTHON, args, { stdio: ["pipe", "pipe", "pipe"], env }));
  }

  async says(line: string): Promise<void> {
    await until(
      () => {
        if (this.#lines.includes(line)) return true;
        if (this.child.exitCode === null) return false;
        throw new Error(`it ended without "${line}": ${this.#lines.join(", ")}\n${this.#errors}`);
      },
      line,
      WAIT_MS,
    ).catch((error: unknown) => {
      throw new Error(`${error} ${this.#lines.join(", ")}\n${this.#errors}`);
    });
  }

  /** Ends its session by DELETE, and itself. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.child.stdin?.end();
    const deadline = setTimeout(() => this.child.kill("SIGKILL"), 5_000);
    await this.#exited;
    clearTimeout(deadline);
  }
}

const PREFERENCES = {
  "media.navigator.streams.fake": true,
  "media.navigator.permission.disabled": true,
  "media.autoplay.default": 0,
  "media.peerconnection.ice.obfuscate_host_addresses": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "app.update.enabled": false,
  // What it would fetch is not there in a test, and comes late where it is.
  "media.gmp-manager.updateEnabled": false,
};

/** `stacks/firefox.html` in a Firefox of its own, and what the page says. */
export class FirefoxPage {
  private constructor(
    private readonly child: ChildProcess,
    private readonly server: Server,
    private readonly profile: string,
    private readonly lines: readonly string[],
  ) {}

  static async open(query: Readonly<Record<string, string>>): Promise<FirefoxPage> {
    const lines: string[] = [];
    const page = await readFile(join(STACKS, "firefox.html"));
    const server = createServer((request, response) => {
      if (request.method !== "POST") {
        response.setHeader("content-type", "text/html").end(page);
        return;
      }
      let text = "";
      request.on("data", (chunk) => {
        text += chunk;
      });
      request.on("end", () => {
        lines.push(text);
        response.end();
      });
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const profile = await mkdtemp(join(tmpdir(), "footlight-firefox-"));
    const preferences = Object.entries(PREFERENCES).map(
      ([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});\n`,
    );
    await writeFile(join(profile, "user.js"), preferences.join(""));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/?${new URLSearchParams(query)}`;
    const child = spawn("firefox-esr", ["--headless", "--no-remote", "--profile", profile, url], {
      stdio: "ignore",
      // Its own HOME too: it refuses root a home that is another's.
      env: { ...process.env, HOME: profile },
    });
    return new FirefoxPage(child, server, profile, lines);
  }

  async says(line: string): Promise<void> {
    const failure = () => this.lines.find((said) => said.startsWith("failed"));
    await until(() => this.lines.includes(line) || failure() !== undefined, `Firefox: ${line}`, WAIT_MS);
    const failed = failure();
    if (failed !== undefined) throw new Error(`Firefox ${failed}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.child, "exit");
    this.child.kill();
    const deadline = setTimeout(() => this.child.kill("SIGKILL"), 5_000);
    if (this.child.exitCode === null) await exited;
    clearTimeout(deadline);
    this.server.closeAllConnections();
    this.server.close();
    await rm(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
