import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { path as bundledFfmpeg } from "@ffmpeg-installer/ffmpeg";
import type { FlvTag } from "@footlight/protocols/flv/flv-file.ts";
import { splitLengthPrefixed } from "@footlight/protocols/h264/nal.ts";
import { MessageType } from "@footlight/protocols/rtmp/message.ts";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { RtmpPublisher } from "../src/testing/rtmp-publisher.ts";
import { av1Tags, hevcTags, testTags } from "../src/testing/rtmp-publisher-media.ts";
import {
  closedAfterMs,
  dtsMs,
  forgiveErrors,
  hub,
  KEY,
  logged,
  metrics,
  SYSTEM_FFMPEG,
  start,
  units,
} from "./ingest-rtmp-harness.ts";

describe("foreign encoders", () => {
  const args = (seconds: number): string[] => [
    ...["-re", "-f", "lavfi", "-i", "testsrc=size=320x180:rate=30"],
    ...["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100"],
    ...["-t", String(seconds), "-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "30"],
    ...["-pix_fmt", "yuv420p", "-c:a", "aac", "-ac", "1"],
  ];
  const run = async (
    ffmpeg: string,
    ffmpegArgs: readonly string[],
  ): Promise<{ code: number; words: string }> => {
    const child = spawn(ffmpeg, ["-hide_banner", "-nostats", ...ffmpegArgs], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let words = "";
    child.stderr.on("data", (data: Buffer) => {
      words += data.toString();
    });
    const [code] = (await once(child, "close")) as [number];
    return { code, words };
  };

  test.each([
    ["Debian's ffmpeg 5.1", SYSTEM_FFMPEG],
    ["the bundled ffmpeg", bundledFfmpeg],
  ])("%s: every frame arrives, with B-frames and mono sound", async (_name, ffmpeg) => {
    const server = await start();
    const { code, words } = await run(ffmpeg, [
      ...args(2),
      "-f",
      "flv",
      `rtmp://127.0.0.1:${server.port}/live/${KEY}`,
    ]);
    expect(words).not.toMatch(/error/i);
    expect(code).toBe(0);
    const lease = hub.last;
    expect(lease.closeReason).toBe("unpublished");
    expect(lease.request).toMatchObject({ protocol: "rtmp", remoteAddress: "127.0.0.1" });
    expect(lease.request.encoder).toContain("Lavf");
    const tracks = lease.tracks.at(-1);
    expect(tracks?.video).toMatchObject({
      codec: "h264",
      width: 320,
      height: 180,
      claimedFrameRate: { num: 30, den: 1 },
    });
    expect(tracks?.audio).toMatchObject({ sampleRate: 44_100, channels: 1, codecString: "mp4a.40.2" });
    expect(units("video")).toHaveLength(60);
    expect(units("audio").length).toBeGreaterThan(84);
    expect(units("video").filter((unit) => unit.keyframe)).toHaveLength(2);
    expect(units("video").some((unit) => unit.pts90k > unit.dts90k)).toBe(true);
    const times = dtsMs("video");
    expect(times.every((time, i) => i === 0 || time > (times[i - 1] as number))).toBe(true);
    for (const unit of units("video")) expect(splitLengthPrefixed(unit.data).length).toBeGreaterThan(0);
  });

  test("ffmpeg with a wrong key prints the description and ends", async () => {
    const server = await start();
    const { code, words } = await run(SYSTEM_FFMPEG, [
      ...args(5),
      "-f",
      "flv",
      `rtmp://127.0.0.1:${server.port}/live/no`,
    ]);
    expect(code).not.toBe(0);
    expect(words).toContain("Wrong stream key");
  });

  test("audio only and video only say so before the missing track could be waited for", async () => {
    const server = await start();
    const url = `rtmp://127.0.0.1:${server.port}/live/${KEY}?key=value`;
    await run(SYSTEM_FFMPEG, ["-f", "lavfi", "-i", "sine", "-t", "1", "-c:a", "aac", "-f", "flv", url]);
    expect(hub.last.tracks.at(-1)).toMatchObject({
      expectsVideo: false,
      expectsAudio: true,
      video: undefined,
    });
    await run(SYSTEM_FFMPEG, [
      ...["-f", "lavfi", "-i", "testsrc=size=160x90:rate=25", "-t", "1", "-c:v", "libx264", "-f", "flv", url],
    ]);
    expect(hub.last.tracks.at(-1)).toMatchObject({
      expectsVideo: true,
      expectsAudio: false,
      audio: undefined,
    });
  });

  test("MP3 and Sorenson are refused by name", async () => {
    const server = await start();
    const url = `rtmp://127.0.0.1:${server.port}/live/${KEY}`;
    const mp3 = await run(SYSTEM_FFMPEG, [
      "-re",
      "-f",
      "lavfi",
      "-i",
      "sine",
      "-t",
      "3",
      "-c:a",
      "libmp3lame",
      "-f",
      "flv",
      url,
    ]);
    const flv1 = await run(SYSTEM_FFMPEG, [
      "-re",
      "-f",
      "lavfi",
      "-i",
      "testsrc",
      "-t",
      "3",
      "-c:v",
      "flv1",
      "-f",
      "flv",
      url,
    ]);
    expect(mp3.words + flv1.words).toMatch(/MP3 is not supported[\s\S]*Sorenson H.263 is not supported/);
    expect(metrics.counts.get("refused unsupported_codec")).toBe(2);
  });

  test("node-media-server's client publishes", async () => {
    const server = await start();
    const require = createRequire(import.meta.url);
    const Client = require("../../../node_modules/node-media-server/src/protocol/rtmp_client.js");
    const client = new Client();
    client.onCloseCallback = () => undefined;
    await client.connect(`rtmp://127.0.0.1:${server.port}/live/${KEY}`);
    await client.sendConnect();
    expect(await client.sendCreateStream()).toBe(1);
    await client.sendPublish(KEY);
    client.sendMetaData({ width: 320, height: 180, framerate: 30, audiocodecid: 10 });
    for (const tag of await testTags({ seconds: 0.5 })) {
      if (tag.type === 18) continue;
      client.sendPacket({ codec_type: tag.type, size: tag.body.length, dts: tag.timestamp, data: tag.body });
    }
    await vi.waitFor(() => expect(units("video")).toHaveLength(15));
    expect(hub.last.tracks.at(-1)).toMatchObject({ video: { width: 320 }, audio: { sampleRate: 48_000 } });
    client.socket.destroy();
    await vi.waitFor(() => expect(hub.last.closeReason).toBe("connection_lost"));
  });
});

describe("our publisher", () => {
  let tags: FlvTag[];
  beforeAll(async () => {
    tags = await testTags({ seconds: 1 });
  });
  const video = (): FlvTag[] => tags.filter((tag) => tag.type === MessageType.video);

  test("timestamps go on over 2^32, sound and picture together", async () => {
    const server = await start();
    await using publisher = await RtmpPublisher.publish({ port: server.port }, KEY);
    await publisher.play(tags, { offsetMs: 2 ** 32 - 500 });
    publisher.unpublish();
    await publisher.statusWhere((status) => status.code === "NetStream.Unpublish.Success");
    for (const kind of ["video", "audio"] as const) {
      const times = dtsMs(kind);
      expect(times.at(-1)).toBeGreaterThan(2 ** 32);
      expect(
        times.every(
          (time, i) => i === 0 || (time > (times[i - 1] as number) && time - (times[i - 1] as number) < 50),
        ),
      ).toBe(true);
    }
    expect(hub.last.closeReason).toBe("unpublished");
  });

  test("published again on the same connection", async () => {
    const server = await start();
    await using publisher = await RtmpPublisher.publish({ port: server.port }, KEY);
    publisher.unpublish();
    expect((await publisher.startPublish(KEY)).code).toBe("NetStream.Unpublish.Success");
    expect((await publisher.nextStatus()).command).toBeDefined();
    await vi.waitFor(() => expect(hub.leases).toHaveLength(2));
    await publisher.play(tags);
    await vi.waitFor(() => expect(units("video")).toHaveLength(30));
  });

  test("a repeated sequence header says nothing new, a different one does", async () => {
    const server = await start();
    await using publisher = await RtmpPublisher.publish({ port: server.port }, KEY);
    await publisher.play(tags);
    await vi.waitFor(() => expect(units("video")).toHaveLength(30));
    const before = hub.last.tracks.length;
    await publisher.play(tags.slice(0, 6));
    const other = await testTags({ seconds: 0.2, size: "480x270" });
    await publisher.play(other);
    await vi.waitFor(() => expect(hub.last.tracks.at(-1)?.video?.width).toBe(480));
    // The same metadata and headers again: none. New metadata has no say but the rate; new header: one.
    expect(hub.last.tracks.length).toBe(before + 1);
  });

  test("HEVC and AV1 by Enhanced RTMP become units of their codec", async () => {
    const server = await start();
    const hevc = await hevcTags({ seconds: 1, fps: 10 });
    await using publisher = await RtmpPublisher.publish({ port: server.port }, KEY);
    await publisher.play(hevc);
    await vi.waitFor(() => expect(units("video")).toHaveLength(10));
    expect(hub.last.tracks.at(-1)?.video).toMatchObject({ codec: "hevc", width: 320, height: 180 });
    expect(hub.last.tracks.at(-1)?.video?.codecString).toMatch(/^hvc1\./);
    expect(units("video").map((unit) => unit.keyframe)).toEqual([true, ...Array(9).fill(false)]);

    await using second = await RtmpPublisher.publish({ port: server.port }, KEY);
    await second.play(await av1Tags({ frames: 3 }));
    await vi.waitFor(() => expect(units("video")).toHaveLength(3));
    expect(hub.last.tracks.at(-1)?.video).toMatchObject({ codec: "av1", width: 160, height: 90 });
  });

  test("HEVC is refused by name where the machine cannot use it", async () => {
    const server = await start({ acceptsCodec: (codec) => codec === "h264" });
    await using publisher = await RtmpPublisher.publish({ port: server.port }, KEY);
    await publisher.play(await hevcTags({ seconds: 0.2 }));
    const status = await publisher.nextStatus();
    expect(status).toMatchObject({ code: "NetStream.Publish.BadName" });
    expect(status.description).toContain("HEVC");
    expect(await closedAfterMs(publisher)).toBeLessThan(1_000);
  });

  test("delimiters, filler, zero-size frames and the end of sequence do no harm", async () => {
    const server = await start();
    await using publisher = await RtmpPublisher.publish({ port: server.port }, KEY);
    const [header, first] = video() as [FlvTag, FlvTag];
    const junk = (hex: string): FlvTag => ({ ...first, body: Buffer.from(hex, "hex") });
    const aud = Buffer.concat([
      first.body.subarray(0, 5),
      Buffer.from("000000020910", "hex"),
      first.body.subarray(5),
      Buffer.from("000000030cffff", "hex"),
    ]);
    await publisher.play([
      header,
      junk(""),
      junk("17"),
      junk("1701000000"),
      junk("170100000000000002091000000000"),
    ]);
    await publisher.play([junk("1702000000"), junk("17010000000000ffff65"), { ...first, body: aud }]);
    await vi.waitFor(() => expect(units("video")).toHaveLength(1));
    expect(Buffer.from(units("video")[0]?.data ?? [])).toEqual(first.body.subarray(5));
  });

  test("media sent behind publish without waiting for the answer is kept, before it dropped", async () => {
    const server = await start();
    let release = (): void => undefined;
    const looked = new Promise<void>((resolve) => {
      release = resolve;
    });
    hub.answer = async (request) => {
      await looked;
      return { kind: "accepted", lease: hub.lease(request) };
    };
    await using publisher = await RtmpPublisher.open({ port: server.port });
    await publisher.connect();
    await publisher.play(tags.slice(0, 5));
    void publisher.startPublish(KEY).catch(() => undefined);
    await publisher.play(tags);
    await vi.waitFor(() => expect(hub.requests).toHaveLength(1));
    release();
    await vi.waitFor(() => expect(units("video")).toHaveLength(30));
    expect(metrics.counts.get("dropped")).toBe(5);
  });

  test("acknowledges what it was sent, answers pings", async () => {
    const server = await start();
    await using publisher = await RtmpPublisher.publish({ port: server.port }, KEY);
    const window = Buffer.alloc(4);
    window.writeUInt32BE(100_000);
    publisher.message(2, { type: MessageType.windowAckSize, timestamp: 0, streamId: 0, payload: window });
    publisher.message(2, {
      type: MessageType.userControl,
      timestamp: 0,
      streamId: 0,
      payload: Buffer.from("000600000007", "hex"),
    });
    await publisher.until(() =>
      publisher.messages.some(
        (m) => m.type === MessageType.userControl && m.payload.toString("hex") === "000700000007",
      ),
    );
    await publisher.play(tags);
    await publisher.play(await testTags({ seconds: 2, size: "640x360" }));
    await publisher.until(() => publisher.messages.some((m) => m.type === MessageType.acknowledgement));
    const acks = publisher.messages.filter((m) => m.type === MessageType.acknowledgement);
    expect(acks[0]?.payload.readUInt32BE()).toBeGreaterThanOrEqual(100_000);
  });

  test("a revoked lease tells the encoder why, and closes", async () => {
    const server = await start();
    await using publisher = await RtmpPublisher.publish({ port: server.port }, KEY);
    hub.last.revoke("key_rotated");
    expect((await publisher.nextStatus()).description).toContain("key was replaced");
    expect(await closedAfterMs(publisher)).toBeLessThan(1_000);
    expect(hub.last.closeReason).toBe("connection_lost");
    await vi.waitFor(() => expect(metrics.counts.get("closed revoked")).toBe(1));
  });

  test("a cut connection gives the lease back as lost", async () => {
    const server = await start();
    const publisher = await RtmpPublisher.publish({ port: server.port }, KEY);
    await publisher.play(tags);
    publisher.socket.resetAndDestroy();
    await vi.waitFor(() => expect(hub.last.closeReason).toBe("connection_lost"));
    await vi.waitFor(() => expect(server.connections).toBe(0));
  });
});

describe("refusals", () => {
  test.each([
    ["wrong_key", "Wrong stream key"],
    ["key_in_use", "already live"],
    ["stream_ended", "was ended"],
    ["server_full", "cannot carry"],
    ["locked_out", "Too many"],
    ["server_closing", "restarting"],
    ["unsupported_codec", "not supported"],
  ] as const)("%s is told in words, and closed within a second", async (code, text) => {
    const server = await start();
    hub.answer = async () => ({ kind: "refused", code });
    await using publisher = await RtmpPublisher.open({ port: server.port });
    await publisher.connect();
    const status = await publisher.startPublish(KEY);
    expect(status).toMatchObject({ level: "error", code: "NetStream.Publish.BadName" });
    expect(status.description).toContain(text);
    // Still sending does not keep it open.
    const sending = setInterval(() => publisher.raw(Buffer.alloc(100)), 20);
    expect(await closedAfterMs(publisher)).toBeLessThan(1_000);
    clearInterval(sending);
    expect(metrics.counts.get(`refused ${code}`)).toBe(1);
  });

  test("wrong application, and play", async () => {
    const server = await start();
    await using stranger = await RtmpPublisher.open({ port: server.port });
    expect(await stranger.connect("vod")).toMatchObject({
      command: "_error",
      code: "NetConnection.Connect.Rejected",
    });
    await stranger.closed;
    await using viewer = await RtmpPublisher.open({ port: server.port });
    await viewer.connect("live/");
    viewer.command("play", 3, null, KEY);
    expect((await viewer.nextStatus()).code).toBe("NetStream.Play.Failed");
    await viewer.closed;
    expect(hub.requests).toHaveLength(0);
  });

  test("the key in the application's name, an empty and an endless key", async () => {
    const server = await start();
    await using phone = await RtmpPublisher.open({ port: server.port });
    await phone.connect(`live/${KEY}`);
    expect((await phone.startPublish("")).code).toBe("NetStream.Publish.Start");
    for (const key of ["", "x".repeat(60_000)]) {
      await expect(RtmpPublisher.publish({ port: server.port }, key)).rejects.toThrow("Wrong stream key");
    }
    expect(hub.requests).toHaveLength(1);
  });

  test("ten wrong keys lock the address out for a minute", async () => {
    const clock = { now: 0, monotonicMs: () => clock.now };
    const server = await start({ clock });
    for (let i = 0; i < 10; i++) {
      await expect(RtmpPublisher.publish({ port: server.port }, "wrong")).rejects.toThrow("Wrong stream key");
      clock.now += 2_000;
    }
    await expect(RtmpPublisher.publish({ port: server.port }, KEY)).rejects.toThrow("Try again in 58 s");
    clock.now += 60_000;
    await using publisher = await RtmpPublisher.publish({ port: server.port }, KEY);
    expect(publisher.statuses.at(-1)?.code).toBe("NetStream.Publish.Start");
    expect(hub.requests).toHaveLength(11);
  });

  test("a hub that throws is answered and logged, not passed on", async () => {
    const server = await start();
    hub.answer = () => Promise.reject(new Error("database gone"));
    await expect(RtmpPublisher.publish({ port: server.port }, KEY)).rejects.toThrow("The server failed");
    expect(logged).toContain("database gone");
    forgiveErrors();
  });

  test("connections in total and of an address are bounded", async () => {
    const server = await start({ config: { maxConnections: 3, maxConnectionsPerAddress: 2 } });
    const kept = [
      await RtmpPublisher.open({ port: server.port }),
      await RtmpPublisher.open({ port: server.port }),
    ];
    await expect(RtmpPublisher.open({ port: server.port })).rejects.toThrow();
    expect(metrics.counts.get("rejected address")).toBe(1);
    kept[0]?.destroy();
    await vi.waitFor(() => expect(server.connections).toBe(1));
    await using again = await RtmpPublisher.open({ port: server.port });
    expect(again.socket.destroyed).toBe(false);
    kept[1]?.destroy();
  });
});
