import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until, WeriftPublisher, WeriftViewer } from "../src/testing/werift-peer.ts";
import { aStream, EngineHarness } from "./sfu-harness.ts";

describe("the media engine", () => {
  let sfu: EngineHarness;
  beforeAll(async () => {
    sfu = await EngineHarness.start();
  });
  afterAll(() => sfu[Symbol.asyncDispose]());

  test("brings a WHIP publisher's picture and sound to WHEP viewers of any payload types", async () => {
    const streamId = aStream();
    await using published = await sfu.publish(streamId);
    await using chromium = await sfu.watch(streamId, new WeriftViewer({ videoPayloadType: 108, audioPayloadType: 111 }));
    await using foreign = await sfu.watch(streamId, new WeriftViewer({ videoPayloadType: 120, audioPayloadType: 109 }));
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
});
