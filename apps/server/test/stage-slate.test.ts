import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { InviteByLinkAnswer, RedeemAnswer, StageDesk, stageTopic } from "@footlight/shared";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FfmpegPublisher } from "../src/testing/ffmpeg-publisher.ts";
import { HlsClient, type ListedSegment, type MediaPlaylist } from "../src/testing/hls-client.ts";
import { RealtimeClient } from "../src/testing/realtime-client.ts";
import { RestClient } from "../src/testing/rest-client.ts";
import { TestServer } from "../src/testing/test-server.ts";
import { TrpcCaller } from "../src/testing/trpc-caller.ts";
import { until, WeriftViewer } from "../src/testing/werift-peer.ts";
import { breaks, FFMPEG, has, isSound } from "./publisher-tools.ts";
import { StageVoice } from "./stage-tools.ts";
import { opusPackets } from "./webrtc-media.ts";
import { watch } from "./whep-tools.ts";
import { h264Media, WeriftEncoder } from "./whip-publisher.ts";

/** A stage whose host goes: viewers of every tier see a slate and hear the guests, until the host is back. */
const HOST_HZ = 1_000;
const GUEST_HZ = 440;
/** As loud as a tone comes through all encoders; what another tone leaks is far below. */
const HEARD_DB = -35;

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start({ RECONNECT_GRACE_MS: "60000", LOG_LEVEL: "info" });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** A bright picture and a tone, a keyframe a second. */
const OBS = (
  `-re -f lavfi -i color=white:size=640x360:rate=30 -re -f lavfi -i sine=f=${HOST_HZ}:sample_rate=48000 ` +
  "-c:v libx264 -preset ultrafast -tune zerolatency -profile:v baseline -g 30 -pix_fmt yuv420p -c:a aac"
).split(" ");

async function openStage(username: string) {
  const user = await RestClient.signUp(server.url, username);
  const { stream_id: id, stream_key: key } = await user.startStream({
    title: "With guests",
    latency_mode: "ultra-low",
  });
  const trpc = new TrpcCaller(server.url, { authorization: `Bearer ${user.token}` });
  const { stageId } = StageDesk.parse((await trpc.mutate("stage.open")).data);
  const { playback_urls } = await user.playback(id);
  return {
    ...{ user, id, key, trpc, stageId, topic: stageTopic(stageId) },
    ...{ hls: new HlsClient(playback_urls.hls ?? ""), whep: playback_urls.whep ?? "" },
  };
}
type OpenStage = Awaited<ReturnType<typeof openStage>>;

/** Somebody on stage with a tone for a voice. */
async function comeOn({ trpc, stageId, topic }: OpenStage) {
  const { url } = InviteByLinkAnswer.parse((await trpc.mutate("stage.inviteByLink", {})).data);
  const redeemed = { stageId, token: url.split("#")[1], name: "Gwen" };
  const { guestToken, me } = RedeemAnswer.parse(
    (await new TrpcCaller(server.url).mutate("stage.redeem", redeemed)).data,
  );
  const client = await RealtimeClient.connect(server.url, {
    hello: { auth: { kind: "guest", token: guestToken } },
  });
  await client.subscribe(topic);
  await client.request("stage.join", { stageId });
  await trpc.mutate("stage.act", { participantId: me.participantId, action: "admit" });
  await client.until(() => client.stage(topic).participants[me.participantId]?.state === "on_stage");
  const voice = await StageVoice.start(client, opusPackets(`sine=f=${GUEST_HZ}`, 1));
  return { client, voice };
}

const run = promisify(execFile);

/** Mean level of the band around a tone, of a run's last segments, dB. */
async function levelDb(segments: readonly ListedSegment[], hertz: number): Promise<number> {
  const input = `concat:${[segments[0]?.map, ...segments.map(({ uri }) => uri)].join("|")}`;
  const band = `bandpass=f=${hertz}:width_type=h:w=60,volumedetect`;
  const args = ["-hide_banner", "-protocol_whitelist", "concat,http,tcp", "-i", input, "-af", band];
  const { stderr } = await run(FFMPEG, [...args, "-f", "null", "-"]);
  return Number(/mean_volume: ([-\d.]+) dB/.exec(stderr)?.[1]);
}

/** Mean brightness of a segment's first picture, 0 to 255. */
async function brightness({ map, uri }: ListedSegment): Promise<number> {
  const input = ["-protocol_whitelist", "concat,http,tcp", "-i", `concat:${map}|${uri}`];
  const filter = ["-vf", "signalstats,metadata=print:file=-", "-frames:v", "1", "-f", "null", "-"];
  const { stdout } = await run(FFMPEG, ["-hide_banner", ...input, ...filter]);
  return Number(/YAVG=([\d.]+)/.exec(stdout)?.[1]);
}

/** Of the newest run. */
function lastRun({ segments }: MediaPlaylist): ListedSegment[] {
  return segments
    .slice(segments.findLastIndex(({ discontinuity }) => discontinuity))
    .filter(({ gap }) => !gap);
}
const runs = (count: number) => (playlist: MediaPlaylist) =>
  breaks(playlist) >= count - 1 && lastRun(playlist).length >= 2;

function mixers(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const isOurs = readFileSync(`/proc/${pid}/stat`, "utf8").includes(` ${server.pid} `);
        return isOurs ? [readFileSync(`/proc/${pid}/cmdline`, "utf8")] : [];
      } catch {
        return [];
      }
    })
    .filter((line) => line.includes("amix"));
}

describe("a stage whose host is away", () => {
  it("is a slate with the guests' voices in every tier, and then the programme again", async () => {
    const stage = await openStage("anna");
    const obs = FfmpegPublisher.start(FFMPEG, OBS, server.rtmpUrl(stage.key));
    const guest = await comeOn(stage);
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
    expect(mixers()).toHaveLength(1);

    await using _again = await WeriftEncoder.publish(`${server.url}/whip`, stage.key, h264Media());
    await until(async () => (await stage.user.stream(stage.id)).status === "live", "the host is back");
    const programme = await stage.hls.waitFor(runs(3));
    for (const playlist of programme.filter((one) => !isSound(one))) {
      expect(await brightness(lastRun(playlist).at(-1) as ListedSegment), "the host").toBeGreaterThan(64);
    }
    await until(() => mixers().length === 0, "no mixer is left");
    await stage.user.endStream(stage.id);
  }, 60_000);
});
