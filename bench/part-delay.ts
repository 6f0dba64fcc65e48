/**
 * How long after its last frame was sent to the server a part can be fetched, for each rendition: frames that were
 * encoded beforehand go out by RTMP, each at its time, and players hold requests for the hinted parts. For the
 * passed-through rung this is the server's whole share (ingest, packaging, HTTP); for the others its decoder and
 * encoder are inside.
 *
 * Run: `npm run bench -- part-delay [seconds 12]`.
 */
import { readChunks } from "@footlight/protocols/fmp4/reader.ts";
import { LowLatencyClient } from "../apps/server/src/testing/low-latency-client.ts";
import { RestClient } from "../apps/server/src/testing/rest-client.ts";
import { RtmpPublisher } from "../apps/server/src/testing/rtmp-publisher.ts";
import { flvTags } from "../apps/server/src/testing/rtmp-publisher-media.ts";
import { TestServer } from "../apps/server/src/testing/test-server.ts";
import { median, printMachine, quantile } from "./machine.ts";

const seconds = Number(process.argv[2] ?? 12);
const FPS = 30;
const VIDEO_TAG = 9;
const GOAL_MS = 20;
/** Enough of a frame's end to know it by. */
const TAIL_BYTES = 48;
printMachine();

const tags = await flvTags([
  ...["-f", "lavfi", "-i", `testsrc2=size=640x360:rate=${FPS}`],
  ...["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", String(seconds)],
  ...[
    "-c:v",
    "libx264",
    "-preset",
    "ultrafast",
    "-tune",
    "zerolatency",
    "-pix_fmt",
    "yuv420p",
    "-b:v",
    "1500k",
  ],
  ...["-g", String(2 * FPS), "-keyint_min", String(2 * FPS), "-sc_threshold", "0", "-c:a", "aac", "-ac", "2"],
]);
await using server = await TestServer.start({ LOG_LEVEL: "warn" });
const user = await RestClient.signUp(server.url, "bench");
const { stream_id, stream_key } = await user.startStream({ title: "Delay" });
await using publisher = await RtmpPublisher.publish({ port: server.rtmpPort }, stream_key);

/** When each frame was handed to the socket, by its last bytes; when by its time on the stream's timeline. */
const sentMs = new Map<string, number>();
const sentAtTime = new Map<number, number>();
const playing = send();
const master = (await user.playback(stream_id)).playback_urls.ll_hls as string;
const renditions = await videoRenditions();
const delays = new Map(renditions.map((name) => [name, [] as number[]]));
await Promise.race([
  playing,
  // The source first: the others' frames are known by its times.
  Promise.all([...renditions].sort((a) => (a === "source" ? -1 : 1)).map(follow)),
]);
for (const [name, each] of delays) {
  const goal = name === "source" ? ` (goal for the server's share: ${GOAL_MS} ms)` : ", encoding inside";
  console.log(
    `${name.padEnd(8)} part fetchable ${median(each).toFixed(1)} ms after its last frame was sent ` +
      `[95 % ${quantile(each, 0.95).toFixed(1)}, ${each.length} parts]${goal}`,
  );
}
process.exit(0);

async function send(): Promise<void> {
  const beganMs = performance.now();
  for (const tag of tags) {
    const waitMs = tag.timestamp - (performance.now() - beganMs);
    if (waitMs > 1) await new Promise((resolve) => setTimeout(resolve, waitMs));
    publisher.tag(tag);
    if (tag.type === VIDEO_TAG) sentMs.set(tail(tag.body), performance.now());
  }
}

async function follow(name: string): Promise<void> {
  for await (const part of new LowLatencyClient(new URL(`${name}/ll.m3u8`, master).href).parts()) {
    const samples = readChunks(part.bytes).flatMap((chunk) => chunk.samples);
    for (const sample of name === "source" ? samples : []) {
      const sent = sentMs.get(tail(sample.data));
      if (sent !== undefined) sentAtTime.set(sample.decodeTime, sent);
    }
    const last = samples.at(-1);
    const sent = last && (name === "source" ? sentMs.get(tail(last.data)) : nearest(last.decodeTime));
    if (sent !== undefined) delays.get(name)?.push(part.fetchedMs - sent);
  }
}

/** Encoders round ticks. */
function nearest(time90k: number): number | undefined {
  for (let off = 0; off < 90; off += 1) {
    const found = sentAtTime.get(time90k + off) ?? sentAtTime.get(time90k - off);
    if (found !== undefined) return found;
  }
  return undefined;
}

function tail(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(Math.max(0, bytes.length - TAIL_BYTES))).toString("latin1");
}

/** Those that are made now: one that sleeps is not woken to be measured. */
async function videoRenditions(): Promise<string[]> {
  for (;;) {
    const answer = await fetch(master);
    const text = await answer.text();
    if (answer.ok) return [...text.matchAll(/^(\w+)\/ll\.m3u8$/gm)].map(([, name = ""]) => name);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
