import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../src/testing/free-port.ts";

const CONFIG = fileURLToPath(new URL("../../../deploy/nginx/footlight.conf", import.meta.url));

/** Debian's nginx with the configuration that is shipped, on a free port and in a folder of its own. */
export class Nginx implements AsyncDisposable {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    readonly port: number,
    private readonly exited: Promise<void>,
  ) {}

  /** `edit`: changes the shipped text further, to try what it would be otherwise. */
  static async start(
    upstreams: { readonly server: number; readonly edge: number },
    edit: (text: string) => string = (text) => text,
  ): Promise<Nginx> {
    const folder = await mkdtemp(join(tmpdir(), "footlight-nginx-"));
    const port = await freePort();
    const shipped = await readFile(CONFIG, "utf8");
    const here = replaceAll(shipped, [
      ["listen 80;", `listen 127.0.0.1:${port};`],
      ["server 127.0.0.1:8080;", `server 127.0.0.1:${upstreams.server};`],
      ["server 127.0.0.1:8090;", `server 127.0.0.1:${upstreams.edge};`],
      ["/var/cache/nginx/footlight", join(folder, "cache")],
    ]);
    await writeFile(join(folder, "site.conf"), edit(here));
    await writeFile(join(folder, "nginx.conf"), mainConfig(folder));
    await mkdir(join(folder, "temp"));
    await chmod(folder, 0o755);
    const child = spawn(
      "nginx",
      ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", join(folder, "error.log")],
      {
        stdio: ["ignore", "ignore", "pipe"],
        env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin` },
      },
    );
    let output = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    const exited = new Promise<void>((resolve) => {
      child.once("exit", () => resolve());
      child.once("error", () => resolve());
    });
    const nginx = new Nginx(child, folder, port, exited);
    const deadline = Date.now() + 10_000;
    while (
      !(await fetch(nginx.url).then(
        () => true,
        () => false,
      ))
    ) {
      if (child.exitCode !== null || Date.now() > deadline) {
        await nginx[Symbol.asyncDispose]();
        throw new Error(`nginx did not start: ${output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return nginx;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  errors(): Promise<string> {
    return readFile(join(this.folder, "error.log"), "utf8");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGTERM");
    await this.exited;
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Each must be there: a test of another text than the shipped one would be worth nothing. */
function replaceAll(text: string, changes: readonly (readonly [string, string])[]): string {
  return changes.reduce((changed, [from, to]) => {
    if (!changed.includes(from)) throw new Error(`deploy/nginx/footlight.conf no longer says ${from}`);
    return changed.replaceAll(from, to);
  }, text);
}

function mainConfig(folder: string): string {
  const temp = (name: string): string => `${name}_temp_path ${join(folder, "temp", name)};`;
  return [
    // As root the workers would be somebody who may not enter the folder.
    ...(process.getuid?.() === 0 ? ["user root;"] : []),
    "daemon off;",
    "worker_processes 1;",
    `pid ${join(folder, "nginx.pid")};`,
    "events { worker_connections 4096; }",
    "http {",
    "access_log off;",
    ...["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(temp),
    `include ${join(folder, "site.conf")};`,
    "}",
  ].join("\n");
}
