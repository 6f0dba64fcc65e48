/**
 * Ten minutes of one live stream with a reader, then fifty publish-stop cycles: memory must stay
 * flat and every descriptor must come back. Exits with 1 where they do not.
 */
import { FfmpegPublisher } from "../apps/server/src/testing/ffmpeg-publisher.ts";
import { HlsClient } from "../apps/server/src/testing/hls-client.ts";
import { RestClient } from "../apps/server/src/testing/rest-client.ts";
import { TestServer } from "../apps/server/src/testing/test-server.ts";
import { openDescriptors, printMachine, residentBytes } from "./machine.ts";

const minutes = Number(process.argv[2] ?? 10);
const cycles = Number(process.argv[3] ?? 50);
/** V8 grows its heap in steps; a leak of media would pass this within minutes. */
const ALLOWED_GROWTH_MB = 64;
const SOURCE = [
  ...[
    "-re",
    "-f",
    "lavfi",
    "-i",
    "testsrc2=size=640x360:rate=30",
    "-re",
    "-f",
    "lavfi",
    "-i",
    "sine=sample_rate=48000",
  ],
  ...["-c:v", "libx264", "-preset", "ultrafast", "-b:v", "1M", "-g", "60", "-sc_threshold", "0"],
  ...["-pix_fmt", "yuv420p", "-c:a", "aac"],
];
const FFMPEG = process.env["FFMPEG_PATH"] ?? "ffmpeg";
const mb = (bytes: number) => Math.round(bytes / 2 ** 20);

printMachine();
await using server = await TestServer.start({
  LOG_LEVEL: "warn",
  RECONNECT_GRACE_MS: "300",
  DVR_WINDOW_S: "60",
});
const user = await RestClient.signUp(server.url, "soak");
let failed = false;

await oneLongStream();
await manyShortOnes();
process.exitCode = failed ? 1 : 0;

async function oneLongStream(): Promise<void> {
  const { publisher, id, hls } = await live();
  // The first minute fills the live window and warms the heap up.
  await play(hls, 60);
  const before = residentBytes(server.pid);
  for (let minute = 1; minute <= minutes; minute += 1) {
    await play(hls, 60);
    console.log(
      `minute ${minute}: ${mb(residentBytes(server.pid))} MB, ${openDescriptors(server.pid)} descriptors`,
    );
  }
  check("memory after the long stream", mb(residentBytes(server.pid) - before), ALLOWED_GROWTH_MB, "MB more");
  await publisher.stop();
  await ended(id);
}

async function manyShortOnes(): Promise<void> {
  const handles = openDescriptors(server.pid);
  const memory = residentBytes(server.pid);
  for (let cycle = 1; cycle <= cycles; cycle += 1) {
    const { publisher, id } = await live();
    await publisher.stop();
    await ended(id);
    if (cycle % 10 === 0) console.log(`cycle ${cycle}: ${openDescriptors(server.pid)} descriptors`);
  }
  check("descriptors after the cycles", openDescriptors(server.pid) - handles, 4, "more");
  check("memory after the cycles", mb(residentBytes(server.pid) - memory), ALLOWED_GROWTH_MB, "MB more");
}

async function live() {
  const { stream_id: id, stream_key } = await user.startStream({ title: "Soak" });
  const publisher = FfmpegPublisher.start(FFMPEG, SOURCE, server.rtmpUrl(stream_key));
  const hls = new HlsClient((await user.playback(id)).playback_urls.hls as string);
  await hls.waitFor(({ segments }) => segments.length >= 1);
  return { publisher, id, hls };
}

async function play(hls: HlsClient, seconds: number): Promise<void> {
  const until = Date.now() + seconds * 1_000;
  while (Date.now() < until) {
    const newest = (await hls.mediaPlaylists()).flatMap(({ segments }) => segments.slice(-1));
    await Promise.all(newest.map(async ({ uri }) => (await fetch(uri)).arrayBuffer()));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

async function ended(id: string): Promise<void> {
  while ((await user.stream(id)).status !== "ended") await new Promise((resolve) => setTimeout(resolve, 100));
}

function check(what: string, found: number, allowed: number, unit: string): void {
  const ok = found <= allowed;
  failed ||= !ok;
  console.log(`${ok ? "ok" : "FAILED"}: ${what}: ${found} ${unit} (allowed ${allowed})`);
}
