import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FfmpegPublisher } from "../src/testing/ffmpeg-publisher.ts";
import type { ListedSegment } from "../src/testing/hls-client.ts";
import { TestServer } from "../src/testing/test-server.ts";
import { until, WeriftViewer } from "../src/testing/werift-peer.ts";
import { FFMPEG, has, isSound } from "./publisher-tools.ts";
import {
  brightness,
  comeOn,
  GUEST_HZ,
  HEARD_DB,
  HOST_HZ,
  lastRun,
  levelDb,
  mixers,
  OBS,
  openStage,
  runs,
} from "./slate-tools.ts";
import { watch } from "./whep-tools.ts";
import { h264Media, WeriftEncoder } from "./whip-publisher.ts";

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start({ RECONNECT_GRACE_MS: "60000", GOP_S: "1" });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

describe("a stage whose host is away", () => {
  it("is a slate with the guests' voices in every tier, and then the programme again", async () => {
    const stage = await openStage(server, "anna");
    const obs = FfmpegPublisher.start(FFMPEG, OBS, server.rtmpUrl(stage.key));
    const guest = await comeOn(server, stage);
    using client = guest.client;
    await using _voice = guest.voice;
    await stage.hls.waitFor(has(1));
    await using viewer = new WeriftViewer();
    await watch(stage.whep, viewer);
    await client.until(() => Object.keys(client.stage(stage.topic).programme).length === 2);

    await obs.kill();
    // What guests are given to hear never is their own voice.
    await client.until(() => Object.keys(client.stage(stage.topic).programme).length === 0);
    const slate = await stage.hls.waitFor(runs(2));
    expect((await stage.user.stream(stage.id)).status).toBe("interrupted");
    await Promise.all([viewer.receives("video", 30), viewer.receives("audio", 30)]);
    for (const playlist of slate) {
      const last = lastRun(playlist).slice(-1);
      if (isSound(playlist)) {
        expect(await levelDb(last, GUEST_HZ), "the guest").toBeGreaterThan(HEARD_DB);
        expect(await levelDb(last, HOST_HZ), "the host").toBeLessThan(HEARD_DB);
      } else expect(await brightness(last[0] as ListedSegment), "the slate").toBeLessThan(64);
    }
    expect(mixers(server)).toHaveLength(1);

    await using _again = await WeriftEncoder.publish(`${server.url}/whip`, stage.key, h264Media());
    await until(async () => (await stage.user.stream(stage.id)).status === "live", "the host is back");
    const programme = await stage.hls.waitFor(runs(3));
    for (const playlist of programme.filter((one) => !isSound(one))) {
      expect(await brightness(lastRun(playlist).at(-1) as ListedSegment), "the host").toBeGreaterThan(64);
    }
    await until(() => mixers(server).length === 0, "no mixer is left");
    await stage.user.endStream(stage.id);
  }, 60_000);
});
