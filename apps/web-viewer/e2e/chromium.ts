import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { CODE_AREA, CODE_CELLS, decodeClock } from "../../server/src/testing/clock-code.ts";

export const CHROMIUM = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
export const CHROMIUM_ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
  // Three cameras, some microphones and a screen that the browser makes up, and nobody is asked for.
  "--use-fake-device-for-media-stream=device-count=3",
  "--use-fake-ui-for-media-stream",
];

/** The system's Chromium with a fresh profile; goes with its folder on dispose. */
export class TestBrowser {
  #windows: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly context: BrowserContext,
    private readonly profile: string,
  ) {}

  static async launch(viewport = { width: 1440, height: 900 }): Promise<TestBrowser> {
    const profile = await mkdtemp(join(tmpdir(), "footlight-chromium-"));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: CHROMIUM,
      headless: true,
      viewport,
      args: CHROMIUM_ARGS,
    });
    // tsx names functions by a helper of its own, which functions sent to the page then miss.
    await context.addInitScript("globalThis.__name ??= (target) => target");
    return new TestBrowser(context, profile);
  }

  /** A page in a window of its own: one behind another in a window presents no frames. */
  newWindow(): Promise<Page> {
    // One at a time: Playwright does not say whose page has opened.
    const page = this.#windows.then(() => this.#openWindow());
    this.#windows = page.catch(() => undefined);
    return page;
  }

  async #openWindow(): Promise<Page> {
    const opener = this.context.pages()[0] ?? (await this.context.newPage());
    const session = await this.context.newCDPSession(opener);
    const [page] = await Promise.all([
      this.context.waitForEvent("page"),
      session.send("Target.createTarget", { url: "about:blank", newWindow: true }),
    ]);
    await session.detach();
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
    await rm(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

export interface SeenFrame {
  /** When the frame was made, by the clock in the picture. */
  readonly madeAtMs: number;
  /** When the browser was to show it. */
  readonly shownAtMs: number;
  readonly mediaTimeS: number;
}

/**
 * Watches a playing video for some time and reads the clock out of each presented frame (every
 * frame that the compositor handed to `requestVideoFrameCallback`, HTML video-rvfc).
 */
export async function watchFrames(page: Page, durationMs: number, selector = "video"): Promise<SeenFrame[]> {
  const raw = await page.evaluate(
    async ({ durationMs, selector, area, cells }) => {
      const video = document.querySelector<HTMLVideoElement>(selector);
      if (video === null) throw new Error(`no ${selector} on the page`);
      const canvas = document.createElement("canvas");
      const paint = canvas.getContext("2d", { willReadFrequently: true });
      if (paint === null) throw new Error("no canvas");
      const seen: { cells: boolean[]; shownAtMs: number; mediaTimeS: number }[] = [];
      const until = performance.now() + durationMs;
      await new Promise<void>((resolve) => {
        const deadline = setTimeout(resolve, durationMs + 500);
        const look = (_now: number, frame: VideoFrameCallbackMetadata) => {
          const width = video.videoWidth;
          const height = video.videoHeight;
          canvas.width = width;
          canvas.height = 1;
          const y = Math.round((area.top + area.height / 2) * height);
          paint.drawImage(video, 0, y, width, 1, 0, 0, width, 1);
          const row = paint.getImageData(0, 0, width, 1).data;
          seen.push({
            cells: Array.from({ length: cells }, (_, i) => {
              const x = Math.round((area.left + (area.width * (i + 0.5)) / cells) * width);
              return (row[x * 4] ?? 0) > 128;
            }),
            shownAtMs: performance.timeOrigin + frame.expectedDisplayTime,
            mediaTimeS: frame.mediaTime,
          });
          if (performance.now() < until) video.requestVideoFrameCallback(look);
          else {
            clearTimeout(deadline);
            resolve();
          }
        };
        video.requestVideoFrameCallback(look);
      });
      return seen;
    },
    { durationMs, selector, area: CODE_AREA, cells: CODE_CELLS },
  );
  return raw.flatMap(({ cells, shownAtMs, mediaTimeS }) => {
    const madeAtMs = decodeClock(cells);
    return madeAtMs === undefined ? [] : [{ madeAtMs, shownAtMs, mediaTimeS }];
  });
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
};
