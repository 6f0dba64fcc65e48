import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PatternPublisher } from "../../server/src/testing/pattern-publisher.ts";
import { median, type SeenFrame, watchFrames } from "./chromium.ts";
import { type DashPlayer, DashSite, heardIn } from "./dash-players.ts";
import { House, until } from "./house.ts";

const PLAYERS: readonly DashPlayer[] = ["dash.js", "shaka"];

let house: House;
let site: DashSite;
let publisher: PatternPublisher;
let streamKey: string;
let manifestUrl: string;
beforeAll(async () => {
  house = await House.open();
  site = await DashSite.open(house.browser);
  const live = await house.goLive(await house.streamer("ida"), "DASH");
  ({ publisher, streamKey } = live);
  manifestUrl = `${house.server.url}/media/${live.streamId}/manifest.mpd`;
});
afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
});

const freshFrames = (page: Page, sinceMs: number): Promise<void> =>
  until(
    "frames made since",
    async () => (await watchFrames(page, 500)).filter(({ madeAtMs }) => madeAtMs > sinceMs).length > 5,
    30_000,
  );
const delaysMs = (frames: readonly SeenFrame[]): number[] =>
  frames.map(({ shownAtMs, madeAtMs }) => shownAtMs - madeAtMs);

describe("players of others", () => {
  it.concurrent.for(PLAYERS)(
    "%s plays 12 s at the live edge, without an error or a stall",
    async (player, { expect, annotate }) => {
      const sinceMs = Date.now();
      const page = await site.play(player, manifestUrl);
      const refused: string[] = [];
      page.on("response", (answer) => {
        if (answer.status() >= 400) refused.push(`${answer.status()} ${answer.url()}`);
      });
      await freshFrames(page, sinceMs);
      const { stalls } = await heardIn(page);
      const frames = await watchFrames(page, 12_000);
      expect(await heardIn(page)).toEqual({ errors: [], stalls });
      expect(refused).toEqual([]);
      // Each second of it was shown, and on its way all is in order.
      expect(new Set(frames.map(({ mediaTimeS }) => Math.floor(mediaTimeS))).size).toBeGreaterThanOrEqual(11);
      frames.slice(1).forEach(({ madeAtMs }, i) => {
        expect(madeAtMs).toBeGreaterThanOrEqual(frames[i]?.madeAtMs ?? 0);
      });
      const delayMs = median(delaysMs(frames));
      await annotate(
        `${player}: ${Math.round(delayMs)} ms from the clock in the picture, median of ${frames.length}`,
      );
      expect(delayMs, "it is at the live edge, not where plain HLS would be").toBeLessThan(6_000);
      await page.close();
    },
  );

  it("play on in the next Period when the encoder comes back", async () => {
    const openedMs = Date.now();
    const pages = await Promise.all(PLAYERS.map((player) => site.play(player, manifestUrl)));
    await Promise.all(pages.map((page) => freshFrames(page, openedMs)));
    await publisher.kill();
    const sinceMs = Date.now();
    publisher = house.publish(streamKey);
    await Promise.all(pages.map((page) => freshFrames(page, sinceMs)));
    for (const page of pages) expect((await heardIn(page)).errors).toEqual([]);
  });
});
