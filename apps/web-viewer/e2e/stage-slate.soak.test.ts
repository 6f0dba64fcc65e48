import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { House } from "./house.ts";
import { admit, enterGreenRoom, inviteByLink, openStage } from "./stage-people.ts";
import { phaseIs, playing, shows } from "./watch-tools.ts";

/** Of 255: the slate is darker, cameras that a browser makes up are not. */
const DARK = 28;

/** Mean of what the player shows, 0 to 255. */
const brightness = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const video = document.querySelector<HTMLVideoElement>('video[data-testid="video"]');
    const paint = Object.assign(document.createElement("canvas"), { width: 32, height: 18 }).getContext("2d");
    if (video === null || paint === null) throw new Error("no video, or no canvas");
    paint.drawImage(video, 0, 0, 32, 18);
    const { data } = paint.getImageData(0, 0, 32, 18);
    return data.reduce((sum, level, i) => (i % 4 === 3 ? sum : sum + level), 0) / (32 * 18 * 3);
  });
const darkens = (page: Page) => expect.poll(() => brightness(page), { timeout: 30_000 });

it("a broadcast from a browser goes on as a slate while the host is away, and then as the programme", async () => {
  await using house = await House.open({ RECONNECT_GRACE_MS: "90000" });
  const host = await openStage(house, "mira");
  const ada = await enterGreenRoom(house.browser, await inviteByLink(host.page, "Ada"), "Ada");
  await admit(host.page, ada);
  await host.page.getByRole("button", { name: "Broadcast from this browser" }).click();
  const onAir = host.page.locator('[data-testid="on-air"][data-state="live"]');
  await onAir.waitFor({ timeout: 30_000 });
  const { page } = await house.visit("/mira");
  await playing(page);
  await darkens(page).toBeGreaterThan(DARK);

  await host.page.goto("about:blank");
  await darkens(page).toBeLessThan(DARK);
  // No curtain over it: there is something to see.
  await phaseIs(page, "playing");
  await shows(() => page.getByTestId("reconnecting").count(), "a curtain").toBe(0);
  await shows(() => ada.page.getByTestId("tile-programme").count(), "the slate on stage").toBe(0);

  await host.page.goto(`${house.server.url}/dashboard/stage`);
  await onAir.waitFor({ timeout: 30_000 });
  await darkens(page).toBeGreaterThan(DARK);
  await phaseIs(page, "playing");
}, 180_000);
