import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PatternPublisher } from "../../server/src/testing/pattern-publisher.ts";
import { watchFrames } from "./chromium.ts";
import { House, type Streamer, until } from "./house.ts";
import { phaseIs, playing } from "./watch-tools.ts";

let house: House;
let ida: Streamer;
let page: Page;
let publisher: PatternPublisher;
let streamId: string;
let streamKey: string;
beforeAll(async () => {
  house = await House.open();
  ida = await house.streamer("ida");
  ({ page } = await house.visit("/ida"));
  await phaseIs(page, "offline");
  // Lost by a reload: what follows happens to one and the same page.
  await page.evaluate(() => Reflect.set(window, "samePage", true));
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
});

const samePage = () => page.evaluate(() => Reflect.get(window, "samePage") === true);

/** Frames made after a moment are on the screen. */
const freshFrames = (sinceMs: number) =>
  until("frames made since", async () => {
    const frames = await watchFrames(page, 500);
    return frames.filter(({ madeAtMs }) => madeAtMs > sinceMs).length > 5;
  });

describe("a page that stays open", () => {
  it("begins to play by itself when the channel goes live", async () => {
    const sinceMs = Date.now();
    ({ publisher, streamId, streamKey } = await house.goLive(ida, "On and off"));
    await playing(page);
    await freshFrames(sinceMs);
    expect(await samePage()).toBe(true);
  });

  it("says that it waits for a lost encoder, and plays on when it is back", async () => {
    await publisher.kill();
    await phaseIs(page, "reconnecting");
    await page.getByTestId("reconnecting").waitFor();
    const words = await page.getByTestId("reconnecting").textContent();
    expect(words).toContain("connection was interrupted");

    const sinceMs = Date.now();
    publisher = house.publish(streamKey);
    await phaseIs(page, "playing");
    await freshFrames(sinceMs);
    await page.getByTestId("reconnecting").waitFor({ state: "detached" });
    expect((await ida.rest.stream(streamId)).status).toBe("live");
    expect(await samePage()).toBe(true);
  });

  it("says that the stream is over when its streamer ended it", async () => {
    await ida.rest.endStream(streamId);
    await publisher.exited;
    await phaseIs(page, "ended");
    await page.getByRole("heading", { name: "That was the show" }).waitFor();
  });

  it("plays the next stream of the channel without a reload", async () => {
    const sinceMs = Date.now();
    const next = await house.goLive(ida, "The second night");
    expect(next.streamId).not.toBe(streamId);
    await phaseIs(page, "playing");
    await playing(page);
    await freshFrames(sinceMs);
    await page.getByRole("heading", { name: "The second night" }).waitFor();
    expect(await samePage()).toBe(true);
  });
});
