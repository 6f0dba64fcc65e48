import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ENCODERS, House } from "./house.ts";
import { ownDelayMs, soundDelayMs } from "./perceive.ts";
import { playing } from "./watch-tools.ts";

/** ITU-R BT.1359: sound 45 ms early is where viewers begin to notice. */
const TOLERANCE_MS = 45;

let house: House;
let ownMs: number;
beforeAll(async () => {
  house = await House.open();
  ownMs = await ownDelayMs(await house.browser.context.newPage());
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
});

describe("flash and beep in Chromium", () => {
  it.each([
    { name: "without B-frames", channel: "plain", encoder: ENCODERS.plain },
    { name: "with B-frames", channel: "bframes", encoder: ENCODERS.bFrames },
  ])("reach eye and ear together, $name", async ({ channel, encoder }) => {
    const { publisher } = await house.goLive(await house.streamer(channel), "Flash and beep", encoder);
    const { page } = await house.visit(`/${channel}`);
    await playing(page);
    const skewMs = (await soundDelayMs(page)) - ownMs;
    expect(Math.abs(skewMs), `sound late by ${skewMs} ms`).toBeLessThan(TOLERANCE_MS);
    await page.close();
    await publisher.stop();
  });
});
