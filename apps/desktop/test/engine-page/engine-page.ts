import { createReadStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { build } from "vite";
import { TestBrowser } from "../../../web-viewer/e2e/chromium.ts";
import { FILE_ROUTE } from "../../src/contract/engine-bridge.ts";
import type { FromEngineControl, ToEngineControl } from "../../src/contract/engine-control.ts";
import type { FromEngine, ToEngine } from "../../src/contract/media-port.ts";
import type { MonitorPicture } from "../../src/contract/monitor-port.ts";

const ROOT = fileURLToPath(new URL(".", import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  ...{ ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm" },
  ...{ ".png": "image/png", ".mp4": "video/mp4", ".webm": "video/webm", ".svg": "image/svg+xml" },
};

/** What the page has told, and the other ends of its ports: in the page, beside the engine. */
interface Held {
  told: FromEngineControl[];
  sent: FromEngine[];
  readonly arrivedMs: WeakMap<FromEngine, number>;
  seen: MonitorPicture[];
  /** Of cameras and microphones that were opened. */
  tracks: MediaStreamTrack[];
  /** Whether raw pictures are taken at once. */
  takes: boolean;
  listener: ((message: unknown) => void) | undefined;
  media: MessagePort;
  monitor: MessagePort;
}
declare global {
  var held: Held;
}

/** The engine's page in Chromium, with a test in the place of main, the encoder's process and the window. */
export class EnginePage {
  private constructor(
    readonly page: Page,
    private readonly browser: TestBrowser,
    private readonly server: Server,
    private readonly folder: string,
    readonly faults: readonly string[],
  ) {}

  static async open(): Promise<EnginePage> {
    const folder = await mkdtemp(join(tmpdir(), "footlight-engine-"));
    await build({
      ...{ root: ROOT, configFile: false, logLevel: "error", base: "./" },
      build: {
        ...{ outDir: folder, emptyOutDir: true, target: "es2022", minify: false, assetsInlineLimit: 0 },
        rolldownOptions: { input: ["index.html", "compositors.html"].map((page) => join(ROOT, page)) },
      },
    });
    const server = await serve(folder);
    const browser = await TestBrowser.launch();
    const page = await browser.context.newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(String(error)));
    await page.addInitScript(() => {
      const lists = { told: [], sent: [], seen: [], tracks: [], arrivedMs: new WeakMap() };
      const held = { ...lists, takes: false, listener: undefined } as unknown as Held;
      globalThis.held = held;
      const devices = navigator.mediaDevices;
      const open = devices.getUserMedia.bind(devices);
      devices.getUserMedia = async (constraints) => {
        const stream = await open(constraints);
        held.tracks.push(...stream.getTracks());
        return stream;
      };
      Object.assign(globalThis, {
        engine: {
          send: (message: FromEngineControl) => held.told.push(message),
          onMessage: (listener: (message: unknown) => void) => {
            held.listener = listener;
          },
        },
      });
    });
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/index.html`);
    const engine = new EnginePage(page, browser, server, folder, faults);
    await engine.told("ready");
    await engine.dealPorts();
    return engine;
  }

  /** As main does at the start and after a crash of the encoder's process. */
  dealPorts(): Promise<void> {
    return this.page.evaluate(() => {
      for (const role of ["media", "monitor"] as const) {
        const { port1, port2 } = new MessageChannel();
        held[role] = port1;
        port1.onmessage = ({ data }) => {
          if (role === "media") {
            held.sent.push(data);
            held.arrivedMs.set(data, performance.now());
            if (held.takes && data.kind === "raw") port1.postMessage({ kind: "taken", encode: data.encode });
          } else {
            held.seen.push(data);
            port1.postMessage({ kind: "seen", view: data.view });
          }
        };
        window.postMessage({ studioPort: role }, location.origin, [port2]);
      }
    });
  }

  takeRaw(takes: boolean): Promise<void> {
    return this.page.evaluate((takes) => {
      held.takes = takes;
    }, takes);
  }

  control(message: ToEngineControl): Promise<void> {
    return this.page.evaluate((message) => held.listener?.(message), message);
  }

  media(message: ToEngine): Promise<void> {
    return this.page.evaluate((message) => held.media.postMessage(message), message);
  }

  /** The newest message of a kind that fits, waited for. */
  async told<K extends FromEngineControl["kind"]>(
    kind: K,
    fits: Partial<Extract<FromEngineControl, { kind: K }>> = {},
  ): Promise<Extract<FromEngineControl, { kind: K }>> {
    const found = await this.page.waitForFunction(
      (want) => {
        const matches = (message: object) =>
          Object.entries(want).every(([key, value]) => (message as Record<string, unknown>)[key] === value);
        return held.told.findLast(matches);
      },
      { kind, ...fits } as Record<string, unknown>,
      { timeout: 15_000, polling: 50 },
    );
    return (await found.jsonValue()) as Extract<FromEngineControl, { kind: K }>;
  }

  /** What is sent to the encoder's process from now on, or from what is done first, until there are so many of a kind. */
  async sent<K extends FromEngine["kind"]>(
    kind: K,
    count: number,
    first?: () => Promise<void>,
  ): Promise<Extract<FromEngine, { kind: K }>[]> {
    await this.page.evaluate(() => {
      held.sent = [];
    });
    await first?.();
    await this.page.waitForFunction(
      ({ kind, count }) => held.sent.filter((message) => message.kind === kind).length >= count,
      { kind, count },
      { timeout: 30_000, polling: 50 },
    );
    const all = await this.page.evaluate(
      (kind) =>
        held.sent
          .filter((message) => message.kind === kind)
          .map((message) => ({
            ...message,
            ...("data" in message ? { data: message.data && [...message.data] } : {}),
            ...("samples" in message ? { samples: [...message.samples] } : {}),
          })),
      kind,
    );
    return all.map((message) => ({
      ...message,
      ...("data" in message ? { data: message.data && Uint8Array.from(message.data) } : {}),
      ...("samples" in message ? { samples: Float32Array.from(message.samples) } : {}),
    })) as unknown as Extract<FromEngine, { kind: K }>[];
  }

  /** The colour of the programme at a point (parts of its size), as soon as it fits; fails with what it was. */
  async shows(x: number, y: number, fits: (colour: readonly number[]) => boolean): Promise<void> {
    const deadline = Date.now() + 10_000;
    for (;;) {
      const colour = await this.colourAt(x, y);
      if (colour !== undefined && fits(colour)) return;
      if (Date.now() > deadline) throw new Error(`the programme is ${colour?.join(",")} at ${x}, ${y}`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }

  /** Of the newest monitor picture of the programme. */
  colourAt(x: number, y: number, view: MonitorPicture["view"] = "programme"): Promise<number[] | undefined> {
    return this.page.evaluate(
      ({ x, y, view }) => {
        const picture = held.seen.findLast((seen) => seen.view === view);
        held.seen.splice(0, Math.max(0, held.seen.length - 40));
        if (picture === undefined) return undefined;
        const at = Math.floor(y * picture.height) * picture.width + Math.floor(x * picture.width);
        return [...picture.rgba.slice(4 * at, 4 * at + 3)];
      },
      { x, y, view },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser[Symbol.asyncDispose]();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The built page, and files by the route that main has for them. */
async function serve(folder: string): Promise<Server> {
  const server = createServer(async ({ url = "/" }, response) => {
    const { pathname } = new URL(url, "http://localhost");
    const path = pathname.startsWith(FILE_ROUTE)
      ? decodeURIComponent(pathname.slice(FILE_ROUTE.length))
      : join(folder, normalize(pathname));
    const found = await stat(path).catch(() => undefined);
    response.setHeader("cross-origin-opener-policy", "same-origin");
    response.setHeader("cross-origin-embedder-policy", "require-corp");
    if (found?.isFile() !== true) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "content-type": TYPES[extname(path)] ?? "application/octet-stream",
      "content-length": found.size,
    });
    createReadStream(path).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
