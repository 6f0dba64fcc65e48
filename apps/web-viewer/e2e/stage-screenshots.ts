/**
 * Pictures of the stage's pages, wide and narrow, dark and light. By hand:
 * `npx tsx apps/web-viewer/e2e/stage-screenshots.ts [folder]`.
 */
import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { TestBrowser } from "./chromium.ts";
import { House } from "./house.ts";
import { admit, enterGreenRoom, inviteByLink, moves, openStage } from "./stage-people.ts";

const folder = process.argv[2] ?? (await mkdtemp(join(tmpdir(), "footlight-stage-")));
await mkdir(folder, { recursive: true });
await using house = await House.open();
await using elsewhere = await TestBrowser.launch();

const host = await openStage(house, "mira");
const link = await inviteByLink(host.page, "Ada");
const door = await elsewhere.context.newPage();
await door.goto(link);
await door.getByLabel("Your name").waitFor();
await take(door, "door");
await door.close();

const ada = await enterGreenRoom(elsewhere, link, "Ada");
await ada.page.getByLabel("Your camera").waitFor();
await take(ada.page, "green-room");
const ben = await enterGreenRoom(elsewhere, await inviteByLink(host.page, "Ben"), "Ben Aurelius Longname");
await ben.page.getByRole("button", { name: "Ask to enter" }).click();
await ben.page.getByText("knows that you are here").waitFor();
await take(ben.page, "waiting");
await admit(host.page, ada);
await moves(ada.page, "mira");
await take(host.page, "host");
await ben.page.getByRole("button", { name: "Take it back" }).click();
await admit(host.page, ben);
await moves(ben.page, "Ada");
await ben.page.getByRole("button", { name: "Turn camera off" }).click();
await ben.page.getByRole("button", { name: "Raise hand" }).click();
await take(ada.page, "on-stage");
await host.page.getByRole("button", { name: "Spotlight" }).click();
await host.page.getByRole("button", { name: "Broadcast from this browser" }).click();
await host.page.locator('[data-testid="on-air"][data-state="live"]').waitFor();
const audience = await elsewhere.context.newPage();
await audience.goto(`${house.server.url}/mira`);
await audience.waitForSelector('[data-testid="player"][data-state="playing"]', { timeout: 30_000 });
await take(audience, "audience");
await take(ada.page, "spotlight");
await audience.close();
await take(host.page, "host-on-air");
await host.page.getByRole("button", { name: "Close the stage" }).click();
await host.page.getByRole("alertdialog").getByRole("button", { name: "Close the stage" }).click();
await ada.page.getByTestId("stage-end-closed").waitFor();
await take(ada.page, "closed");
process.stdout.write(`${folder}\n`);

async function take(page: Page, name: string): Promise<void> {
  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ["dark", "light"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.waitForFunction(() =>
        document
          .getAnimations()
          .every((one) => !(one instanceof CSSTransition) || one.playState === "finished"),
      );
      const path = join(folder, `${name}-${viewport.width}-${colorScheme}.png`);
      await page.screenshot({ path, timeout: 60_000, fullPage: viewport.width === 390 });
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}
