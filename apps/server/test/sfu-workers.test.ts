import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { loadMediasoup } from "../src/sfu/mediasoup.ts";
import { freePort } from "../src/testing/free-port.ts";
import { until, WeriftViewer } from "../src/testing/werift-peer.ts";
import { aFeed } from "./sfu-feed.ts";
import { aStream, EngineHarness, PEER } from "./sfu-harness.ts";

describe("a media worker that dies", () => {
  test("is replaced, and who was on another one does not notice", async () => {
    await using sfu = await EngineHarness.start({ workers: 2 });
    const [doomed, safe] = [aStream(), aStream()];
    // The emptiest worker takes a new room, so that two publishers are on two.
    await using published = await sfu.publish(doomed);
    await using spared = await sfu.publish(safe);
    await using watching = await sfu.watch(doomed);
    await using other = await sfu.watch(safe);
    await watching.viewer.receives("video", 5);
    const [victim] = sfu.engine.workers.filter(({ peers }) => peers > 0);
    const pids = sfu.engine.workers.map(({ process }) => process.pid);
    const epoch = sfu.engine.state(doomed)?.epoch ?? 0;
    expect(victim).toBeDefined();

    process.kill(victim?.process.pid ?? 0, "SIGKILL");
    await until(() => published.session.closed.aborted, "the publisher's end");
    expect(published.session.closed.reason).toBe("worker_died");
    expect(watching.session.closed.aborted).toBe(true);
    await until(() => sfu.engine.workers.length === 2, "the replacement");
    expect(sfu.engine.workers.some(({ process }) => !pids.includes(process.pid))).toBe(true);
    expect(sfu.deaths).toBe(1);

    expect(spared.session.closed.aborted).toBe(false);
    await other.viewer.receives("video", 20);
    await using again = await sfu.publish(doomed);
    await using back = await sfu.watch(doomed);
    await back.viewer.receives("video", 5);
    expect(again.session.closed.aborted).toBe(false);
    expect(sfu.engine.state(doomed)?.epoch).toBeGreaterThan(epoch);
  });

  test("gives its port to the next one, and its feeds go on with the numbers that they had", async () => {
    const port = await freePort();
    await using sfu = await EngineHarness.start({ port });
    const streamId = aStream();
    await using feed = await aFeed(sfu.engine, streamId);
    await using watching = await sfu.watch(streamId);
    await watching.viewer.receives("video", 5);
    const told: (number | undefined)[] = [];
    sfu.engine.onChange(() => told.push(sfu.engine.state(streamId)?.epoch));
    const { terms, keyframesWanted } = feed;

    process.kill(sfu.engine.workers[0]?.process.pid ?? 0, "SIGKILL");
    await until(() => watching.session.closed.aborted, "the viewer's end");
    expect(watching.session.closed.reason).toBe("worker_died");
    // Waits for worker and feed itself: no retry of the client's is needed.
    await until(() => sfu.engine.available, "a worker");
    await using back = await sfu.watch(streamId);
    await back.viewer.receives("video", 10);
    await back.viewer.receives("audio", 10);
    for (const { session } of [watching, back]) {
      expect(session.answer).toMatch(new RegExp(`a=candidate:.* udp .* 127.0.0.1 ${port} typ host`));
      expect(session.answer).toMatch(
        new RegExp(`a=candidate:.* tcp .* 127.0.0.1 ${port} typ host tcptype passive`),
      );
    }
    expect(feed.terms).toEqual(terms);
    expect(feed.keyframesWanted).toBeGreaterThan(keyframesWanted);
    expect(told.length).toBeGreaterThan(0);
  });

  test("far from its home costs a room only the viewers there", async () => {
    await using sfu = await EngineHarness.start({ workers: 2, maxPeersPerWorker: 1 });
    const streamId = aStream();
    await using _feed = await aFeed(sfu.engine, streamId);
    await using near = await sfu.watch(
      streamId,
      new WeriftViewer({ videoPayloadType: 108, audioPayloadType: 111 }),
    );
    const home = sfu.engine.workers.find(({ peers }) => peers === 1);
    await using far = await sfu.watch(
      streamId,
      new WeriftViewer({ videoPayloadType: 108, audioPayloadType: 111 }),
    );
    await far.viewer.receives("video", 5);
    const epoch = sfu.engine.state(streamId)?.epoch ?? 0;
    const away = sfu.engine.workers.find((worker) => worker !== home);
    process.kill(away?.process.pid ?? 0, "SIGKILL");
    await until(() => far.session.closed.aborted, "the far viewer's end");
    expect(far.session.closed.reason).toBe("worker_died");
    expect(near.session.closed.aborted).toBe(false);
    await near.viewer.receives("video", 10);
    await until(() => (sfu.engine.state(streamId)?.epoch ?? 0) > epoch, "viewers to be told");
    await until(() => sfu.engine.workers.length === 2, "the replacement");
    await using back = await sfu.watch(streamId);
    await back.viewer.receives("video", 5);
  });
});

test("a worker's binary that is built while the server runs is taken up", async () => {
  const folder = await mkdtemp(join(tmpdir(), "footlight-sfu-"));
  const { binary: real } = await loadMediasoup(pino({ level: "silent" }));
  const binary = join(folder, "mediasoup-worker");
  {
    await using sfu = await EngineHarness.start({}, { binary });
    const told: unknown[] = [];
    sfu.engine.onChange((streamId) => told.push(streamId));
    expect(sfu.engine.available).toBe(false);
    await symlink(real, binary);
    await until(() => sfu.engine.available, "the worker");
    expect(told).toEqual([undefined]);
    await using feed = await aFeed(sfu.engine, aStream());
    expect(feed.terms).toBeDefined();
  }
  await rm(folder, { recursive: true });
});

describe("closing the engine", () => {
  test("ends all sessions and processes, also when asked twice", async () => {
    const sfu = await EngineHarness.start({ workers: 2 });
    const streamId = aStream();
    await using published = await sfu.publish(streamId);
    await using watching = await sfu.watch(streamId);
    const pids = sfu.engine.workers.map(({ process }) => process.pid);
    await Promise.all([sfu[Symbol.asyncDispose](), sfu[Symbol.asyncDispose]()]);
    expect(published.session.closed.reason).toBe("closing");
    expect(watching.session.closed.reason).toBe("closing");
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow();
    const viewer = new WeriftViewer();
    await expect(sfu.engine.watch(streamId, await viewer.offer(), PEER)).rejects.toMatchObject({
      code: "rtc_unavailable",
    });
    await viewer[Symbol.asyncDispose]();
  });
});
