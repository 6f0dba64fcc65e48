import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { electronProgram } from "../apps/desktop/e2e/launch.ts";
import type { StudioSettings } from "../apps/desktop/src/contract/studio-topics.ts";
import { defaultSettings } from "../apps/desktop/src/main/system/preferences.ts";
import type { StudioDocument } from "../apps/desktop/src/model/document.ts";
import { writeDocument } from "../apps/desktop/src/model/read-document.ts";
import { RemoteClient } from "../apps/desktop/src/testing/remote-client.ts";
import { freePort } from "../apps/server/src/testing/free-port.ts";
import { writeJson } from "./studio-scene.ts";

const APP = fileURLToPath(new URL("../apps/desktop", import.meta.url));
const PASSWORD = "bench";
const START_MS = 30_000;

/** The built studio as its person starts it, driven by its remote control. */
export class StudioProgram implements AsyncDisposable {
  private constructor(
    private readonly child: ChildProcess,
    readonly remote: RemoteClient,
  ) {}

  static async start(of: {
    readonly profile: string;
    readonly display: string;
    readonly window: { readonly width: number; readonly height: number };
    readonly document?: StudioDocument;
    readonly video?: StudioSettings["video"];
  }): Promise<StudioProgram> {
    const { profile, document, video, window } = of;
    await mkdir(profile, { recursive: true });
    if (document !== undefined) await writeFile(join(profile, "scenes.json"), writeDocument(document));
    await writeJson(join(profile, "window.json"), { x: 0, y: 0, ...window, maximised: false });
    const settings = { ...defaultSettings(profile), ...(video ? { video } : {}) };
    await writeJson(join(profile, "settings.json"), { settings });
    const port = await freePort();
    const child = spawn(
      electronProgram(),
      [
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        ...[APP, `--user-data-dir=${profile}`, "--server=http://127.0.0.1:9"],
        ...[`--remote-port=${port}`, `--remote-password=${PASSWORD}`],
      ],
      {
        stdio: "ignore",
        env: { ...process.env, DISPLAY: of.display, FOOTLIGHT_VIRTUAL_SCREEN: "1" },
      },
    );
    return new StudioProgram(child, await connect(port, child));
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  async goLive(kind: "rtmp" | "whip", server: string, key: string): Promise<void> {
    const streamServiceSettings = kind === "rtmp" ? { server, key } : { server, bearer_token: key };
    await this.ask("SetStreamServiceSettings", {
      streamServiceType: `${kind}_custom`,
      streamServiceSettings,
    });
    await this.ask("StartStream");
  }

  async ask(request: string, data: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const answer = await this.remote.request(request, data);
    if (answer.code !== 100) throw new Error(`${request} is answered with ${answer.code}`);
    return answer.data;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.remote.close();
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGTERM");
    await gone;
  }
}

async function connect(port: number, child: ChildProcess): Promise<RemoteClient> {
  const late = Date.now() + START_MS;
  for (;;) {
    try {
      return await RemoteClient.connect(port, PASSWORD);
    } catch (cause) {
      if (Date.now() > late || child.exitCode !== null)
        throw new Error("the studio did not start", { cause });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
