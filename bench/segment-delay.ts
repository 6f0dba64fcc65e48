/**
 * How long after its last frame was made a segment can be fetched, for each rendition: the clock
 * burnt into the last frame against the moment at which the whole segment had been read over HTTP.
 * The publisher's own encoding (x264 ultrafast, zero latency) and RTMP are inside the figure.
 */
import { execFileSync } from "node:child_process";
import { readClock } from "../apps/server/src/testing/clock-code.ts";
import { HlsClient, readPlaylist } from "../apps/server/src/testing/hls-client.ts";
import { PatternPublisher } from "../apps/server/src/testing/pattern-publisher.ts";
import { RestClient } from "../apps/server/src/testing/rest-client.ts";
import { TestServer } from "../apps/server/src/testing/test-server.ts";
import { median, printMachine, quantile } from "./machine.ts";

const count = Number(process.argv[2] ?? 8);
const FFMPEG = process.env["FFMPEG_PATH"] ?? "ffmpeg";
printMachine();

await using server = await TestServer.start({ LOG_LEVEL: "warn" });
const user = await RestClient.signUp(server.url, "bench");
const { stream_id, stream_key } = await user.startStream({ title: "Delay" });
const publisher = PatternPublisher.start({ ffmpegPath: FFMPEG, url: server.rtmpUrl(stream_key) });
try {
  const hls = new HlsClient((await user.playback(stream_id)).playback_urls.hls as string);
  await hls.waitFor(({ segments }) => segments.length >= 2);
  const { variants } = await hls.master();
  for (const { uri, attributes } of variants) {
    const delays = await delaysOf(uri, attributes["RESOLUTION"] ?? "");
    const name = new URL(uri).pathname.split("/").at(-2);
    console.log(
      `${name}: segment fetchable ${median(delays).toFixed(0)} ms after its last frame was made [max ${quantile(delays, 1).toFixed(0)}]`,
    );
  }
} finally {
  await publisher.stop();
}

async function delaysOf(playlistUrl: string, resolution: string): Promise<number[]> {
  const [width = 0, height = 0] = resolution.split("x").map(Number);
  let next = ((await readPlaylist(playlistUrl)).segments.at(-1)?.seq ?? 0) + 1;
  const delays: number[] = [];
  while (delays.length < count) {
    const playlist = await readPlaylist(`${playlistUrl}?_HLS_msn=${next}`);
    const segment = playlist.segments.at(-1);
    if (segment === undefined) continue;
    const media = Buffer.from(await (await fetch(segment.uri)).arrayBuffer());
    const fetchedMs = Date.now();
    next = segment.seq + 1;
    const init = Buffer.from(await (await fetch(segment.map)).arrayBuffer());
    const luma = execFileSync(
      FFMPEG,
      ["-v", "error", "-i", "pipe:0", "-f", "rawvideo", "-pix_fmt", "gray", "pipe:1"],
      { input: Buffer.concat([init, media]), maxBuffer: 512 * 1024 * 1024 },
    );
    const size = width * height;
    const madeMs = readClock(luma.subarray(luma.length - size), width, height);
    if (madeMs !== undefined) delays.push(fetchedMs - madeMs);
  }
  return delays;
}
