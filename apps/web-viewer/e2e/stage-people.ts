import type { Page } from "playwright-core";
import type { TestBrowser } from "./chromium.ts";
import type { House } from "./house.ts";
import { PageLog } from "./page-log.ts";
import { signUpThrough } from "./sign-up.ts";

/** A person at a stage: their tab, and what went wrong in it. */
export interface StagePerson {
  readonly name: string;
  readonly page: Page;
  readonly log: PageLog;
}

/** Signs up, opens the stage, and is on it. */
export async function openStage(
  house: { readonly browser: Pick<TestBrowser, "context">; readonly server: Pick<House["server"], "url"> },
  username: string,
): Promise<StagePerson> {
  const page = await house.browser.context.newPage();
  const log = await PageLog.of(page);
  await signUpThrough(page, house.server.url, username);
  await page.goto(`${house.server.url}/dashboard/stage`);
  await page.getByRole("button", { name: "Open the stage" }).click();
  await tile(page, username).waitFor();
  return { name: username, page, log };
}

/** Makes a link on the host's desk. */
export async function inviteByLink(host: Page, forWhom: string): Promise<string> {
  await host.getByRole("tab", { name: "By link" }).click();
  // One that was used goes away by itself.
  const shown = () =>
    host.evaluate(() => document.querySelector('[data-testid="invite-url"]')?.textContent ?? "");
  const before = await shown();
  await host.getByLabel("For whom").fill(forWhom);
  await host.getByRole("button", { name: "Make a link" }).click();
  await host.waitForFunction(
    (old) => (document.querySelector('[data-testid="invite-url"]')?.textContent ?? old) !== old,
    before,
  );
  return await shown();
}

/** Comes by a link as far as the green room. */
export async function enterGreenRoom(browser: TestBrowser, link: string, name: string): Promise<StagePerson> {
  const page = await browser.context.newPage();
  const log = await PageLog.of(page);
  await page.goto(link);
  await page.getByLabel("Your name").fill(name);
  await page.getByRole("button", { name: "Enter the green room" }).click();
  await page.getByTestId("green-room").waitFor();
  return { name, page, log };
}

export async function admit(host: Page, { name, page }: StagePerson): Promise<void> {
  await page.getByRole("button", { name: "Ask to enter" }).click();
  await host.getByRole("button", { name: `Admit ${name}` }).click();
  await page.getByTestId("on-stage").waitFor();
}

/** What the host does by the menu beside a name. */
export async function choose(host: Page, name: string, item: string): Promise<void> {
  await host.getByRole("button", { name: `More about ${name}` }).click();
  await host.getByRole("menuitem", { name: item }).click();
}

export const tile = (page: Page, name: string, kind = "camera") =>
  page.locator(`[data-testid="tile-${kind}"][data-name="${name}"]`);

/** Waits until a tile shows several new frames. */
export async function moves(page: Page, name: string, kind = "camera"): Promise<void> {
  const video = tile(page, name, kind).locator("video");
  await video.waitFor({ timeout: 20_000 });
  const handle = await video.elementHandle();
  await page.waitForFunction(
    (element) => {
      if (!(element instanceof HTMLVideoElement) || element.videoWidth === 0) return false;
      const shown = element.getVideoPlaybackQuality().totalVideoFrames;
      const before = Number(element.dataset["framesBefore"] ?? Number.NaN);
      if (Number.isNaN(before)) element.dataset["framesBefore"] = String(shown);
      return shown - before >= 10;
    },
    handle,
    { timeout: 20_000, polling: 100 },
  );
  await handle?.evaluate((element) => {
    if (element instanceof HTMLElement) delete element.dataset["framesBefore"];
  });
}

/** The loudest moment of all that the page plays during some time, 0 to 1. */
export const loudest = (page: Page, durationMs: number): Promise<number> =>
  page.evaluate(async (durationMs) => {
    const context = new AudioContext();
    await context.resume();
    const analyser = new AnalyserNode(context, { fftSize: 2_048 });
    for (const audio of document.querySelectorAll("audio")) {
      if (audio.srcObject instanceof MediaStream && !audio.muted)
        context.createMediaStreamSource(audio.srcObject).connect(analyser);
    }
    const samples = new Float32Array(analyser.fftSize);
    let most = 0;
    const until = performance.now() + durationMs;
    while (performance.now() < until) {
      analyser.getFloatTimeDomainData(samples);
      for (const sample of samples) most = Math.max(most, Math.abs(sample));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await context.close();
    return most;
  }, durationMs);
