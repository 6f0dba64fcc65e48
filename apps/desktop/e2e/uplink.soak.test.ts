import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import ffmpeg from "@ffmpeg-installer/ffmpeg";
import { BackfillPlan, rest as contract } from "@footlight/shared";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { RestClient } from "../../server/src/testing/rest-client.ts";
import { TestServer } from "../../server/src/testing/test-server.ts";
import { throughLine } from "../../web-viewer/e2e/bad-lines.ts";
import { filling } from "../src/model/default-document.ts";
import { Line } from "../test/line.ts";
import { expectBearable, narrow } from "../test/narrow-line.ts";
import { KEY, RtmpSink } from "../test/rtmp-sink.ts";
import { Studio } from "./launch.ts";

/** The same server by another address of this machine: there everything goes over lines that can be cut. */
const BEYOND = "127.0.0.2";
const BITRATE_BPS = 1_500_000;
const WAIT = { timeout: 60_000, interval: 100 };
const LONG = { timeout: 240_000 };

let server: TestServer;
let lines: Line[];
let studio: Studio;
let rest: RestClient;

beforeAll(async () => {
  server = await TestServer.start({ LOG_LEVEL: "warn" });
  rest = await RestClient.signUp(server.url, "streamer");
  lines = await Promise.all(
    [server.rtmpPort, server.httpPort].map((port) => Line.to(port, { host: BEYOND, port })),
  );
  const address = `http://${BEYOND}:${server.httpPort}`;
  studio = await Studio.launch({ args: [`--server=${address}`] });
  const { video } = await studio.topic("settings");
  const picture = { width: 640, height: 360, bitrateBps: BITRATE_BPS };
  await studio.call("settings.change", { video: { ...video, ...picture } });
  await studio.until("engine", ({ engine, encoder }) => engine === "ready" && encoder === "ready");
  const password = "correct horse streamer";
  expect(await studio.call("account.sign-in", { server: address, username: "streamer", password })).toEqual({
    fault: null,
  });
}, 120_000);

