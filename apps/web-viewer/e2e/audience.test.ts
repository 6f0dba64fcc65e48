import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { House } from "./house.ts";
import type { PageLog } from "./page-log.ts";
import { signUpThrough } from "./sign-up.ts";
import { figureOf, playing } from "./watch-tools.ts";

let house: House;
/** The streamer's dashboard, and a viewer's tab. */
let page: Page;
let log: PageLog;
let viewer: Page;
let viewerLog: PageLog;
beforeAll(async () => {
  house = await House.open();
  ({ page, log } = await house.visit("/"));
  await signUpThrough(page, house.server.url, "pia");
  await page.goto(`${house.server.url}/dashboard`);
  await page.getByTestId("reveal-key").click();
  await page.waitForFunction(
    () => !document.querySelector('[data-testid="stream-key"]')?.textContent?.includes("•"),
  );
  house.publish((await page.getByTestId("stream-key").textContent()) ?? "");
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
});

/** A beacon comes every 10 s, and the first one tells of a player that is still finding its place. */
const shows = <T>(read: () => Promise<T>, what: string) =>
  expect.poll(read, { timeout: 45_000, message: what });
const audience = () => page.getByTestId("audience");
const text = async (testId: string): Promise<string> =>
  (await audience().getByTestId(testId).textContent()) ?? "";
/** `840 ms` or `2.51 s` in milliseconds; NaN of anything else. */
const msOf = (words: string): number => {
  const [, number, unit] = /([\d.]+) (ms|s)$/.exec(words.trim()) ?? [];
  return Number(number) * (unit === "s" ? 1_000 : 1);
};

describe("the dashboard of a stream", () => {
  it("says that nobody watches, for one's own preview is no viewer", async () => {
    await audience().getByText("Nobody is watching").waitFor({ timeout: 30_000 });
    await playing(page);
    expect(await audience().getByTestId("audience-viewers").count()).toBe(0);
  });

  it("shows a viewer soon after the picture has come, and how well it plays", async () => {
    ({ page: viewer, log: viewerLog } = await house.visit("/pia"));
    await playing(viewer);
    await audience().getByTestId("audience-viewers").waitFor({ timeout: 30_000 });
    expect(await text("audience-viewers")).toBe("1");
    for (const share of ["stall-ratio", "dropped-ratio"]) expect(await text(share)).toMatch(/^none$|%$/);
    await shows(() => audience().textContent(), "the quality on the screen").toMatch(/On screens: \S+/);
  });

  it("shows the delay that the viewer's own statistics say", async () => {
    const own = async () => Number(await figureOf(viewer, "latency-ms"));
    await shows(
      async () => Math.abs(msOf(await text("delay-median")) - (await own())),
      "the delay",
    ).toBeLessThan(400);
    expect(await own()).toBeGreaterThan(0);
    await viewer.bringToFront();
    await viewer.getByTestId("video").hover();
    await viewer.keyboard.press("s");
    const panel = viewer.getByTestId("statistics").getByTestId("stat-latency");
    await shows(
      async () => Math.abs(msOf((await panel.textContent()) ?? "") - (await own())),
      "the panel",
    ).toBeLessThan(400);
  });

  it("shows where it comes from, in stages that add up to it", async () => {
    const stage = async (name: string) =>
      msOf((await audience().getByTestId(`stage-${name}`).getByRole("cell").first().textContent()) ?? "");
    for (const name of ["transcode", "packaging", "delivery", "buffer"])
      await shows(() => stage(name), name).toBeGreaterThanOrEqual(0);
    // Medians of different moments, and a picture that waits for the screen.
    const gap = async () => {
      const stages = await Promise.all(["transcode", "packaging", "delivery", "buffer"].map(stage));
      const sum = stages.reduce((total, ms) => total + ms, 0);
      return Math.abs(sum / msOf(await text("delay-median")) - 1);
    };
    await shows(gap, "stages that add up").toBeLessThan(0.35);
    await audience().getByText("count from arrival at the server").waitFor();
  });

  it("takes no complaint on either page", () => {
    expect(log.complaints).toEqual([]);
    expect(viewerLog.complaints).toEqual([]);
    expect(viewerLog.failedRequests.filter((each) => /beacons|time/.test(each))).toEqual([]);
  });
});
