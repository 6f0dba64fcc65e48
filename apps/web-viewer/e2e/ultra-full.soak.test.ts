import { afterAll, beforeAll, expect, it } from "vitest";
import { ENCODERS, House } from "./house.ts";
import { figureOf, playing, shows } from "./watch-tools.ts";
import { WhepViewer } from "./whep-viewer.ts";

const MAX_PEERS = 3;

let house: House;
beforeAll(async () => {
  house = await House.open({ RTC_MAX_PEERS: String(MAX_PEERS) });
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
});

it("a viewer who finds the places taken watches by the low tier, and comes back when one is free", async () => {
  const ulla = await house.streamer("ulla");
  const { streamId } = await house.goLive(ulla, "At once", ENCODERS.plain, "ultra-low");
  const whepUrl = (await ulla.rest.playback(streamId)).playback_urls.whep ?? "";
  const places = Array.from({ length: MAX_PEERS }, () => house.visit("/"));
  const others = await Promise.all(
    places.map(async (visit) => WhepViewer.watch((await visit).page, whepUrl)),
  );
  const { page } = await house.visit("/ulla");
  await playing(page);
  const notice = () => page.getByTestId("notice").textContent();
  await shows(notice, "what it says").toContain("Real time is full");
  expect(await figureOf(page, "tier")).toBe("low");
  for (const other of others) await other.leave();
  await page.waitForSelector('[data-testid="player"][data-tier="ultra"][data-state="playing"]', {
    timeout: 60_000,
  });
  await shows(notice, "what it says").toBe("Back in real time");
});
