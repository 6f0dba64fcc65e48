import { execFileSync } from "node:child_process";
import { afterEach, describe, expect, it } from "vitest";
import { FfmpegPublisher } from "../src/testing/ffmpeg-publisher.ts";
import { HlsClient, type MediaPlaylist } from "../src/testing/hls-client.ts";
import { RestClient } from "../src/testing/rest-client.ts";
import { TestServer } from "../src/testing/test-server.ts";

const FFMPEG = "/usr/bin/ffmpeg";
const SOURCE = [
  ...[
    "-re",
    "-f",
    "lavfi",
    "-i",
    "testsrc2=size=320x180:rate=30",
    "-re",
    "-f",
    "lavfi",
    "-i",
    "sine=sample_rate=48000",
  ],
  ...["-c:v", "libx264", "-preset", "ultrafast", "-b:v", "400k", "-g", "60", "-sc_threshold", "0"],
  ...["-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "64k"],
];

const disposables: AsyncDisposable[] = [];
afterEach(async () => {
  for (const disposable of disposables.splice(0).reverse()) await disposable[Symbol.asyncDispose]();
});

async function setUp(env: Record<string, string> = {}) {
  const server = await TestServer.start(env);
  disposables.push(server);
  const user = await RestClient.signUp(server.url, "ada");
  const { stream_id: id, stream_key: key } = await user.startStream();
  const hls = new HlsClient((await user.playback(id)).playback_urls.hls ?? "");
  return { server, user, id, key, hls };
}

function publish(server: TestServer, key: string): FfmpegPublisher {
  const publisher = FfmpegPublisher.start(FFMPEG, SOURCE, server.rtmpUrl(key));
  disposables.push({
    [Symbol.asyncDispose]: async () => {
      await publisher.kill();
    },
  });
  return publisher;
}

const has = (count: number) => (playlist: MediaPlaylist) => playlist.segments.length >= count;
const lastSeq = (playlists: readonly MediaPlaylist[]) =>
  Math.max(...playlists.map(({ segments }) => segments.at(-1)?.seq ?? -1));
const breaks = ({ segments }: MediaPlaylist) => segments.filter(({ discontinuity }) => discontinuity).length;

function expectOneTimeline(playlists: readonly MediaPlaylist[]): void {
  for (const { segments, text } of playlists) {
    for (const [i, { programDateMs = 0 }] of segments.entries()) {
      if (i > 0) expect(programDateMs, text).toBeGreaterThan(segments[i - 1]?.programDateMs ?? 0);
    }
  }
}

describe("an encoder that comes and goes", () => {
  it("is the same stream within the grace, with one discontinuity", { timeout: 60_000 }, async () => {
    const { server, user, id, key, hls } = await setUp();
    const first = publish(server, key);
    const before = lastSeq(await hls.waitFor(has(2)));
    await first.kill();
    await expect.poll(async () => (await user.stream(id)).status, { timeout: 3_000 }).toBe("interrupted");
    publish(server, key);
    const after = await hls.waitFor((playlist) => (playlist.segments.at(-1)?.seq ?? 0) >= before + 3);
    expect(after.map(breaks)).toEqual(after.map(() => 1));
    expectOneTimeline(after);
    expect((await user.stream(id)).status).toBe("live");
    expect(after.every(({ ended }) => !ended)).toBe(true);
  });

  it("ends after the grace with ENDLIST, and all that was sent is there", { timeout: 60_000 }, async () => {
    const { server, user, id, key, hls } = await setUp({ RECONNECT_GRACE_MS: "1500" });
    const publisher = publish(server, key);
    await hls.waitFor(has(2));
    await publisher.stop();
    const ended = await hls.waitFor(({ ended }) => ended);
    expect((await user.stream(id)).status).toBe("ended");
    expect(new Set(ended.map(({ segments }) => segments.at(-1)?.seq)).size).toBe(1);
    for (const { segments } of ended) {
      for (const { uri } of segments) expect((await fetch(uri)).status).toBe(200);
    }
  });

  it("takes over from one that holds its connection but is silent", { timeout: 60_000 }, async () => {
    const { server, user, id, key, hls } = await setUp();
    const frozen = publish(server, key);
    const before = lastSeq(await hls.waitFor(has(1)));
    frozen.freeze();
    publish(server, key);
    await hls.waitFor((playlist) => (playlist.segments.at(-1)?.seq ?? 0) >= before + 2);
    expect((await user.stream(id)).status).toBe("live");
  });

  it("refuses a second one while the first still sends", { timeout: 60_000 }, async () => {
    const { server, key, hls } = await setUp();
    publish(server, key);
    const before = lastSeq(await hls.waitFor(has(1)));
    const second = publish(server, key);
    expect(await second.exited).not.toBe(0);
    const after = await hls.waitFor((playlist) => (playlist.segments.at(-1)?.seq ?? 0) >= before + 2);
    expect(after.map(breaks)).toEqual(after.map(() => 0));
  });

  it("is refused for a wrong key within a second, and the key is in no log", {
    timeout: 60_000,
  }, async () => {
    const { server, key, hls } = await setUp({ LOG_LEVEL: "trace" });
    const wrong = publish(server, "fl_thisisnotakeyatall00000000000000");
    expect(await wrong.exited).not.toBe(0);
    publish(server, key);
    await hls.waitFor(has(1));
    expect(server.output).not.toContain(key);
    expect(server.output).not.toContain("fl_thisisnotakeyatall");
  });

  it("is refused after the streamer has ended the stream", { timeout: 60_000 }, async () => {
    const { server, user, id, key, hls } = await setUp();
    const publisher = publish(server, key);
    await hls.waitFor(has(1));
    await user.endStream(id);
    expect(await publisher.exited).not.toBe(null);
    const retry = publish(server, key);
    expect(await retry.exited).not.toBe(0);
    expect((await user.stream(id)).status).toBe("ended");
    const next = await user.startStream();
    expect(next.stream_id).not.toBe(id);
    publish(server, next.stream_key);
    const nextHls = new HlsClient((await user.playback(next.stream_id)).playback_urls.hls ?? "");
    await nextHls.waitFor(has(1));
  });
});

describe("a server that goes and comes", () => {
  it.each(["SIGTERM", "SIGKILL"] as const)(
    "resumes within the grace after %s",
    { timeout: 90_000 },
    async (signal) => {
      const { server, user, id, key, hls } = await setUp({ RECONNECT_GRACE_MS: "30000" });
      publish(server, key);
      const before = await hls.waitFor(has(3));
      const stoppedMs = Date.now();
      expect(await server.stop(signal)).toBe(signal === "SIGTERM" ? 0 : signal);
      expect(Date.now() - stoppedMs).toBeLessThan(10_000);
      await server.startAgain();
      expect((await user.stream(id)).status).toBe("interrupted");
      const waiting = await hls.mediaPlaylists();
      expect(waiting.every(({ ended }) => !ended)).toBe(true);
      publish(server, key);
      const after = await hls.waitFor(({ segments }) => segments.some(({ discontinuity }) => discontinuity));
      expect(after.map(breaks)).toEqual(after.map(() => 1));
      expect(lastSeq(after)).toBeGreaterThanOrEqual(lastSeq(before));
      expectOneTimeline(after);
      expect((await user.stream(id)).status).toBe("live");
    },
  );

  it("ends what did not come back", { timeout: 90_000 }, async () => {
    const { server, user, id, key, hls } = await setUp({ RECONNECT_GRACE_MS: "2000" });
    publish(server, key);
    await hls.waitFor(has(2));
    await server.stop("SIGKILL");
    await server.startAgain();
    await hls.waitFor(({ ended }) => ended);
    expect((await user.stream(id)).status).toBe("ended");
  });

  it("goes on when ffmpeg is killed", { timeout: 60_000 }, async () => {
    const { server, user, id, key, hls } = await setUp();
    publish(server, key);
    const before = lastSeq(await hls.waitFor(has(2)));
    const children = childrenOf(server.pid).filter(({ command }) => command.includes("ffmpeg"));
    expect(children.length).toBeGreaterThan(0);
    for (const { pid } of children) process.kill(pid, "SIGKILL");
    const after = await hls.waitFor((playlist) => (playlist.segments.at(-1)?.seq ?? 0) >= before + 3);
    for (const playlist of after) expect(breaks(playlist)).toBe(1);
    expect((await user.stream(id)).status).toBe("live");
  });

  it("leaves no process behind", { timeout: 60_000 }, async () => {
    const { server, key, hls } = await setUp();
    publish(server, key);
    await hls.waitFor(has(1));
    const children = childrenOf(server.pid);
    await server.stop("SIGTERM");
    for (const { pid } of children) expect(() => process.kill(pid, 0)).toThrow();
  });
});

function childrenOf(pid: number): { pid: number; command: string }[] {
  const rows = execFileSync("ps", ["-e", "-o", "pid=,ppid=,args="], { encoding: "utf8" }).trim().split("\n");
  const all = rows.map((row) => {
    const [own = "", parent = "", ...command] = row.trim().split(/\s+/);
    return { pid: Number(own), parent: Number(parent), command: command.join(" ") };
  });
  const below = (parent: number): typeof all =>
    all.filter((row) => row.parent === parent).flatMap((row) => [row, ...below(row.pid)]);
  return below(pid);
}