afterAll(async () => {
  await studio?.[Symbol.asyncDispose]();
  for (const line of lines ?? []) await line[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

afterEach(() => studio.call("broadcast.stop", undefined));

const stream = {
  title: "Uplink",
  category: "",
  tags: [] as string[],
  latencyMode: "low",
  delayS: 0,
  record: false,
} as const;
const target = async () => (await studio.topic("targets")).find(({ enabled }) => enabled);
/** For whoever runs it. */
const tell = (figures: object) => process.stdout.write(`${JSON.stringify(figures)}\n`);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Of the one stream that the server lists. */
async function streamId(): Promise<string> {
  const listed = async () =>
    contract.ListStreamsAnswer.parse(await (await fetch(`${server.url}/api/v1/streams`)).json()).streams[0]
      ?.stream_id;
  await expect.poll(listed, WAIT).toBeDefined();
  return (await listed()) ?? "";
}

/** Stretches that were sent afterwards, as they lie with the server. */
async function pieces(id: string): Promise<{ source: number; from: number; to: number }[]> {
  const names = await readdir(join(server.dataDir, "blobs", "streams", id, "backfill")).catch(() => []);
  return names
    .map((name) => /^(\d+)-(\d+)-(\d+)\.flv$/.exec(name)?.slice(1).map(Number) ?? [])
    .map(([source = 0, from = 0, to = 0]) => ({ source, from, to }))
    .sort((a, b) => a.from - b.from);
}

it.each([
  ["cut", 4_000],
  ["dead without a word", 4_000],
  ["cut", 30_000],
  ["dead without a word", 30_000],
] as const)(
  "a line that is %s for %i ms: one stream, and all that it lacks is sent afterwards",
  LONG,
  async (how, ms) => {
    expect(await studio.call("broadcast.start", { stream })).toEqual({ fault: null });
    await studio.until("broadcast", ({ state }) => state === "live");
    const id = await streamId();
    await expect.poll(async () => (await target())?.figures?.frames, WAIT).toBeGreaterThan(150);

    if (how === "cut") for (const line of lines) line.cut();
    else for (const line of lines) line.bitrateBps = 0;
    await pause(ms);
    for (const line of lines) {
      line.isDown = false;
      line.bitrateBps = undefined;
    }
    await studio.until("broadcast", ({ state }) => state === "live");
    // Where nothing got lost nothing was kept.
    await expect.poll(async () => (await target())?.backfill?.state ?? "done", WAIT).toBe("done");
    const { frames = 0, sent = 0, bytesLeft = 0 } = (await target())?.backfill ?? {};
    expect((await rest.stream(id)).status).toBe("live");

    // The server takes a piece only if it lacked each of its pictures; so these are just what it lacked.
    const stored = await pieces(id);
    const count = stored.reduce((sum, { from, to }) => sum + to - from + 1, 0);
    tell({ how, ms, frames, sent, stored });
    expect([sent, bytesLeft]).toEqual([frames, 0]);
    expect(count).toBe(sent);
    if (ms > 5_000) expect(count).toBeGreaterThan(((ms - 6_000) / 1_000) * 20);
    // And there is nothing that it lacks still, from its first picture to one after the cut.
    const { source, to = 0 } = stored.at(-1) ?? {};
    if (source === undefined) return;
    const query = { source, ranges: [{ from: 0, to: to + 60 }] };
    const lacking = async () =>
      (await rest.call("POST", `/api/v1/streams/${id}/backfill`, BackfillPlan, query)).missing;
    await expect.poll(async () => (await lacking()).filter(({ from }) => from > 30), WAIT).toEqual([]);
    await studio.call("broadcast.stop", undefined);
    expect((await rest.stream(id)).status).toBe("ended");
  },
);

it("an encoder that is killed while the line is away leaves what it kept to the next one", LONG, async () => {
  expect(await studio.call("broadcast.start", { stream })).toEqual({ fault: null });
  await studio.until("broadcast", ({ state }) => state === "live");
  const id = await streamId();
  await expect.poll(async () => (await target())?.figures?.frames, WAIT).toBeGreaterThan(150);
  for (const line of lines) line.cut();
  await expect.poll(async () => (await target())?.backfill?.state, WAIT).toBe("keeping");
  const kept = async () => (await target())?.backfill?.frames;
  const before = (await kept()) ?? 0;
  await expect.poll(kept, WAIT).toBeGreaterThan(before + 90);
  await studio.app.evaluate(({ app }) => {
    const encoder = app.getAppMetrics().find((each) => each.name === "Footlight encoder");
    if (encoder) process.kill(encoder.pid, "SIGKILL");
  });
  await studio.until("news", (news) => news.some(({ code }) => code === "encoder_restarted"));
  for (const line of lines) line.isDown = false;
  await studio.until("broadcast", ({ state }) => state === "live");
  await expect.poll(async () => (await pieces(id)).length, WAIT).toBeGreaterThan(0);
  await expect.poll(async () => (await target())?.backfill?.state, WAIT).toBe("done");
  const stored = await pieces(id);
  tell({ killed: true, kept: await kept(), stored });
  // Of the one that was killed: pictures from before the cut are with the server, so none of them is here.
  const first = stored.filter(({ source }) => source === stored[0]?.source);
  expect(first.reduce((sum, { from, to }) => sum + to - from + 1, 0)).toBeGreaterThan(60);
  expect(await readdir(join(studio.profile, "unsent"))).toEqual([]);
});

it("a WHIP path that goes dead, a refusal meanwhile and a sleep: one stream", LONG, async () => {
  const engine = await studio.engine();
  const paths = await throughLine(engine, {});
  const waved = await RestClient.signUp(server.url, "waved");
  const { stream_id: id, stream_key: key } = await waved.startStream({ title: "WHIP" });
  await studio.call("targets.enable", { id: "footlight", enabled: false });
  const url = `${server.url}/whip`;
  await studio.call("targets.save", { id: "waved", name: "waved", kind: "whip", url, key });
  expect(await studio.call("broadcast.start", { stream })).toEqual({ fault: null });
  await expect.poll(async () => (await waved.stream(id)).status, WAIT).toBe("live");
  const frames = async () => (await target())?.figures?.frames ?? 0;
  await expect.poll(frames, WAIT).toBeGreaterThan(60);

  let refusals = 2;
  await engine.route(/\/whip$/, async (route) => {
    if (refusals-- > 0) await route.fulfill({ status: 404, body: "starting" });
    else await route.fallback();
  });
  for (const path of paths) path.cut = true;
  await studio.until("broadcast", ({ state }) => state === "interrupted");
  await studio.until("broadcast", ({ state }) => state === "live");
  await expect.poll(async () => (await waved.stream(id)).status, WAIT).toBe("live");
  expect(paths).toHaveLength(2);
  const counted = await frames();
  await expect.poll(frames, WAIT).toBeGreaterThan(counted + 30);

  await studio.app.evaluate(({ powerMonitor }) => powerMonitor.emit("resume"));
  await expect.poll(() => paths.length, WAIT).toBe(3);
  await studio.until("broadcast", ({ state }) => state === "live");
  await expect.poll(async () => (await waved.stream(id)).status, WAIT).toBe("live");
  await studio.call("broadcast.stop", undefined);
  await expect.poll(async () => (await waved.stream(id)).status, WAIT).toBe("ended");
  await studio.call("targets.remove", { id: "waved" });
  for (const path of paths) await path[Symbol.asyncDispose]();
});

/** A picture that takes all the bits that it may have. */
async function addNoise(): Promise<void> {
  const path = join(studio.profile, "noise.mp4");
  const picture = "testsrc2=size=640x360:rate=30,noise=alls=40:allf=t";
  const coding = ["-t", "3", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", path];
  await promisify(execFile)(ffmpeg.path, ["-v", "error", "-f", "lavfi", "-i", picture, ...coding]);
  const { programmeSceneId: sceneId, canvas } = await studio.topic("document");
  const { sourceId: _, ...item } = filling("noise", "noise", canvas);
  const settings = { kind: "video" as const, path, loop: true };
  const source = { id: "noise", name: "Noise", settings, filters: [] };
  const command = { kind: "source-add" as const, source, place: { sceneId, item } };
  expect(await studio.call("document.do", { command, gesture: null })).toEqual({ refusal: null });
}

/** A quiet picture needs little of what it may have: half of what is really sent is the line then. */
it.each([
  ["quiet", "webcodecs"],
  ["busy", "webcodecs"],
  ["busy", "libx264"],
] as const)(
  "on half a line, with a %s picture of %s: sound is unbroken, pictures go on, and the delay is soon back",
  LONG,
  async (name, encoder) => {
    const { video } = await studio.topic("settings");
    await studio.call("settings.change", { video: { ...video, encoder } });
    const { sources } = await studio.topic("document");
    if (name === "busy" && sources["noise"] === undefined) await addNoise();
    await studio.call("targets.enable", { id: "footlight", enabled: false });
    await using sink = await RtmpSink.start();
    await using line = await Line.to(sink.server.port);
    await studio.call("targets.save", { id: "sink", name: "sink", kind: "rtmp", url: line.url, key: KEY });
    expect(await studio.call("broadcast.start", { stream })).toEqual({ fault: null });
    await expect.poll(() => sink.pictures.length, WAIT).toBeGreaterThan(300);
    const { bitrateBps = 0 } = (await target())?.figures ?? {};
    const narrowed = await narrow(line, sink, bitrateBps / 2);
    tell({ name, encoder, bitrateBps, ...narrowed });

    expectBearable(narrowed);
    expect(sink.hub.leases).toHaveLength(1);
    await studio.call("broadcast.stop", undefined);
  },
);
