import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HlsClient } from "../../server/src/testing/hls-client.ts";
import type { PatternPublisher } from "../../server/src/testing/pattern-publisher.ts";
import { BAD, throughLine } from "./bad-lines.ts";
import { median, type SeenFrame, watchFrames } from "./chromium.ts";
import { House, until } from "./house.ts";
import { figureOf, longestGapMs } from "./watch-tools.ts";
import { WhepViewer } from "./whep-viewer.ts";
import { WhipPublisher } from "./whip-publisher.ts";

/** The promise of the ultra tier at 5 % loss and 50 ms of jitter. */
const DELAY_MS = 400;
/** Two waits for a keyframe in a row; a picture that stands longer has not gone on. */
const STANDS_MS = 2_000;
const SETTLE_MS = 5_000;
const WATCH_MS = 40_000;

let house: House;
beforeAll(async () => {
  house = await House.open();
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
});

interface Case {
  readonly name: string;
  readonly username: string;
  readonly source: "rtmp" | "whip";
  /** Whose lines are bad. */
  readonly publisher: boolean;
  readonly viewer: boolean;
}
const CASES: readonly Case[] = [
  { name: "a viewer of RTMP", username: "soak_rtmp", source: "rtmp", publisher: false, viewer: true },
  { name: "a viewer of WHIP", username: "soak_whip", source: "whip", publisher: false, viewer: true },
  { name: "a WHIP publisher", username: "soak_home", source: "whip", publisher: true, viewer: false },
  { name: "both", username: "soak_both", source: "whip", publisher: true, viewer: true },
];

const delaysMs = (frames: readonly SeenFrame[]): number[] =>
  frames.map(({ madeAtMs, shownAtMs }) => shownAtMs - madeAtMs);

describe("5 % loss and 50 ms of jitter on the line of", () => {
  it.each(CASES)(
    "$name: the picture goes on, and is not late",
    async (wanted) => {
      const { rest } = await house.streamer(wanted.username);
      const stream = await rest.startStream({ title: wanted.username, latency_mode: "ultra-low" });
      const { stream_id: id, stream_key: key } = stream;
      const hls = new HlsClient((await rest.playback(id)).playback_urls.hls ?? "");
      const [home, away] = await Promise.all([house.visit("/"), house.visit("/")]);
      const up = wanted.publisher ? await throughLine(home.page, BAD) : [];
      const down = wanted.viewer ? await throughLine(away.page, BAD, 2) : [];
      let encoder: PatternPublisher | undefined;
      try {
        if (wanted.source === "rtmp") encoder = house.publish(key);
        else {
          const picture = { width: 640, height: 360, fps: 30, codec: "H264", source: "clock" } as const;
          await WhipPublisher.publish(home.page, `${house.server.url}/whip`, key, picture);
        }
        await until("a live stream", async () => (await rest.stream(id)).status === "live");
        await WhepViewer.watch(away.page, `${house.server.url}/whep/${id}`);
        await watchFrames(away.page, SETTLE_MS);
        const frames = await watchFrames(away.page, WATCH_MS);
        const delayMs = median(delaysMs(frames));
        const stoodMs = longestGapMs(frames.map(({ shownAtMs }) => shownAtMs));
        const words = `median ${Math.round(delayMs)} ms, ${frames.length} frames, stood ${Math.round(stoodMs)} ms`;
        expect(delayMs, words).toBeLessThanOrEqual(DELAY_MS);
        expect(stoodMs, words).toBeLessThan(STANDS_MS);
        // What all the others watch has no break for it.
        for (const { segments, text } of await hls.mediaPlaylists()) {
          expect(segments.length, text).toBeGreaterThan(5);
          expect(segments.filter(({ discontinuity }) => discontinuity).length, text).toBe(0);
        }
        for (const { lost } of up) expect(lost.up).toBeGreaterThan(20);
        for (const { lost } of down) expect(lost.down).toBeGreaterThan(20);
      } finally {
        await encoder?.stop();
        for (const { page } of [home, away]) await page.close();
        for (const line of [...up, ...down]) await line[Symbol.asyncDispose]();
      }
    },
    120_000,
  );

  it("our player: it stays in the ultra tier", async () => {
    const { rest } = await house.streamer("soak_player");
    const stream = await rest.startStream({ title: "soak", latency_mode: "ultra-low" });
    const encoder = house.publish(stream.stream_key);
    await until("a live stream", async () => (await rest.stream(stream.stream_id)).status === "live");
    const { page } = await house.visit("/");
    const lines = await throughLine(page, BAD);
    try {
      await page.goto(`${house.server.url}/soak_player`);
      await page.waitForSelector('[data-testid="player"][data-tier="ultra"][data-state="playing"]');
      for (let second = 0; second < 30; second += 1) {
        const frames = await watchFrames(page, 1_000);
        expect(frames.length).toBeGreaterThan(3);
        expect(await figureOf(page, "tier")).toBe("ultra");
      }
      expect(lines).toHaveLength(1);
    } finally {
      await encoder.stop();
      await page.close();
      for (const line of lines) await line[Symbol.asyncDispose]();
    }
  }, 120_000);
});
