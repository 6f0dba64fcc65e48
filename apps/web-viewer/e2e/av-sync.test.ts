import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ENCODERS, House, until } from "./house.ts";
import { ownDelayMs, soundDelayMs } from "./perceive.ts";
import { playing } from "./watch-tools.ts";
import { WhipPublisher } from "./whip-publisher.ts";

/** Chromium finds the buffer that sound needs, then lets the picture wait for it, by steps. */
const SETTLING_MS = 40_000;
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

describe("flash and beep in Chromium by WebRTC", () => {
  const begin = async (channel: string) => {
    const { rest } = await house.streamer(channel);
    return rest.startStream({ title: "Flash and beep", latency_mode: "ultra-low" });
  };
  const watch = async (channel: string) => {
    const { page } = await house.visit(`/${channel}`);
    await page.waitForSelector('[data-testid="player"][data-tier="ultra"][data-state="playing"]');
    return page;
  };

  it("reach eye and ear together from WHIP, when Chromium has had time for it", async ({ annotate }) => {
    const { stream_key } = await begin("by_whip");
    const { page: camera } = await house.visit("/");
    await WhipPublisher.publish(camera, `${house.server.url}/whip`, stream_key, {
      ...{ width: 640, height: 360, fps: 30, codec: "H264", source: "flash" },
    });
    const page = await watch("by_whip");
    const skewsMs: number[] = [];
    await until(
      "sound and picture together",
      async () => {
        skewsMs.push(Math.round((await soundDelayMs(page)) - ownMs));
        return Math.abs(skewsMs.at(-1) ?? Number.NaN) < TOLERANCE_MS;
      },
      SETTLING_MS,
    ).finally(() => annotate(`from WHIP sound is late by ${skewsMs.join(", ")} ms`));
    await page.close();
    await camera.close();
  });

  it("come both from RTMP; how far apart is only told", async ({ annotate }) => {
    const publisher = house.publish((await begin("by_rtmp")).stream_key);
    const page = await watch("by_rtmp");
    await annotate(`from RTMP sound is late by ${Math.round((await soundDelayMs(page)) - ownMs)} ms`);
    await page.close();
    await publisher.stop();
  });
});
