import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { PatternPublisher } from "../../server/src/testing/pattern-publisher.ts";
import { watchFrames } from "./chromium.ts";
import { ENCODERS, House, until } from "./house.ts";
import { WhepViewer } from "./whep-viewer.ts";

/** As cheap as B-frames come: a machine that is short of time shall not be short of pictures. */
const B_FRAMES = [
  ...["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "60", "-sc_threshold", "0"],
  ...["-x264-params", "rc-lookahead=0:sync-lookahead=0", "-b:v", "800k", "-pix_fmt", "yuv420p"],
  ...["-c:a", "aac", "-b:a", "96k"],
];

let house: House;
const publishers: PatternPublisher[] = [];
const viewers: WhepViewer[] = [];
beforeAll(async () => {
  house = await House.open({ RECONNECT_GRACE_MS: "20000" });
});
afterEach(async () => {
  for (const { page } of viewers.splice(0)) await page.close();
  for (const publisher of publishers.splice(0)) await publisher.kill();
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
});

/** Announces a stream in the ultra tier and publishes to it by RTMP; resolves with where it is watched. */
async function goLive(username: string, encoder: readonly string[]) {
  const { rest } = await house.streamer(username);
  const { stream_id, stream_key } = await rest.startStream({ title: username, latency_mode: "ultra-low" });
  publish(stream_key, encoder);
  await until("a live stream", async () => (await rest.stream(stream_id)).status === "live");
  const whep = (await rest.playback(stream_id)).playback_urls.whep;
  expect(whep).toBe(`${house.server.url}/whep/${stream_id}`);
  return { rest, whep: whep as string, id: stream_id, key: stream_key };
}

function publish(key: string, encoder: readonly string[]): PatternPublisher {
  const publisher = house.publish(key, encoder);
  publishers.push(publisher);
  return publisher;
}

async function watch(whep: string): Promise<WhepViewer> {
  const { page } = await house.visit("/");
  const viewer = await WhepViewer.watch(page, whep);
  viewers.push(viewer);
  return viewer;
}

/** The picture moves on with the publisher's clock; on a busy machine it may take a while to flow. */
async function expectMoving({ page }: WhepViewer): Promise<void> {
  const made: number[] = [];
  await until("pictures that move", async () => {
    made.push(...(await watchFrames(page, 1_000)).map(({ madeAtMs }) => madeAtMs));
    return new Set(made).size > 30;
  });
  expect(made).toEqual([...made].sort((a, b) => a - b));
}

describe("Chromium watches by WHEP what came by RTMP", () => {
  it.each([
    { name: "without B-frames", username: "whep_plain", encoder: ENCODERS.plain },
    { name: "with B-frames", username: "whep_bframes", encoder: B_FRAMES },
  ])("$name: moving, with sound, until it says goodbye", async ({ username, encoder }) => {
    const { whep } = await goLive(username, encoder);
    const viewer = await watch(whep);
    await expectMoving(viewer);
    // The beep is there for a tenth of each second.
    await until("a beep", async () => (await viewer.stats()).audioLevel > 0.1);
    expect(await viewer.leave()).toBe(200);
    expect((await fetch(viewer.sessionUrl, { method: "DELETE" })).status).toBe(404);
  });

  it("and goes on by itself when the publisher comes back, with B-frames now", async () => {
    const { whep, key } = await goLive("whep_returning", ENCODERS.plain);
    const viewer = await watch(whep);
    await expectMoving(viewer);
    await publishers[0]?.kill();
    const { framesDecoded } = await viewer.stats();
    publish(key, B_FRAMES);
    await until("its pictures", async () => (await viewer.stats()).framesDecoded > framesDecoded + 30);
    expect(await viewer.connectionState()).toBe("connected");
    await expectMoving(viewer);
  });

  it("and is told that nothing of this name is there", async () => {
    const { page } = await house.visit("/");
    await expect(WhepViewer.watch(page, `${house.server.url}/whep/nobody`)).rejects.toThrow("WHEP 404");
    await page.close();
  });
});
