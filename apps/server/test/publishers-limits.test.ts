import type { FlvTag } from "@footlight/protocols/flv/flv-file.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestServer } from "../src/testing/test-server.ts";
import {
  breaks,
  expectOneTimeline,
  flashBeepTags,
  has,
  lastSeq,
  openChannel,
  publish,
  reaches,
} from "./publisher-tools.ts";

/** A machine that carries one stream, whose disk is full and whose ffmpeg is the one on PATH. */
let server: TestServer;
let tags: FlvTag[];
beforeAll(async () => {
  [server, tags] = await Promise.all([
    TestServer.start({ FFMPEG_PATH: "ffmpeg", MAX_STREAMS: "1", STORAGE_MIN_FREE_MB: "1000000000" }),
    flashBeepTags(40),
  ]);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

describe("a server at its limits", () => {
  it("plays what runs, stores nothing and refuses the next", async () => {
    const [ann, ben] = [await openChannel(server, "ann"), await openChannel(server, "ben")];
    await using publisher = await publish(server, ann.key);
    const playing = publisher.play(tags, { pace: "realtime" });
    const before = lastSeq(await ann.hls.waitFor(has(2)));

    await expect(publish(server, ben.key)).rejects.toThrow(/BadName: The server cannot carry another stream/);
    const refused = (await ben.trpc.query("dashboard.get")).data as { refused: { code: string } };
    expect(refused.refused.code).toBe("server_full");
    expect((await ben.user.stream(ben.id)).status).toBe("ready");

    const after = await ann.hls.waitFor(reaches(before + 3));
    expect(after.map(breaks)).toEqual(after.map(() => 0));
    await expectOneTimeline(after);
    const { health } = (await ann.trpc.query("dashboard.get")).data as { health: { advice: string[] } };
    expect(health.advice).toContain("storage_full");

    await ann.user.endStream(ann.id);
    await playing;
    await using next = await publish(server, ben.key);
    const nextPlaying = next.play(tags, { pace: "realtime" });
    await ben.hls.waitFor(has(1));
    next.destroy();
    await nextPlaying;
  });
});
