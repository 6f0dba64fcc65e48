import { describe, expect, test } from "vitest";
import { until, WeriftViewer } from "../src/testing/werift-peer.ts";
import { aFeed } from "./sfu-feed.ts";
import { aStream, EngineHarness, PEER, refusal } from "./sfu-harness.ts";

/** Consent: the least that the worker takes. */
const QUICK = { connectMs: 400, consentS: 10, lostMs: 200 };

/** A viewer of Chromium's numbers, and one for whom a branch must be made. */
const kinds = [
  { videoPayloadType: 108, audioPayloadType: 111 },
  { videoPayloadType: 98, audioPayloadType: 97 },
];

describe("who is too many", () => {
  test("is told so with a time to come back: of a stream, of an address", async () => {
    await using sfu = await EngineHarness.start({ maxPeersPerStream: 2, maxPeersPerAddress: 3 });
    const [one, two] = [aStream(), aStream()];
    await using _feeds = await aFeed(sfu.engine, one);
    await using _others = await aFeed(sfu.engine, two);
    await using first = await sfu.watch(one);
    await using _second = await sfu.watch(one);
    await expect(sfu.watch(one)).rejects.toSatisfy(refusal("rtc_full"));
    await using _third = await sfu.watch(two);
    await expect(sfu.watch(two)).rejects.toMatchObject({ code: "rtc_full", retryAfterS: 10 });
    // A place that was left is free at once, for anyone.
    first.session.close();
    await using _again = await sfu.watch(one);
    expect(sfu.refused).toEqual(["rtc_full", "rtc_full"]);
  });

  test("for one worker watches on another, until all are full", async () => {
    await using sfu = await EngineHarness.start({ workers: 2, maxPeersPerWorker: 2 });
    const streamId = aStream();
    await using _feed = await aFeed(sfu.engine, streamId);
    const watching = [];
    for (let count = 0; count < 4; count++)
      watching.push(await sfu.watch(streamId, new WeriftViewer(kinds[0])));
    expect(sfu.engine.workers.map(({ peers }) => peers)).toEqual([2, 2]);
    for (const { viewer } of watching) {
      await viewer.receives("video", 5);
      await viewer.receives("audio", 5);
    }
    await expect(sfu.watch(streamId)).rejects.toSatisfy(refusal("rtc_full"));
    for (const one of watching) await one[Symbol.asyncDispose]();
  });
});

describe.concurrent("who is there no more", () => {
  test("is freed when ICE does not come about", async () => {
    await using sfu = await EngineHarness.start({ timing: QUICK });
    const streamId = aStream();
    await using _feed = await aFeed(sfu.engine, streamId);
    const before = await sfu.handles();
    const viewer = new WeriftViewer();
    const session = await sfu.engine.watch(streamId, await viewer.offer(), PEER);
    await until(() => session.closed.aborted, "the end of the session");
    expect(session.closed.reason).toBe("timed_out");
    expect(sfu.sessionsEnded).toEqual(["viewer timed_out"]);
    await until(async () => (await sfu.handles()).handlers === before.handlers, "its handles to go");
    await viewer[Symbol.asyncDispose]();
  });

  test("is freed when it falls silent, and a publisher's viewers are told", async () => {
    await using sfu = await EngineHarness.start({ timing: { ...QUICK, connectMs: 15_000 } });
    const streamId = aStream();
    const { publisher, session } = await sfu.publish(streamId);
    await using watching = await sfu.watch(streamId);
    await watching.viewer.receives("video", 5);
    // werift says no goodbye: as if its network had gone.
    await publisher[Symbol.asyncDispose]();
    await until(() => session.closed.aborted, "the end of the session");
    expect(session.closed.reason).toBe("timed_out");
    expect(watching.session.closed.reason).toBe("source_changed");
    expect(sfu.engine.state(streamId)).toBeUndefined();
  });
});

test("50 joins and leaves, of two dialects, leave nothing behind", async () => {
  await using sfu = await EngineHarness.start();
  const streamId = aStream();
  const empty = await sfu.handles();
  const feed = await aFeed(sfu.engine, streamId);
  const fed = await sfu.handles();
  const offers = await Promise.all(
    kinds.map(async (options) => {
      const viewer = new WeriftViewer(options);
      const offer = await viewer.offer();
      await viewer[Symbol.asyncDispose]();
      return offer;
    }),
  );
  for (let round = 0; round < 5; round++) {
    const sessions = await Promise.all(
      Array.from({ length: 10 }, (_, index) => sfu.engine.watch(streamId, offers[index % 2] ?? "", PEER)),
    );
    expect(sfu.engine.stats().viewers).toBe(10);
    for (const session of sessions) session.close();
    // Twice is once.
    sessions[0]?.close();
  }
  expect(sfu.engine.stats().viewers).toBe(0);
  await until(
    async () => JSON.stringify(await sfu.handles()) === JSON.stringify(fed),
    "the viewers' handles to go",
  );
  await feed[Symbol.asyncDispose]();
  await until(
    async () => JSON.stringify(await sfu.handles()) === JSON.stringify(empty),
    "the room's handles to go",
  );
  expect(sfu.engine.stats().rooms).toBe(0);
});
