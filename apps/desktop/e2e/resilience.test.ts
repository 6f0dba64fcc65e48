import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../server/src/testing/free-port.ts";
import { RestClient } from "../../server/src/testing/rest-client.ts";
import { TestServer } from "../../server/src/testing/test-server.ts";
import { RemoteClient } from "../src/testing/remote-client.ts";
import { Line } from "../test/line.ts";
import { KEY, RtmpSink } from "../test/rtmp-sink.ts";
import { Studio } from "./launch.ts";

/** Everything that a broadcast meets at once: two of its targets are Footlight, one is somebody else's. */
let server: TestServer;
let sink: RtmpSink;
let line: Line;
let studio: Studio;
let remote: RemoteClient;
const streams: { readonly rest: RestClient; readonly id: string; readonly key: string }[] = [];

beforeAll(async () => {
  const port = await freePort();
  [server, sink] = await Promise.all([TestServer.start({ LOG_LEVEL: "warn" }), RtmpSink.start()]);
  line = await Line.to(server.rtmpPort);
  studio = await Studio.launch({
    args: [`--server=${server.url}`, `--remote-port=${port}`, "--remote-password=correct horse"],
  });
  for (const username of ["wired", "waved"]) {
    const rest = await RestClient.signUp(server.url, username);
    const { stream_id: id, stream_key: key } = await rest.startStream();
    streams.push({ rest, id, key });
  }
  const [wired, waved] = streams;
  await save("wired", "rtmp", line.url, wired?.key);
  await save("waved", "whip", `${server.url}/whip`, waved?.key);
  await save("elsewhere", "rtmp", sink.url, KEY);
  const { video } = await studio.topic("settings");
  await studio.call("settings.change", { video: { ...video, width: 640, height: 360, bitrateBps: 800_000 } });
  await studio.until("engine", ({ engine, encoder }) => engine === "ready" && encoder === "ready");
  remote = await RemoteClient.connect(port, "correct horse");
}, 120_000);

afterAll(async () => {
  remote?.close();
  await studio?.[Symbol.asyncDispose]();
  await line?.[Symbol.asyncDispose]();
  await Promise.all([server?.[Symbol.asyncDispose](), sink?.[Symbol.asyncDispose]()]);
});

const save = (name: string, kind: "rtmp" | "whip", url: string, key = "") =>
  studio.call("targets.save", { id: null, name, kind, url, key });
const status = async () => {
  const { data } = await remote.request("GetStreamStatus");
  return {
    active: data["outputActive"],
    reconnecting: data["outputReconnecting"],
    bytes: Number(data["outputBytes"]),
    frames: Number(data["outputTotalFrames"]),
    skipped: Number(data["outputSkippedFrames"]),
  };
};
const stateOf = async (name: string) =>
  (await studio.topic("targets")).find((target) => target.name === name)?.state.state;
const becomes = (name: string, state: string) => expect.poll(() => stateOf(name), WAIT).toBe(state);
const statuses = () => Promise.all(streams.map(async ({ rest, id }) => (await rest.stream(id)).status));
const WAIT = { timeout: 60_000, interval: 100 };
/** A server that starts and three connections that come back take their time where the machine is busy. */
const LONG = { timeout: 180_000 };

describe("on air at three places", () => {
  it("counts what goes out everywhere, by WHIP too", async () => {
    expect((await remote.request("StartStream")).code).toBe(100);
    for (const name of ["wired", "waved", "elsewhere"]) await becomes(name, "live");
    await expect.poll(statuses, WAIT).toEqual(["live", "live"]);
    await expect
      .poll(
        async () => (await studio.topic("targets")).map(({ figures }) => (figures?.sentBytes ?? 0) > 0),
        WAIT,
      )
      .toEqual([true, true, true]);
    expect(await status()).toMatchObject({ active: true, reconnecting: false });
  });

  it("a line that is cut harms its own target alone, and heals into the same stream", async () => {
    const before = sink.pictures.length;
    line.cut();
    await becomes("wired", "reconnecting");
    expect((await studio.topic("broadcast")).state).toBe("live");
    await expect.poll(() => sink.pictures.length, WAIT).toBeGreaterThan(before + 30);
    line.isDown = false;
    await becomes("wired", "live");
    await expect.poll(statuses, WAIT).toEqual(["live", "live"]);
    const { frames } = sink;
    expect(frames).toEqual(frames.map((_, at) => (frames[0] ?? 0) + at));
    expect(sink.hub.leases).toHaveLength(1);
  });

  it("a killed encoder is another one in a moment; streams go on, and counters", async () => {
    const before = await status();
    await studio.app.evaluate(({ app }) => {
      const encoder = app.getAppMetrics().find((each) => each.name === "Footlight encoder");
      if (encoder) process.kill(encoder.pid, "SIGKILL");
    });
    await studio.until("news", (news) => news.some(({ code }) => code === "encoder_restarted"));
    await expect.poll(() => sink.hub.leases.length, WAIT).toBe(2);
    await expect.poll(() => sink.hub.last.of("video").length, WAIT).toBeGreaterThan(30);
    for (const name of ["wired", "waved", "elsewhere"]) await becomes(name, "live");
    expect(sink.hub.last.of("video")[0]?.keyframe).toBe(true);
    await expect.poll(statuses, WAIT).toEqual(["live", "live"]);
    await expect.poll(async () => (await status()).frames, WAIT).toBeGreaterThan(before.frames);
    expect((await status()).bytes).toBeGreaterThan(before.bytes);
  });

  it("a server that is started again finds both of its streams come back", LONG, async () => {
    await server.stop("SIGKILL");
    await becomes("wired", "reconnecting");
    await server.startAgain();
    // It knows them as interrupted until somebody publishes.
    await expect.poll(statuses, WAIT).toEqual(["live", "live"]);
    for (const name of ["wired", "waved"]) await becomes(name, "live");
    expect(await stateOf("elsewhere")).toBe("live");
    expect(sink.hub.leases).toHaveLength(2);
  });

  it("ends at once when it is ended, and the same keys begin anew", LONG, async () => {
    expect((await remote.request("StopStream")).code).toBe(100);
    await studio.until("broadcast", ({ state }) => state === "idle");
    await expect.poll(statuses, WAIT).toEqual(["ended", "ended"]);
    expect(sink.hub.last.closeReason).toBe("unpublished");
    const total = await status();
    expect(total).toMatchObject({ active: false, reconnecting: false });
    expect(total.bytes).toBeGreaterThan(0);

    expect((await remote.request("StartStream")).code).toBe(100);
    for (const name of ["wired", "waved", "elsewhere"]) await becomes(name, "live");
    expect((await status()).bytes).toBeLessThan(total.bytes);
    expect((await remote.request("StopStream")).code).toBe(100);
    await studio.until("broadcast", ({ state }) => state === "idle");
  });
});
