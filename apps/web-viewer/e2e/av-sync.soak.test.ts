import { afterAll, beforeAll, describe, it } from "vitest";
import { House, until } from "./house.ts";
import { ownDelayMs, soundDelayMs } from "./perceive.ts";
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

/** Publishes to a stream with this key; gives what ends it. */
type Publish = (streamKey: string) => Promise<() => Promise<unknown>>;

const byWhip: Publish = async (streamKey) => {
  const { page } = await house.visit("/");
  await WhipPublisher.publish(page, `${house.server.url}/whip`, streamKey, {
    ...{ width: 640, height: 360, fps: 30, codec: "H264", source: "flash" },
  });
  return () => page.close();
};
const byRtmp: Publish = async (streamKey) => {
  const publisher = house.publish(streamKey);
  return () => publisher.stop();
};

describe("flash and beep in Chromium by WebRTC", () => {
  it.for([
    { name: "WHIP", channel: "by_whip", publish: byWhip },
    { name: "RTMP", channel: "by_rtmp", publish: byRtmp },
  ])(
    "reach eye and ear together from $name, when Chromium has had time for it",
    async (source, { annotate }) => {
      const { rest } = await house.streamer(source.channel);
      const { stream_key } = await rest.startStream({ title: "Flash and beep", latency_mode: "ultra-low" });
      const end = await source.publish(stream_key);
      const { page } = await house.visit(`/${source.channel}`);
      await page.waitForSelector('[data-testid="player"][data-tier="ultra"][data-state="playing"]');
      const skewsMs: number[] = [];
      await until(
        "sound and picture together",
        async () => {
          skewsMs.push(Math.round((await soundDelayMs(page)) - ownMs));
          return Math.abs(skewsMs.at(-1) ?? Number.NaN) < TOLERANCE_MS;
        },
        SETTLING_MS,
      ).finally(() => annotate(`from ${source.name} sound is late by ${skewsMs.join(", ")} ms`));
      await page.close();
      await end();
    },
  );
});
