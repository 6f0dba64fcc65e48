/**
 * CPU of the whole server (Node and its ffmpeg) while one 720p30 stream is live, against one bare
 * ffmpeg that makes the same renditions from the same file in real time: the bare one runs with the
 * very arguments of the server's own, read from the process table, its pipes replaced by /dev/null.
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
  console.log(`every rung encoded: server ÷ bare ffmpeg = ${(encoded.server / encoded.bare).toFixed(2)}`);
  console.log(
    `top rung passed through ÷ every rung by bare ffmpeg = ${(passed.server / encoded.bare).toFixed(2)}`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure(what: string, gop: readonly string[]): Promise<{ server: number; bare: number }> {
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
  const bareCpu = await bare(args, file);
  console.log(
    `${what} (${variants.length} video renditions): server ${serverCpu.toFixed(2)}, bare ffmpeg ${bareCpu.toFixed(2)} CPU-s a second`,
  );
  return { server: serverCpu, bare: bareCpu };
}

function ffmpegArguments(serverPid: number): string[] {
  for (const pid of descendants(serverPid)) {
    const args = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").filter(Boolean);
    if (args.includes("-filter_complex") || args.includes("libx264")) return args;
  }
  throw new Error("the server runs no ffmpeg");
}

async function bare(args: readonly string[], file: string): Promise<number> {
  const outputs = args
    .slice(args.indexOf("-i") + 2)
    .map((arg) => (/^pipe:\d+$/.test(arg) ? "/dev/null" : arg));
  const child = spawn(args[0] as string, ["-v", "error", "-y", "-re", "-i", file, ...outputs], {
    stdio: ["ignore", "ignore", "inherit"],
  });
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
