import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { PatternPublisher } from "../../server/src/testing/pattern-publisher.ts";
import { RestClient } from "../../server/src/testing/rest-client.ts";
import { TestServer } from "../../server/src/testing/test-server.ts";
import { TestBrowser } from "./chromium.ts";
import { PageLog } from "./page-log.ts";

const PAGE = fileURLToPath(new URL("../dist/index.html", import.meta.url));

const X264 = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-sc_threshold", "0", "-c:a", "aac", "-b:a", "96k"];
/** Encoders of a 640x360 picture with a GOP of 2 s. */
export const ENCODERS = {
  plain: [...X264, "-preset", "ultrafast", "-tune", "zerolatency", "-b:v", "800k", "-g", "60"],
  bFrames: [...X264, "-preset", "veryfast", "-bf", "3", "-b:v", "800k", "-g", "60"],
  /** As many bits as a line of 3 Mbps carries, all the time: of noise. */
  full: [
    ...[...X264, "-preset", "ultrafast", "-tune", "zerolatency", "-g", "60"],
    ...["-b:v", "2200k", "-minrate", "2200k", "-maxrate", "2200k", "-bufsize", "1100k"],
  ],
} as const;

/** A channel made for a test, and what its owner may do. */
export interface Streamer {
  readonly username: string;
  readonly rest: RestClient;
}

/** The real server, one browser, and everybody whom a test file brings in; all of it ends with it. */
export class House {
  readonly #publishers = new Set<PatternPublisher>();

  private constructor(
    readonly server: TestServer,
    readonly browser: TestBrowser,
  ) {}

  static async open(env: Readonly<Record<string, string>> = {}): Promise<House> {
    if (!existsSync(PAGE))
      throw new Error("The web app is not built: run `npx vite build` in apps/web-viewer.");
    const [server, browser] = await Promise.allSettled([
      TestServer.start({ LOG_LEVEL: "warn", ...env }),
      TestBrowser.launch(),
    ]);
    if (server.status === "fulfilled" && browser.status === "fulfilled")
      return new House(server.value, browser.value);
    for (const each of [server, browser]) {
      if (each.status === "fulfilled") await each.value[Symbol.asyncDispose]();
    }
    throw [server, browser].find((each) => each.status === "rejected")?.reason;
  }

  async streamer(username: string): Promise<Streamer> {
    return { username, rest: await RestClient.signUp(this.server.url, username) };
  }

  /** Announces a stream and publishes to it; resolves when it can be played. */
  async goLive(
    { rest }: Streamer,
    title: string,
    encoderArgs: readonly string[] = ENCODERS.plain,
    latencyMode: "low" | "ultra-low" = "low",
  ): Promise<{ publisher: PatternPublisher; streamId: string; streamKey: string }> {
    const { stream_id, stream_key } = await rest.startStream({
      title,
      category: "Testing",
      tags: ["pattern"],
      latency_mode: latencyMode,
    });
    const publisher = this.publish(stream_key, encoderArgs);
    await until(`${title} to be playable`, async () => (await rest.playback(stream_id)).qualities.length > 0);
    return { publisher, streamId: stream_id, streamKey: stream_key };
  }

  publish(streamKey: string, encoderArgs: readonly string[] = ENCODERS.plain): PatternPublisher {
    const url = this.server.rtmpUrl(streamKey);
    const noise = encoderArgs === ENCODERS.full;
    const publisher = PatternPublisher.start({ ffmpegPath: "ffmpeg", url, encoderArgs, noise });
    this.#publishers.add(publisher);
    void publisher.exited.then(() => this.#publishers.delete(publisher));
    return publisher;
  }

  /** A new tab at a path of ours, and everything that goes wrong in it. */
  async visit(path: string, browser = this.browser): Promise<{ page: Page; log: PageLog }> {
    const page = await browser.context.newPage();
    const log = await PageLog.of(page);
    await page.goto(this.server.url + path);
    return { page, log };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#publishers].map((publisher) => publisher.stop()));
    await Promise.all([this.browser[Symbol.asyncDispose](), this.server[Symbol.asyncDispose]()]);
  }
}

/** Asks until the answer is yes; what was waited for is in the words of the failure. */
export async function until(
  what: string,
  ask: () => boolean | Promise<boolean>,
  deadlineMs = 20_000,
): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!(await ask())) {
    if (Date.now() > deadline) throw new Error(`waited ${deadlineMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
