import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import type { TestBrowser } from "./chromium.ts";

/** Players of other people's that our manifests have to please, as they are out of the box but for low latency. */
export type DashPlayer = "dash.js" | "shaka";

const SCRIPTS: Readonly<Record<DashPlayer, string>> = {
  "dash.js": "dashjs/dist/modern/umd/dash.all.min.js",
  shaka: "shaka-player/dist/shaka-player.compiled.js",
};
const PAGE = `<!doctype html><title>player</title><script src="/player.js"></script>
<video muted width="640" height="360"></video>`;

/** What the page hears of its player and its element. */
export interface DashEvents {
  readonly errors: string[];
  /** Times at which the picture stopped for want of media, after it had begun. */
  stalls: number;
}

/** The few calls of both players that are made here; they are typed by nobody in a page without modules. */
interface PlayersInPage {
  readonly dashjs: {
    MediaPlayer(): {
      create(): {
        initialize(video: HTMLVideoElement, url: string, autoPlay: boolean): void;
        on(name: string, heard: (event: unknown) => void): void;
      };
    };
  };
  readonly shaka: {
    readonly Player: new () => {
      attach(video: HTMLVideoElement): Promise<void>;
      load(url: string): Promise<void>;
      configure(settings: object): void;
      addEventListener(name: string, heard: (event: { detail: unknown }) => void): void;
    };
  };
}

/** Somebody else's site with a bare page of each player: nothing on it is ours but a manifest's URL. */
export class DashSite {
  private constructor(
    private readonly servers: ReadonlyMap<DashPlayer, Server>,
    private readonly browser: TestBrowser,
  ) {}

  static async open(browser: TestBrowser): Promise<DashSite> {
    const servers = new Map<DashPlayer, Server>();
    for (const player of Object.keys(SCRIPTS) as DashPlayer[]) {
      const script = await readFile(new URL(`../../../node_modules/${SCRIPTS[player]}`, import.meta.url));
      const server = createServer((req, res) => {
        const isScript = req.url === "/player.js";
        res.setHeader("content-type", isScript ? "text/javascript" : "text/html");
        res.end(isScript ? script : PAGE);
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      servers.set(player, server);
    }
    return new DashSite(servers, browser);
  }

  /** A new page, in a window of its own, whose player starts on a manifest. */
  async play(player: DashPlayer, manifestUrl: string): Promise<Page> {
    const address = this.servers.get(player)?.address() as AddressInfo | undefined;
    if (address === undefined) throw new Error(`${player} is not served`);
    const page = await this.browser.newWindow();
    await page.goto(`http://127.0.0.1:${address.port}/`);
    await start(page, player, manifestUrl);
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.servers.values()) {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    }
  }
}

async function start(page: Page, player: DashPlayer, url: string): Promise<void> {
  await page.evaluate(
    async ({ player, url }) => {
      const { dashjs, shaka } = globalThis as unknown as PlayersInPage;
      const video = document.querySelector("video");
      if (video === null) throw new Error("no video");
      const heard: DashEvents = { errors: [], stalls: 0 };
      Reflect.set(globalThis, "heard", heard);
      video.addEventListener("waiting", () => {
        if (video.currentTime > 0 && video.played.length > 0) heard.stalls += 1;
      });
      video.addEventListener("error", () => heard.errors.push(`element: ${video.error?.message}`));
      const note = (event: unknown) => heard.errors.push(JSON.stringify(event).slice(0, 500));
      if (player === "dash.js") {
        const instance = dashjs.MediaPlayer().create();
        instance.on("error", (event) => note((event as { error?: unknown }).error));
        instance.initialize(video, url, true);
      } else {
        const instance = new shaka.Player();
        await instance.attach(video);
        instance.configure({ streaming: { lowLatencyMode: true } });
        instance.addEventListener("error", ({ detail }) => note(detail));
        await instance.load(url).catch(note);
        await video.play();
      }
    },
    { player, url },
  );
}

export const heardIn = (page: Page): Promise<DashEvents> =>
  page.evaluate(() => Reflect.get(globalThis, "heard") as DashEvents);
