import type { JSHandle, Page } from "playwright-core";
import { expect } from "vitest";

/** Waits until the player of the page plays. */
export const playing = async (page: Page): Promise<void> => {
  await page.waitForSelector('[data-testid="player"][data-state="playing"]', { timeout: 30_000 });
};

export const phaseIs = async (page: Page, phase: string): Promise<void> => {
  await page.waitForSelector(`[data-testid="watch"][data-phase="${phase}"]`, { timeout: 30_000 });
};

/** Expects what a page shows soon after an act: it follows at its next render, not at once. */
export const shows = <T>(read: () => Promise<T>, what: string) =>
  expect.poll(read, { timeout: 10_000, message: what });

/** One of the figures that the player writes on its outer element. */
export const figureOf = async (page: Page, name: string): Promise<string> =>
  (await page.getByTestId("player").getAttribute(`data-${name}`)) ?? "";

/** When each frame from now on is shown, ms; a growing list inside the page. */
export const logFrames = (page: Page): Promise<JSHandle<number[]>> =>
  page.evaluateHandle(() => {
    const video = document.querySelector("video");
    if (video === null) throw new Error("no video on the page");
    const shown: number[] = [];
    const look = (_now: number, frame: VideoFrameCallbackMetadata) => {
      shown.push(frame.expectedDisplayTime);
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
    return shown;
  });

interface ShownFrame {
  readonly atMs: number;
  /** Counts the elements that the player has had since. */
  readonly element: number;
}

/** The same of whatever element is in front, over switches from one to the next. */
export const logShownFrames = (page: Page): Promise<JSHandle<ShownFrame[]>> =>
  page.evaluateHandle(() => {
    const shown: { atMs: number; element: number }[] = [];
    const known: HTMLVideoElement[] = [];
    const follow = () => {
      for (const video of document.querySelectorAll("video")) {
        if (known.includes(video)) continue;
        const element = known.push(video);
        const look = (_now: number, frame: VideoFrameCallbackMetadata) => {
          const isInFront = video.dataset["testid"] === "video";
          if (isInFront) shown.push({ atMs: frame.expectedDisplayTime, element });
          video.requestVideoFrameCallback(look);
        };
        video.requestVideoFrameCallback(look);
      }
      requestAnimationFrame(follow);
    };
    follow();
    return shown;
  });

/** How long the last picture of one element stood until the first of the next. */
export const swapGapsMs = (shown: readonly ShownFrame[]): number[] =>
  shown.flatMap(({ atMs, element }, i) => {
    const before = shown[i - 1];
    return before && before.element !== element ? [atMs - before.atMs] : [];
  });

/** The longest time that one picture stood. */
export const longestGapMs = (shownAtMs: readonly number[]): number =>
  Math.max(...shownAtMs.map((at, i) => at - (shownAtMs[i - 1] ?? at)));

export const soundBytes = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const video = document.querySelector("video");
    // Chromium's own count of decoded sound; there is no standard one.
    const bytes: unknown = video === null ? 0 : Reflect.get(video, "webkitAudioDecodedByteCount");
    return typeof bytes === "number" ? bytes : 0;
  });
