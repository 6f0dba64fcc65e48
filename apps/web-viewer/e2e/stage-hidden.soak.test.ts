import { rest } from "@footlight/shared";
import { expect, it } from "vitest";
import { RestClient } from "../../server/src/testing/rest-client.ts";
import { DrowsyBrowser } from "./drowsy-browser.ts";
import { House, until } from "./house.ts";
import { signUpThrough } from "./sign-up.ts";
import { admit, enterGreenRoom, inviteByLink, tile } from "./stage-people.ts";
import { WhepViewer } from "./whep-viewer.ts";

/** Chromium lets a page alone for its first seconds. */
const SETTLE_MS = 8_000;
/** Of several windows the best one tells: a hidden page that is slowed down has none, a busy machine some. */
const WINDOW_MS = 4_000;
const WINDOWS = 5;
/** The compositor makes 30 a second. */
const MIN_FPS = 25;

it("a stage that its host broadcasts from a hidden tab goes on at full rate", async () => {
  await using house = await House.open();
  await using drowsy = await DrowsyBrowser.launch();
  const page = await drowsy.context.newPage();
  await signUpThrough(page, house.server.url, "mira");
  const own = { username: "mira", password: "correct horse mira" };
  const { token } = await new RestClient(house.server.url).call(
    "POST",
    "/api/v1/sessions",
    rest.SessionAnswer,
    own,
  );
  const user = new RestClient(house.server.url, token);
  const { stream_id } = await user.startStream({ title: "Hidden", latency_mode: "ultra-low" });
  await page.goto(`${house.server.url}/dashboard/stage`);
  await page.getByRole("button", { name: "Open the stage" }).click();
  await tile(page, "mira").waitFor();
  const ada = await enterGreenRoom(house.browser, await inviteByLink(page, "Ada"), "Ada");
  await admit(page, ada);
  await page.getByRole("button", { name: "Broadcast from this browser" }).click();
  await page.locator('[data-testid="on-air"][data-state="live"]').waitFor({ timeout: 20_000 });
  await until("a live stream", async () => (await user.stream(stream_id)).status === "live");

  const { page: seat } = await house.visit("/");
  const viewer = await WhepViewer.watch(seat, `${house.server.url}/whep/${stream_id}`);
  const framesPerS = async () => {
    const [before, fromMs] = [(await viewer.stats()).framesDecoded, performance.now()];
    await seat.waitForTimeout(WINDOW_MS);
    return ((await viewer.stats()).framesDecoded - before) / ((performance.now() - fromMs) / 1_000);
  };
  const rates: number[] = [];
  const sleep = await drowsy.whileHidden(page, async () => {
    await seat.waitForTimeout(SETTLE_MS);
    while (rates.length < WINDOWS && !rates.some((rate) => rate >= MIN_FPS)) rates.push(await framesPerS());
  });
  expect(sleep.hiddenMs, "the page was hidden").toBeGreaterThan(SETTLE_MS);
  expect(sleep.drawn, "and not drawn").toBe(0);
  expect(Math.max(...rates)).toBeGreaterThanOrEqual(MIN_FPS);
}, 120_000);
