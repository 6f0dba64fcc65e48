import { afterAll, beforeAll, expect, it } from "vitest";
import type { RecordedLease } from "../../server/src/testing/rtmp-publisher-hub.ts";
import { KEY, RtmpSink } from "../test/rtmp-sink.ts";
import { WhipSink } from "../test/whip-sink.ts";
import { Studio } from "./launch.ts";

const MINUTES = Number(process.env["GRID_MINUTES"] ?? 10);
const GRID_MS = 2_000;
const FRAME_MS = 1_000 / 30;
/** The server knows a browser's clock when its first reports have come: until then times are those of arrival. */
const SETTLED_MS = 20_000;
const WAIT = { timeout: 60_000, interval: 200 };

let rtmp: RtmpSink;
let whip: WhipSink;
let studio: Studio;

beforeAll(async () => {
  [rtmp, whip] = await Promise.all([RtmpSink.start(), WhipSink.start()]);
  studio = await Studio.launch();
  const { video } = await studio.topic("settings");
  await studio.call("settings.change", { video: { ...video, width: 640, height: 360, bitrateBps: 800_000 } });
  await studio.until("engine", ({ engine, encoder }) => engine === "ready" && encoder === "ready");
});
afterAll(async () => {
  await studio?.[Symbol.asyncDispose]();
  await Promise.all([rtmp?.[Symbol.asyncDispose](), whip?.[Symbol.asyncDispose]()]);
});

it(`at each grid point of ${MINUTES} minutes is a keyframe, by RTMP none between, by WHIP those that were asked for`, {
  timeout: (MINUTES + 3) * 60_000,
}, async () => {
  await studio.call("targets.save", { id: null, name: "rtmp", kind: "rtmp", url: rtmp.url, key: KEY });
  await studio.call("targets.save", { id: null, name: "whip", kind: "whip", url: whip.url, key: KEY });
  const { stream } = await studio.topic("settings");
  expect(await studio.call("broadcast.start", { stream })).toEqual({ fault: null });
  const leases = () => [rtmp, whip].map(({ hub }) => hub.leases.at(-1));
  await expect
    .poll(() => leases().map((lease) => (lease?.of("video").length ?? 0) > 0), WAIT)
    .toEqual([true, true]);
  await new Promise((resolve) => setTimeout(resolve, MINUTES * 60_000));

  const [byRtmp, byWhip] = leases().map((lease, at) => gridOf(lease, at === 1));
  const dropped = (await studio.topic("engine")).droppedRender;
  process.stdout.write(`${JSON.stringify({ byRtmp, byWhip, asked: whip.requested, dropped })}\n`);
  expect([rtmp.hub.leases.length, whip.hub.leases.length]).toEqual([1, 1]);
  expect(byRtmp).toMatchObject({ missing: [], between: [] });
  expect(byWhip?.missing.filter((ms) => ms > SETTLED_MS)).toEqual([]);
  expect(byWhip?.between.filter((ms) => ms > SETTLED_MS).length).toBeLessThanOrEqual(whip.requested);
  expect(Math.min(byRtmp?.points ?? 0, byWhip?.points ?? 0)).toBeGreaterThan(
    (MINUTES * 60_000) / GRID_MS - 3,
  );
});

/**
 * Milliseconds since the first picture of grid points without a keyframe, and of keyframes at none. The first keyframe
 * begins the stream, wherever that is.
 *
 * @param follows a browser stamps its pictures by its own clock, which it moves slowly: a point is 2 s after the last
 */
function gridOf(lease: RecordedLease | undefined, follows: boolean) {
  const pictures = lease?.of("video") ?? [];
  const startMs = (pictures[0]?.dts90k ?? 0) / 90;
  const endMs = (pictures.at(-1)?.dts90k ?? 0) / 90 - startMs - FRAME_MS;
  const keysMs = pictures.filter(({ keyframe }) => keyframe).map(({ dts90k }) => dts90k / 90 - startMs);
  const between = new Set(keysMs.slice(1));
  const missing: number[] = [];
  let points = 0;
  // The one that has another 2 s after it.
  let point = keysMs.find((ms) => keysMs.some((other) => Math.abs(other - ms - GRID_MS) < FRAME_MS)) ?? 0;
  while (point <= endMs) {
    const key = keysMs.find((ms) => Math.abs(ms - point) < FRAME_MS * 1.5);
    if (key === undefined) missing.push(point);
    else between.delete(key);
    points += 1;
    // After a step of that clock the next key is where it goes on.
    const last = follows ? (key ?? keysMs.find((ms) => Math.abs(ms - point) < GRID_MS / 2)) : undefined;
    point = (last ?? point) + GRID_MS;
  }
  return { points, pictures: pictures.length, missing, between: [...between] };
}
