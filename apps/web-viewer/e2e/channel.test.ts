import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PatternPublisher } from "../../server/src/testing/pattern-publisher.ts";
import { TestBrowser } from "./chromium.ts";
import { House } from "./house.ts";
import type { PageLog } from "./page-log.ts";
import { signUpThrough } from "./sign-up.ts";
import { playing, shows } from "./watch-tools.ts";

const TITLE = "Baking at night";

let house: House;
let othersBrowser: TestBrowser;
/** The streamer's page and the page of somebody else, each in a browser of its own. */
let page: Page;
let log: PageLog;
let other: Page;
let otherLog: PageLog;
let publisher: PatternPublisher;
beforeAll(async () => {
  house = await House.open();
  othersBrowser = await TestBrowser.launch();
  ({ page, log } = await house.visit("/"));
  ({ page: other, log: otherLog } = await house.visit("/", othersBrowser));
});
afterAll(async () => {
  await othersBrowser[Symbol.asyncDispose]();
  await house[Symbol.asyncDispose]();
});

const card = (title: string) => page.getByRole("region", { name: title });
const onAir = (words: string) => card("On air").getByText(words, { exact: true }).waitFor();
const key = () => page.getByTestId("stream-key").textContent();

async function revealKey(): Promise<string> {
  await page.getByTestId("reveal-key").click();
  await page.waitForFunction(
    () => !document.querySelector('[data-testid="stream-key"]')?.textContent?.includes("•"),
  );
  return (await key()) ?? "";
}

describe("a streamer", () => {
  it("signs up and finds the address and a hidden key on the dashboard", async () => {
    await signUpThrough(page, house.server.url, "pia");
    await page.getByRole("link", { name: "Dashboard" }).first().click();
    await onAir("OFFLINE");
    await expect(page.getByTestId("rtmp-url").textContent()).resolves.toBe(
      `rtmp://127.0.0.1:${house.server.rtmpPort}/live`,
    );
    expect(await key()).toMatch(/^•+$/);
  });

  it("names the stream, reveals the key and publishes with it", async () => {
    await page.getByLabel("Title").fill(TITLE);
    await page.getByLabel("Category").fill("Cooking");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved", { exact: true }).waitFor();
    const streamKey = await revealKey();
    expect(streamKey.length).toBeGreaterThanOrEqual(22);
    publisher = house.publish(streamKey);
    await onAir("LIVE");
    // The picture as viewers get it.
    await playing(page);
  });

  it("sees the health of the feed", async () => {
    const health = page.getByTestId("health");
    for (const words of ["640×360", "H.264", "AAC", "30 fps"])
      await health.getByText(words).first().waitFor();
    await shows(() => card("Stream health").getByText("kbps").count(), "bitrates").toBeGreaterThan(1);
  });
});

describe("somebody else", () => {
  it("finds the stream at home with a picture, and by searching", async () => {
    await signUpThrough(other, house.server.url, "quin");
    await other.getByRole("link", { name: TITLE }).waitFor();
    await other.waitForFunction(
      () => (document.querySelector<HTMLImageElement>(".stream-image")?.naturalWidth ?? 0) > 0,
    );
    await other.getByLabel("Search streams").fill("baking");
    await other.keyboard.press("Enter");
    await other.getByRole("heading", { name: "Live streams with “baking”" }).waitFor();
    await other.getByRole("link", { name: TITLE }).click();
    await playing(other);
  });

  it("follows the channel and lets it go again", async () => {
    const follow = other.getByTestId("follow");
    await follow.click();
    await other.getByText("1 follower", { exact: true }).waitFor();
    await shows(() => follow.getAttribute("aria-pressed"), "pressed").toBe("true");
    await other.getByRole("link", { name: "Footlight, home" }).click();
    const followed = other.getByRole("region", { name: "Following" });
    await followed.getByRole("link", { name: /pia/ }).click();
    await other.getByTestId("follow").click();
    await other.getByText("0 followers", { exact: true }).waitFor();
    await shows(() => follow.getAttribute("aria-pressed"), "pressed").toBe("false");
  });
});

describe("the streamer then", () => {
  it("makes a new key, which cuts off the encoder with the old one", async () => {
    const old = await key();
    await page.getByTestId("rotate-key").click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Make a new key" }).click();
    await publisher.exited;
    await onAir("RECONNECTING");
    const fresh = await revealKey();
    expect(fresh).not.toBe(old);
    // The same stream goes on with the new one.
    publisher = house.publish(fresh);
    await onAir("LIVE");
  });

  it("ends the stream, which is over for everybody, and opens the key again", async () => {
    await page.getByTestId("end-stream").click();
    await page.getByRole("alertdialog").getByRole("button", { name: "End stream" }).click();
    await publisher.exited;
    await onAir("OFFLINE");
    await other.getByRole("heading", { name: "That was the show" }).waitFor();
    await page.getByTestId("allow-publish").click();
    await page.getByTestId("allow-publish").waitFor({ state: "detached" });
  });

  it("and the other have met no error on their way", () => {
    expect(log.complaints).toEqual([]);
    expect(otherLog.complaints).toEqual([]);
  });
});
