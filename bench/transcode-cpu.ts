/**
 * CPU of the whole server (Node and its ffmpeg) while one 720p30 stream is live, against one bare
 * ffmpeg that makes the same renditions from the same file in real time, in two readings:
 * - `twin`: the very arguments of the server's own ffmpeg, read from the process table, with its
 *   pipes replaced by /dev/null. What is above 1 is what Node, RTMP and packaging cost.
 * - `plain`: what one would type: libx264 veryfast as it comes, each size scaled from the source.
 * And with qualities on demand: one rung watched against all four.
 *
 * `transcode-cpu.ts [seconds] [demand]`: `demand` measures only the latter.
 */
import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FfmpegPublisher } from "../apps/server/src/testing/ffmpeg-publisher.ts";
import { HlsClient } from "../apps/server/src/testing/hls-client.ts";
import { RestClient } from "../apps/server/src/testing/rest-client.ts";
import { TestServer } from "../apps/server/src/testing/test-server.ts";
import { DEFAULT_LADDER } from "../packages/shared/src/index.ts";
import { cpuSecondsOfTree, descendants, printMachine } from "./machine.ts";

const measuredS = Number(process.argv[2] ?? 30);
const only = process.argv[3];
const LADDER = DEFAULT_LADDER.filter(({ name }) => ["720p", "480p", "360p", "160p"].includes(name));
/** A keyframe somewhere within 8 s makes the server encode the top rung as well. */
const IRREGULAR = ["-g", "250", "-bf", "2"];
const REGULAR = ["-g", "60", "-sc_threshold", "0", "-bf", "2"];
const FFMPEG = process.env["FFMPEG_PATH"] ?? "ffmpeg";

