import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, it } from "vitest";
import { Axe } from "./axe.ts";
import { House } from "./house.ts";
import { signUpThrough } from "./sign-up.ts";
import { phaseIs, playing } from "./watch-tools.ts";

let house: House;
let axe: Axe;
let page: Page;
beforeAll(async () => {
  axe = await Axe.read();
  house = await House.open();
  const nora = await house.streamer("nora");
  await house.streamer("quiet");
  await house.goLive(nora, "Open house");
  ({ page } = await house.visit("/"));
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
});

async function expectClean(path: string, ready: () => Promise<unknown>): Promise<void> {
  await page.goto(house.server.url + path);
  await ready();
  await axe.expectClean(page, path);
}

describe("axe finds nothing, wide and narrow, dark and light", () => {
  it("at home", () => expectClean("/", () => page.getByRole("link", { name: "Open house" }).waitFor()));
  it("on a live channel", () => expectClean("/nora", () => playing(page)));
  it("on a channel that is offline", () => expectClean("/quiet", () => phaseIs(page, "offline")));
  it("at the sign-in", () =>
    expectClean("/login", () => page.getByLabel("Password", { exact: true }).waitFor()));
  it("at the sign-up", () => expectClean("/signup", () => page.getByLabel("E-mail").waitFor()));
  it("on the dashboard and in the settings", async () => {
    await signUpThrough(page, house.server.url, "olga");
    await expectClean("/dashboard", () => page.getByTestId("reveal-key").waitFor());
    await expectClean("/settings", () => page.getByRole("heading", { level: 1 }).waitFor());
  });
});
