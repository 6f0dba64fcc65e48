/**
 * CPU of the whole server (Node and its ffmpeg) while one 720p30 stream is live, against one bare
 * ffmpeg that makes the same renditions from the same file in real time, in two readings:
 * - `twin`: the very arguments of the server's own ffmpeg, read from the process table, with its
 *   pipes replaced by /dev/null. What is above 1 is what Node, RTMP and packaging cost.
 * - `plain`: what one would type: libx264 veryfast as it comes, each size scaled from the source.
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
const FFMPEG = process.env["FFMPEG_PATH"] ?? "ffmpeg";

printMachine();
const folder = await mkdtemp(join(tmpdir(), "footlight-bench-"));
try {
  const encoded = await measure("every rung encoded (irregular keyframes)", ["-g", "250", "-bf", "2"]);
  const passed = await measure("top rung passed through", ["-g", "60", "-sc_threshold", "0", "-bf", "2"]);
  const ratio = (cpu: number) =>
    `${(cpu / encoded.twin).toFixed(2)} of its twin, ${(cpu / encoded.plain).toFixed(2)} of plain`;
  console.log(`server, every rung encoded: ${ratio(encoded.server)}`);
  console.log(`server, top rung passed through, against every rung encoded: ${ratio(passed.server)}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure(
  what: string,
  gop: readonly string[],
): Promise<{ server: number; twin: number; plain: number }> {
  const file = join(folder, `${gop.join("")}.flv`);
  execFileSync(FFMPEG, [
    ...["-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=30,noise=alls=8:allf=t"],
    ...["-f", "lavfi", "-i", "sine=sample_rate=48000", "-t", String(measuredS + 12), "-c:v", "libx264"],
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
  await using server = await TestServer.start({
    LOG_LEVEL: "warn",
    LADDER: JSON.stringify(
      DEFAULT_LADDER.filter(({ name }) => ["720p", "480p", "360p", "160p"].includes(name)),
    ),
  });
  const user = await RestClient.signUp(server.url, "bench");
  const { stream_id, stream_key } = await user.startStream({ title: "CPU" });
  const input = ["-re", "-i", file, "-c", "copy"];
  const publisher = FfmpegPublisher.start(FFMPEG, input, server.rtmpUrl(stream_key));
  const hls = new HlsClient((await user.playback(stream_id)).playback_urls.hls as string);
  await hls.waitFor(({ segments }) => segments.length >= 2);
  const args = ffmpegArguments(server.pid);
  const before = cpuSecondsOfTree(server.pid);
  const startedMs = Date.now();
  await new Promise((resolve) => setTimeout(resolve, measuredS * 1_000));
  const serverCpu = (cpuSecondsOfTree(server.pid) - before) / ((Date.now() - startedMs) / 1_000);
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
  const before = cpuSecondsOfTree(pid);
  const startedMs = Date.now();
  await new Promise((resolve) => setTimeout(resolve, measuredS * 1_000));
  const cpu = (cpuSecondsOfTree(pid) - before) / ((Date.now() - startedMs) / 1_000);
  child.kill("SIGKILL");
  await ended;
  return cpu;
}
