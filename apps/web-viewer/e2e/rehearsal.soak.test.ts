import { StudioStartAnswer } from "@footlight/shared";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { TrpcCaller } from "../../server/src/testing/trpc-caller.ts";
import { watchFrames } from "./chromium.ts";
import { House } from "./house.ts";
import { PageLog } from "./page-log.ts";
import { signUpThrough } from "./sign-up.ts";
import { phaseIs, playing, shows } from "./watch-tools.ts";

let house: House;
let page: Page;
let studio: TrpcCaller;
beforeAll(async () => {
  house = await House.open();
  ({ page } = await house.visit("/"));
  await signUpThrough(page, house.server.url, "rhea");
  const cookies = await page.context().cookies();
  const token = decodeURIComponent(cookies.find(({ name }) => name === "footlight_session")?.value ?? "");
  studio = new TrpcCaller(house.server.url, { authorization: `Bearer ${token}` });
  const { data } = await studio.mutate("studio.start", { title: "Only trying", visibility: "rehearsal" });
  house.publish(StudioStartAnswer.parse(data).streamKey);
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
});

it("a rehearsal plays for its owner, marked as one, and for others when it is made public", {
  timeout: 60_000,
}, async () => {
  await page.goto(`${house.server.url}/rhea`);
  await page.getByText("Rehearsal: only you see this").waitFor({ timeout: 30_000 });
  await playing(page);
  expect((await watchFrames(page, 1_000)).length).toBeGreaterThan(5);

  // By another name the server has none of the owner's cookies: that is somebody else.
  const stranger = await house.browser.newWindow();
  const log = await PageLog.of(stranger);
  await stranger.goto(`${house.server.url.replace("127.0.0.1", "localhost")}/rhea`);
  await phaseIs(stranger, "offline");
  expect(await stranger.getByText("Only trying").count()).toBe(0);

  expect((await studio.mutate("studio.makePublic")).status).toBe(200);
  await stranger.reload();
  await playing(stranger);
  await shows(() => stranger.getByRole("heading", { level: 1 }).textContent(), "the title").toBe(
    "Only trying",
  );
  // Its owner has gone on watching the while, and reads that it is no rehearsal any more.
  await shows(async () => (await watchFrames(page, 1_000)).length, "frames of a second").toBeGreaterThan(5);
  await page.reload();
  await playing(page);
  expect(await page.getByText("Rehearsal: only you see this").count()).toBe(0);
  expect([log.complaints, log.failedRequests]).toEqual([[], []]);
});
