import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { InviteByLinkAnswer, RedeemAnswer, StageDesk, stageTopic } from "@footlight/shared";
import { HlsClient, type ListedSegment, type MediaPlaylist } from "../src/testing/hls-client.ts";
import { RealtimeClient } from "../src/testing/realtime-client.ts";
import { RestClient } from "../src/testing/rest-client.ts";
import type { TestServer } from "../src/testing/test-server.ts";
import { TrpcCaller } from "../src/testing/trpc-caller.ts";
import { breaks, FFMPEG } from "./publisher-tools.ts";
import { StageVoice } from "./stage-tools.ts";
import { opusPackets } from "./webrtc-media.ts";

/** Stages whose host goes, and what viewers see and hear then. */
export const HOST_HZ = 1_000;
export const GUEST_HZ = 440;
/** As loud as a tone comes through all encoders; what another tone leaks is far below. */
export const HEARD_DB = -35;

/** A bright picture and a tone, a keyframe a second. */
export const OBS = (
  `-re -f lavfi -i color=white:size=640x360:rate=30 -re -f lavfi -i sine=f=${HOST_HZ}:sample_rate=48000 ` +
  "-c:v libx264 -preset ultrafast -tune zerolatency -profile:v baseline -g 30 -pix_fmt yuv420p -c:a aac"
).split(" ");

export async function openStage(server: TestServer, username: string) {
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
export type OpenStage = Awaited<ReturnType<typeof openStage>>;

/** Somebody on stage with a tone for a voice. */
export async function comeOn(server: TestServer, { trpc, stageId, topic }: OpenStage) {
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
export async function levelDb(segments: readonly ListedSegment[], hertz: number): Promise<number> {
  const input = `concat:${[segments[0]?.map, ...segments.map(({ uri }) => uri)].join("|")}`;
  const band = `bandpass=f=${hertz}:width_type=h:w=60,volumedetect`;
  const args = ["-hide_banner", "-protocol_whitelist", "concat,http,tcp", "-i", input, "-af", band];
  const { stderr } = await run(FFMPEG, [...args, "-f", "null", "-"]);
  return Number(/mean_volume: ([-\d.]+) dB/.exec(stderr)?.[1]);
}

/** Mean brightness of a segment's first picture, 0 to 255. */
export async function brightness({ map, uri }: ListedSegment): Promise<number> {
  const input = ["-protocol_whitelist", "concat,http,tcp", "-i", `concat:${map}|${uri}`];
  const filter = ["-vf", "signalstats,metadata=print:file=-", "-frames:v", "1", "-f", "null", "-"];
  const { stdout } = await run(FFMPEG, ["-hide_banner", ...input, ...filter]);
  return Number(/YAVG=([\d.]+)/.exec(stdout)?.[1]);
}

/** Of the newest run. */
export function lastRun({ segments }: MediaPlaylist): ListedSegment[] {
  return segments
    .slice(segments.findLastIndex(({ discontinuity }) => discontinuity))
    .filter(({ gap }) => !gap);
}
export const runs = (count: number) => (playlist: MediaPlaylist) =>
  breaks(playlist) >= count - 1 && lastRun(playlist).length >= 2;

/** Processes of the server that mix voices. */
export function mixers(server: TestServer): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const isOurs = readFileSync(`/proc/${pid}/stat`, "utf8").includes(` ${server.pid} `);
        const mixes = isOurs && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("amix");
        return mixes ? [Number(pid)] : [];
      } catch {
        return [];
      }
    });
}
