import { afterAll, beforeAll, expect, it } from "vitest";
import { RestClient } from "../../server/src/testing/rest-client.ts";
import { TestServer } from "../../server/src/testing/test-server.ts";
import { KEY, RtmpSink } from "../test/rtmp-sink.ts";
import { Studio } from "./launch.ts";

const WAIT = { timeout: 30_000, interval: 100 };
const GOP_90K = 180_000;
const BLOCKED_MS = 3_000;

let server: TestServer;
let sink: RtmpSink;
let studio: Studio;
let attempt = 0;

beforeAll(async () => {
  [server, sink, studio] = await Promise.all([
    TestServer.start({ LOG_LEVEL: "warn" }),
    RtmpSink.start(),
    Studio.launch(),
  ]);
  const { video } = await studio.topic("settings");
  await studio.call("settings.change", {
    video: { ...video, width: 640, height: 360, fps: 30, bitrateBps: 1_000_000 },
  });
  await studio.until("engine", ({ engine, encoder }) => engine === "ready" && encoder === "ready");
  await save("sink", sink.url, KEY);
});
afterAll(async () => {
  await studio?.[Symbol.asyncDispose]();
  await sink?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

async function save(name: string, url: string, key: string): Promise<void> {
  const id = (await studio.topic("targets")).find((target) => target.name === name)?.id ?? null;
  await studio.call("targets.save", { id, name, kind: "rtmp", url, key });
}

/** A machine that stands still for a moment in the first seconds has the server look no further: once more then. */
it("goes through the server untouched", { retry: 2 }, async () => {
  await studio.call("broadcast.stop", undefined);
  await studio.until("broadcast", ({ state }) => state === "idle");
  const user = await RestClient.signUp(server.url, `steady${++attempt}`);
  const { stream_id, stream_key } = await user.startStream();
  await save("server", `rtmp://127.0.0.1:${server.rtmpPort}/live`, stream_key);
  const { stream } = await studio.topic("settings");
  expect(await studio.call("broadcast.start", { stream })).toEqual({ fault: null });
  const qualities = async () => (await user.playback(stream_id)).qualities;
  const source = { name: "source", resolution: "640x360", fps: 30 };
  await expect
    .poll(qualities, { timeout: 15_000, interval: 100 })
    .toContainEqual(expect.objectContaining(source));
});

it("goes on, keyframes in their places, while its window hangs", async () => {
  const sent = () => sink.hub.leases.at(-1)?.of("video") ?? [];
  await expect.poll(() => sent().length, WAIT).toBeGreaterThan(60);
  const before = sent().length;
  await studio.page.evaluate((ms) => {
    const end = performance.now() + ms;
    while (performance.now() < end);
  }, BLOCKED_MS);
  // What was made meanwhile may be on its way still.
  await expect.poll(() => sent().length, WAIT).toBeGreaterThan(before + (BLOCKED_MS * 30) / 1_000);
  const pictures = sent();
  const numbers = sink.frames.slice(-pictures.length);
  expect(numbers).toEqual(numbers.map((_, at) => (numbers[0] ?? 0) + at));
  const steps = pictures.slice(1).map(({ dts90k }, at) => dts90k - (pictures[at]?.dts90k ?? 0));
  // A machine with ten times the work of this test leaves small holes of its own; the soak allows none.
  const longest = Math.max(...steps);
  expect(longest).toBeLessThan((BLOCKED_MS * 90) / 2);
  const keys = pictures.filter(({ keyframe }) => keyframe).map(({ dts90k }) => dts90k);
  const [, second = 0] = keys;
  expect(keys.length).toBeGreaterThan(2);
  for (const [at, key] of keys.slice(1).entries())
    expect(Math.abs(key - second - at * GOP_90K)).toBeLessThanOrEqual(longest);
});

it("ends in order when the system ends it, without asking anybody", async () => {
  const { child } = studio;
  const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)));
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
  // Whoever is just killed says no goodbye.
  expect(sink.hub.leases.at(-1)?.closeReason).toBe("unpublished");
});
