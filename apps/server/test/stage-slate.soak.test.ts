import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FfmpegPublisher } from "../src/testing/ffmpeg-publisher.ts";
import { TestServer } from "../src/testing/test-server.ts";
import { until } from "../src/testing/werift-peer.ts";
import { FFMPEG, has, isSound } from "./publisher-tools.ts";
import {
  brightness,
  comeOn,
  GUEST_HZ,
  HEARD_DB,
  lastRun,
  levelDb,
  mixers,
  OBS,
  type OpenStage,
  openStage,
  runs,
} from "./slate-tools.ts";

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start({ RECONNECT_GRACE_MS: "60000", GOP_S: "1" });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

async function hostGoes(stage: OpenStage): Promise<void> {
  const obs = FfmpegPublisher.start(FFMPEG, OBS, server.rtmpUrl(stage.key));
  await stage.hls.waitFor(has(1));
  await obs.kill();
  await until(async () => (await stage.user.stream(stage.id)).status === "interrupted", "the host is away");
}

/** What is heard from now on. */
async function isHeard(stage: OpenStage): Promise<void> {
  const [sound] = (await stage.hls.mediaPlaylists()).filter(isSound);
  const now = sound?.segments.at(-1)?.seq ?? 0;
  const later = await stage.hls.waitFor(({ segments }) => (segments.at(-1)?.seq ?? 0) >= now + 3);
  const newest = later.filter(isSound).flatMap((playlist) => lastRun(playlist).slice(-1));
  expect(await levelDb(newest, GUEST_HZ)).toBeGreaterThan(HEARD_DB);
}

describe("a slate", () => {
  it("is not shown for a stage without guests, and comes with the first one", async () => {
    const stage = await openStage(server, "anna");
    await hostGoes(stage);
    expect(mixers(server)).toEqual([]);
    const guest = await comeOn(server, stage);
    using _client = guest.client;
    await using _voice = guest.voice;
    const slate = await stage.hls.waitFor(runs(2));
    for (const playlist of slate.filter((one) => !isSound(one))) {
      expect(await brightness(lastRun(playlist).at(-1) as never)).toBeLessThan(64);
    }
    await isHeard(stage);
    await stage.user.endStream(stage.id);
    await until(() => mixers(server).length === 0, "no mixer is left");
  });

  it("goes on when its mixer dies, and with the guests' new media when the media worker does", async () => {
    const stage = await openStage(server, "bert");
    const guest = await comeOn(server, stage);
    using _client = guest.client;
    await using _voice = guest.voice;
    await hostGoes(stage);
    await stage.hls.waitFor(runs(2));
    const [mixer] = mixers(server);
    process.kill(mixer as number, "SIGKILL");
    await until(() => mixers(server).some((pid) => pid !== mixer), "another mixer");
    await isHeard(stage);

    const worker = /"pid":(\d+),"msg":"media worker runs"/.exec(server.output)?.[1];
    process.kill(Number(worker), "SIGKILL");
    const again = await comeOn(server, stage);
    using _clientAgain = again.client;
    await using _voiceAgain = again.voice;
    await isHeard(stage);
  });

  it("is over with the grace, and nothing of it is left", async () => {
    const brief = await TestServer.start({ RECONNECT_GRACE_MS: "4000", GOP_S: "1" });
    try {
      const stage = await openStage(brief, "cora");
      const guest = await comeOn(brief, stage);
      using _client = guest.client;
      await using _voice = guest.voice;
      const obs = FfmpegPublisher.start(FFMPEG, OBS, brief.rtmpUrl(stage.key));
      await stage.hls.waitFor(has(1));
      await obs.kill();
      await until(() => mixers(brief).length === 1, "the slate");
      await until(async () => (await stage.user.stream(stage.id)).status === "ended", "the end");
      await until(() => mixers(brief).length === 0, "no mixer is left");
      const [playlist] = await stage.hls.mediaPlaylists();
      expect(playlist?.ended).toBe(true);
    } finally {
      await brief[Symbol.asyncDispose]();
    }
  });
}, 90_000);
