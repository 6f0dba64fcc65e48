import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, it } from "vitest";
import type { LossyUdp } from "../../server/src/testing/lossy-udp.ts";
import { throughLine } from "./bad-lines.ts";
import { ENCODERS, House } from "./house.ts";
import { shows } from "./watch-tools.ts";

let house: House;
let page: Page;
let lines: LossyUdp[];
const way = { lossPercent: 0 };
beforeAll(async () => {
  house = await House.open();
  await house.goLive(await house.streamer("ulla"), "Through bad weather", ENCODERS.plain, "ultra-low");
  ({ page } = await house.visit("/"));
  lines = await throughLine(page, way);
  await page.goto(`${house.server.url}/ulla`);
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
  for (const line of lines) await line[Symbol.asyncDispose]();
});

const tierIs = (tier: string) =>
  page.waitForSelector(`[data-testid="player"][data-tier="${tier}"][data-state="playing"]`, {
    timeout: 60_000,
  });
const says = (words: RegExp) =>
  shows(() => page.getByTestId("notice").textContent(), "what it says").toMatch(words);

describe("a viewer whose line gets bad", () => {
  it("is in the low tier within seconds where much is lost, and back when it is well", async () => {
    await tierIs("ultra");
    way.lossPercent = 45;
    await tierIs("low");
    await says(/too poor/);
    way.lossPercent = 0;
    await tierIs("ultra");
    await says(/^Back in real time$/);
  });

  it("is there too where nothing comes any more", async () => {
    const [line] = lines.slice(-1);
    if (line === undefined) throw new Error("no session");
    line.cut = true;
    await tierIs("low");
    await says(/broke off/);
    await tierIs("ultra");
    await says(/^Back in real time$/);
  });
});