printMachine();
const folder = await mkdtemp(join(tmpdir(), "footlight-bench-"));
try {
  if (only !== "demand") await compareWithBare();
  await onDemand("top rung passed through", REGULAR);
  await onDemand("top rung encoded (irregular keyframes)", IRREGULAR);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function compareWithBare(): Promise<void> {
  const encoded = await measure("every rung encoded (irregular keyframes)", IRREGULAR);
  const passed = await measure("top rung passed through", REGULAR);
  const ratio = (cpu: number) =>
    `${(cpu / encoded.twin).toFixed(2)} of its twin, ${(cpu / encoded.plain).toFixed(2)} of plain`;
  console.log(`server, every rung encoded: ${ratio(encoded.server)}`);
  console.log(`server, top rung passed through, against every rung encoded: ${ratio(passed.server)}`);
}

/** The ladder as it comes: one viewer on the lowest rung, then one on each of the four. */
async function onDemand(what: string, gop: readonly string[]): Promise<void> {
  const file = sourceFile(gop, 2 * measuredS + 30);
  await using server = await TestServer.start({ LOG_LEVEL: "warn", LADDER: JSON.stringify(LADDER) });
  const user = await RestClient.signUp(server.url, "bench");
  const { stream_id, stream_key } = await user.startStream({ title: "CPU" });
  const publisher = FfmpegPublisher.start(
    FFMPEG,
    ["-re", "-i", file, "-c", "copy"],
    server.rtmpUrl(stream_key),
  );
  const hls = new HlsClient((await user.playback(stream_id)).playback_urls.hls as string);
  const uris = await urisOf(hls);
  const cpuWhile = async (watched: readonly string[]): Promise<number> => {
    const viewers = watched.map(watch);
    // Whoever sleeps wakes within two GOPs.
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    const cpu = await cpuASecond(server.pid);
    await Promise.all(viewers.map((viewer) => viewer.leave()));
    return cpu;
  };
  const one = await cpuWhile(uris.slice(-1));
  const all = await cpuWhile(uris);
  const left = (await urisOf(hls)).length;
  await publisher.stop();
  // A machine that is too slow gives up rungs: then this says nothing.
  if (left < uris.length) console.log(`on demand, ${what}: ${uris.length - left} rungs were given up`);
  console.log(
    `on demand, ${what}: one of ${uris.length} rungs watched ${one.toFixed(2)}, all ${all.toFixed(2)} CPU-s a second, ratio ${(one / all).toFixed(2)}`,
  );
}

/** Media playlists of the pictures, best first, once there is something to play. */
async function urisOf(hls: HlsClient): Promise<string[]> {
  for (;;) {
    const master = await hls.master().catch(() => undefined);
    if (master !== undefined) return master.variants.map(({ uri }) => uri);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Reads a playlist each second, as a player of the standard tier does, until it is told to leave. */
function watch(uri: string): { leave(): Promise<void> } {
  let watching = true;
  const gone = (async () => {
    while (watching) {
      await (await fetch(uri)).arrayBuffer();
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  })();
  return {
    leave: () => {
      watching = false;
      return gone;
    },
  };
}

async function cpuASecond(pid: number): Promise<number> {
  const before = cpuSecondsOfTree(pid);
  const startedMs = Date.now();
  await new Promise((resolve) => setTimeout(resolve, measuredS * 1_000));
  return (cpuSecondsOfTree(pid) - before) / ((Date.now() - startedMs) / 1_000);
}

function sourceFile(gop: readonly string[], seconds: number): string {
  const file = join(folder, `${gop.join("")}-${seconds}.flv`);
  execFileSync(FFMPEG, [
    ...["-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=30,noise=alls=8:allf=t"],
    ...["-f", "lavfi", "-i", "sine=sample_rate=48000", "-t", String(seconds), "-c:v", "libx264"],
    ...[
      "-preset",
      "veryfast",
      "-b:v",
      "3M",
      "-maxrate",
      "3M",
      "-bufsize",
      "3M",
      "-pix_fmt",
      "yuv420p",
      ...gop,
    ],
    ...["-c:a", "aac", file],
  ]);
  return file;
}

async function measure(
  what: string,
  gop: readonly string[],
): Promise<{ server: number; twin: number; plain: number }> {
  const file = sourceFile(gop, measuredS + 12);
  await using server = await TestServer.start({
    LOG_LEVEL: "warn",
    LADDER: JSON.stringify(LADDER.map((rung) => ({ ...rung, alwaysOn: true }))),
  });
  const user = await RestClient.signUp(server.url, "bench");
  const { stream_id, stream_key } = await user.startStream({ title: "CPU" });
  const input = ["-re", "-i", file, "-c", "copy"];
  const publisher = FfmpegPublisher.start(FFMPEG, input, server.rtmpUrl(stream_key));
  const hls = new HlsClient((await user.playback(stream_id)).playback_urls.hls as string);
  await hls.waitFor(({ segments }) => segments.length >= 2);
  const args = ffmpegArguments(server.pid);
  const serverCpu = await cpuASecond(server.pid);
  const { variants } = await hls.master();
  await publisher.stop();
  const path = args[0] as string;
  const outputs = args
    .slice(args.indexOf("-i") + 2)
    .map((arg) => (/^pipe:\d+$/.test(arg) ? "/dev/null" : arg));
  const twin = await cpuOf(path, ["-re", "-i", file, ...outputs]);
  const plain = await cpuOf(path, ["-re", "-i", file, ...plainOutputs()]);
  console.log(
    `${what} (${variants.length} video renditions): server ${serverCpu.toFixed(2)}, twin ${twin.toFixed(2)}, plain ${plain.toFixed(2)} CPU-s a second`,
  );
  return { server: serverCpu, twin, plain };
}

function ffmpegArguments(serverPid: number): string[] {
  for (const pid of descendants(serverPid)) {
    const args = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").filter(Boolean);
    if (args.includes("-filter_complex") || args.includes("libx264")) return args;
  }
  throw new Error("the server runs no ffmpeg");
}

function plainOutputs(): string[] {
  const rungs = [
    ["1280:720", "3M"],
    ["854:480", "1500k"],
    ["640:360", "700k"],
    ["284:160", "300k"],
  ] as const;
  const split = `[0:v]split=4${rungs.map((_, i) => `[s${i}]`).join("")}`;
  const scales = rungs.map(([size], i) => `[s${i}]scale=${size}[v${i}]`);
  return [
    ...["-filter_complex", [split, ...scales].join(";")],
    ...rungs.flatMap(([, rate], i) => [
      ...["-map", `[v${i}]`, "-c:v", "libx264", "-preset", "veryfast", "-b:v", rate, "-maxrate", rate],
      ...["-bufsize", rate, "-g", "60", "-sc_threshold", "0", "-f", "mpegts", "/dev/null"],
    ]),
    ...["-map", "0:a", "-c:a", "aac", "-b:a", "128k", "-f", "mpegts", "/dev/null"],
  ];
}

async function cpuOf(path: string, args: readonly string[]): Promise<number> {
  const child = spawn(path, ["-v", "error", "-y", ...args], { stdio: ["ignore", "ignore", "inherit"] });
  const ended = new Promise((resolve) => {
    child.once("exit", resolve);
  });
  const pid = child.pid as number;
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  const cpu = await cpuASecond(pid);
  child.kill("SIGKILL");
  await ended;
  return cpu;
}
