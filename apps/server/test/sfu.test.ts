import { parseRtpPacket } from "@footlight/protocols/rtp/packet.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RtcRefusal } from "../src/stream/rtc.ts";
import { until, WeriftPublisher, WeriftViewer } from "../src/testing/werift-peer.ts";
import { aFeed } from "./sfu-feed.ts";
import { aStream, EngineHarness, PEER, refusal } from "./sfu-harness.ts";

describe("the media engine", () => {
  let sfu: EngineHarness;
  beforeAll(async () => {
    sfu = await EngineHarness.start();
  });
  afterAll(() => sfu[Symbol.asyncDispose]());

  test("brings a WHIP publisher's picture and sound to WHEP viewers of any payload types", async () => {
    const streamId = aStream();
    await using published = await sfu.publish(streamId);
    await using chromium = await sfu.watch(
      streamId,
      new WeriftViewer({ videoPayloadType: 108, audioPayloadType: 111 }),
    );
    await using foreign = await sfu.watch(
      streamId,
      new WeriftViewer({ videoPayloadType: 120, audioPayloadType: 109 }),
    );
    for (const { viewer } of [chromium, foreign]) {
      await viewer.receives("video", 20);
      await viewer.receives("audio", 20);
      // Its first packet is a keyframe's, asked for when it had its keys.
      expect(viewer.firstVideo?.[0]).toBe(0x67);
    }
    expect([...foreign.viewer.payloadTypes.video]).toEqual([120]);
    expect([...foreign.viewer.payloadTypes.audio]).toEqual([109]);
    expect(published.publisher.keyframeRequests).toBeGreaterThan(0);
  });

  test("carries VP8, and sound alone to who asks for no picture", async () => {
    const streamId = aStream();
    await using _published = await sfu.publish(
      streamId,
      new WeriftPublisher({ videoCodec: "VP8", videoPayloadType: 100 }),
    );
    await using picture = await sfu.watch(
      streamId,
      new WeriftViewer({ videoCodec: "VP8", videoPayloadType: 110 }),
    );
    await using sound = await sfu.watch(streamId, new WeriftViewer({ kinds: ["audio"] }));
    await picture.viewer.receives("audio", 5);
    await sound.viewer.receives("audio", 5);
    await expect(sfu.watch(streamId, new WeriftViewer())).rejects.toSatisfy(refusal("unsupported_sdp"));
  });

  test("gives a publisher's packets out, and the reports of its clock", async () => {
    const streamId = aStream();
    await using published = await sfu.publish(streamId);
    const { session } = published;
    const packets: { kind: string; payloadType: number }[] = [];
    const reports: { kind: string; wallMs: number }[] = [];
    session.start({
      rtp: (kind, bytes) => packets.push({ kind, payloadType: parseRtpPacket(bytes).payloadType }),
      senderReport: (kind, { wallMs }) => reports.push({ kind, wallMs }),
    });
    await until(() => packets.filter(({ kind }) => kind === "video").length > 20, "packets");
    await until(
      () => ["audio", "video"].every((kind) => reports.some((one) => one.kind === kind)),
      "reports",
    );
    for (const { kind, codec, payloadType } of session.media) {
      expect(codec).toBe(kind === "video" ? "h264" : "opus");
      expect(packets.filter((one) => one.kind === kind).every((one) => one.payloadType === payloadType)).toBe(
        true,
      );
    }
    expect(Math.abs((reports[0]?.wallMs ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  test("keeps keyframe requests half a second apart, however many ask", async () => {
    const streamId = aStream();
    await using published = await sfu.publish(streamId);
    published.session.start({ rtp: () => {}, senderReport: () => {} });
    const before = published.publisher.keyframeRequests;
    const startedMs = performance.now();
    await until(() => {
      published.session.requestKeyframe();
      return published.publisher.keyframeRequests >= before + 3;
    }, "three more requests");
    expect(performance.now() - startedMs).toBeGreaterThan(1_000);
  });

  test("feeds viewers from packets of this process, and tells when one wants a keyframe", async () => {
    const streamId = aStream();
    await using feed = await aFeed(sfu.engine, streamId);
    await using watching = await sfu.watch(streamId);
    await watching.viewer.receives("video", 20);
    await watching.viewer.receives("audio", 20);
    expect(watching.viewer.firstVideo?.[0]).toBe(0x67);
    expect(feed.keyframesWanted).toBeGreaterThan(0);
    // Timestamps stay as they were sent: the clock that the feed tells is the viewers' too.
    expect(feed.timestamps).toContain(watching.viewer.lastTimestamp);
  });

  test("starts a feed for its first viewer, and says when the last has gone", async () => {
    const own = await EngineHarness.start();
    await using _closing = own;
    const streamId = aStream();
    const asked: number[] = [];
    let feed: ReturnType<typeof aFeed> | undefined;
    own.engine.onDemand((_, peers) => {
      asked.push(peers);
      if (peers === 1) feed ??= aFeed(own.engine, streamId);
      return true;
    });
    {
      await using watching = await own.watch(streamId);
      await watching.viewer.receives("video", 5);
      watching.session.close();
    }
    await until(() => asked.at(-1) === 0, "the last one gone");
    expect(asked).toEqual([1, 0]);
    await (await feed)?.[Symbol.asyncDispose]();
    await until(async () => (await own.handles()).routers === 0, "the room to be freed");
  });

  test("goes on with the same numbers when a feed says the same again, and connects anew when not", async () => {
    const streamId = aStream();
    await using feed = await aFeed(sfu.engine, streamId);
    await using watching = await sfu.watch(streamId);
    const { epoch } = sfu.engine.state(streamId) ?? {};
    const before = feed.terms;
    await feed.configure();
    expect(feed.terms).toEqual(before);
    expect(sfu.engine.state(streamId)?.epoch).toBe(epoch);
    expect(watching.session.closed.aborted).toBe(false);
    await feed.configure({ profileLevelId: "64001f" });
    expect(feed.terms).toEqual(before);
    expect(watching.session.closed.reason).toBe("source_changed");
    expect(sfu.engine.state(streamId)?.epoch).toBeGreaterThan(epoch ?? Number.POSITIVE_INFINITY);
  });

  test("ends its viewers' sessions when the publisher goes, and when another one comes", async () => {
    const streamId = aStream();
    const first = await sfu.publish(streamId);
    await using watching = await sfu.watch(streamId);
    await using _second = await sfu.publish(streamId);
    expect(first.session.closed.reason).toBe("source_changed");
    expect(watching.session.closed.reason).toBe("source_changed");
    await using again = await sfu.watch(streamId);
    await again.viewer.receives("video", 5);
    _second.session.close();
    expect(again.session.closed.reason).toBe("source_changed");
    await first[Symbol.asyncDispose]();
  });

  test("tells the clock of a room, and its changes", async () => {
    const streamId = aStream();
    const told: unknown[] = [];
    const stop = sfu.engine.onChange((id) => {
      if (id === streamId) told.push(sfu.engine.state(streamId)?.clock);
    });
    await using published = await sfu.publish(streamId);
    const clock = { rtpTimestamp: 90_000, wallMs: 1_700_000_000_000, source: "capture" } as const;
    published.session.tellClock(clock);
    expect(told.at(-1)).toEqual(clock);
    published.session.close();
    expect(told.at(-1)).toBeUndefined();
    expect(sfu.engine.state(streamId)).toBeUndefined();
    stop();
  });

  test("restarts ICE: a new tag, and an answer to go on with", async () => {
    const streamId = aStream();
    await using published = await sfu.publish(streamId);
    const { session } = published;
    const before = session.iceTag;
    const fragment = await session.restartIce(
      ["a=ice-ufrag:abcd", "a=ice-pwd:0123456789012345678901", "m=audio 9 RTP/AVP 0", "a=mid:0", ""].join(
        "\r\n",
      ),
    );
    expect(session.iceTag).not.toBe(before);
    expect(fragment).toContain(`a=ice-ufrag:${session.iceTag}`);
    expect(session.closed.aborted).toBe(false);
  });

  test("refuses what is no offer, and what is not live, and keeps nothing of it", async () => {
    const own = await EngineHarness.start();
    await using _closing = own;
    const before = await own.handles();
    await expect(own.engine.publish(aStream(), "v=0 garbage", PEER)).rejects.toSatisfy(refusal("bad_sdp"));
    await expect(own.engine.watch(aStream(), "", PEER)).rejects.toSatisfy(refusal("bad_sdp"));
    own.engine.onDemand(() => false);
    const viewer = new WeriftViewer();
    await expect(own.engine.watch(aStream(), await viewer.offer(), PEER)).rejects.toSatisfy(
      refusal("not_live"),
    );
    await viewer[Symbol.asyncDispose]();
    expect(own.refused).toEqual(["bad_sdp", "bad_sdp", "not_live"]);
    expect(own.engine.stats()).toEqual({ rooms: 0, viewers: 0, publishers: 0 });
    expect(await own.handles()).toEqual(before);
  });

  test("runs without a worker's binary, and refuses", async () => {
    await using none = await EngineHarness.start({}, { binary: "/nonexistent/mediasoup-worker" });
    expect(none.engine.available).toBe(false);
    const viewer = new WeriftViewer();
    const offer = await viewer.offer();
    await expect(none.engine.watch(aStream(), offer, PEER)).rejects.toBeInstanceOf(RtcRefusal);
    await expect(none.engine.watch(aStream(), offer, PEER)).rejects.toSatisfy(refusal("rtc_unavailable"));
    await viewer[Symbol.asyncDispose]();
  });
});
