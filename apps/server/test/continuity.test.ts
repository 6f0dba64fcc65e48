import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { HlsClient } from "../src/testing/hls-client.ts";
import { TestServer } from "../src/testing/test-server.ts";
import { becomes, Encoders, expectDatesRise } from "./encoders.ts";
import { breaks, has, lastSeq, openChannel, reaches } from "./publisher-tools.ts";

// Whoever waits for segments leaves the machine to the others, so all stand beside each other.
describe.concurrent("an encoder that comes and goes", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ LOG_LEVEL: "trace" });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it("is the same stream within the grace, with one discontinuity", async () => {
    const { user, id, key, hls } = await openChannel(server, "again");
    await using encoders = new Encoders();
    const first = encoders.start(server, key);
    const before = lastSeq(await hls.waitFor(has(2)));
    await first.kill();
    await becomes(user, id, "interrupted");
    encoders.start(server, key);
    const after = await hls.waitFor(reaches(before + 3));
    expect(after.map(breaks)).toEqual(after.map(() => 1));
    expectDatesRise(after);
    await becomes(user, id, "live");
    expect(after.every(({ ended }) => !ended)).toBe(true);
  });

  it("ends after the grace with ENDLIST, and all that was sent is there", async () => {
    const { user, id, key, hls } = await openChannel(server, "gone");
    await using encoders = new Encoders();
    const publisher = encoders.start(server, key);
    await hls.waitFor(has(2));
    await publisher.stop();
    const ended = await hls.waitFor(({ ended }) => ended);
    await becomes(user, id, "ended");
    expect(new Set(ended.map(({ segments }) => segments.at(-1)?.seq)).size).toBe(1);
    for (const { segments } of ended) {
      for (const { uri } of segments) expect((await fetch(uri)).status).toBe(200);
    }
  });

  it("takes over from one that holds its connection but is silent", async () => {
    const { user, id, key, hls } = await openChannel(server, "frozen");
    await using encoders = new Encoders();
    const frozen = encoders.start(server, key);
    const before = lastSeq(await hls.waitFor(has(1)));
    frozen.freeze();
    encoders.start(server, key);
    // What follows the break is the newcomer's.
    await hls.waitFor((list) => breaks(list) === 1 && reaches(before + 2)(list));
    await becomes(user, id, "live");
  });

  it("refuses a second one while the first still sends", async () => {
    const { key, hls } = await openChannel(server, "second");
    await using encoders = new Encoders();
    encoders.start(server, key);
    const before = lastSeq(await hls.waitFor(has(1)));
    const second = encoders.start(server, key);
    expect(await second.exited).not.toBe(0);
    const after = await hls.waitFor(reaches(before + 2));
    expect(after.map(breaks)).toEqual(after.map(() => 0));
  });

  it("is refused for a wrong key, and no key is in the log", async () => {
    const { key, hls } = await openChannel(server, "wrong");
    await using encoders = new Encoders();
    const wrong = encoders.start(server, "fl_thisisnotakeyatall00000000000000");
    expect(await wrong.exited).not.toBe(0);
    await vi.waitFor(() => expect(server.output).toContain("wrong_key"), { timeout: 5_000 });
    expect(server.output).not.toContain("fl_thisisnotakeyatall");
    encoders.start(server, key);
    await hls.waitFor(has(1));
    expect(server.output).not.toContain(key);
  });

  it("is refused after the streamer has ended the stream", async () => {
    const { user, id, key, hls } = await openChannel(server, "over");
    await using encoders = new Encoders();
    const publisher = encoders.start(server, key);
    await hls.waitFor(has(1));
    await user.endStream(id);
    expect(await publisher.exited).not.toBe(null);
    const retry = encoders.start(server, key);
    expect(await retry.exited).not.toBe(0);
    await becomes(user, id, "ended");
    const next = await user.startStream();
    expect(next.stream_id).not.toBe(id);
    encoders.start(server, next.stream_key);
    const nextHls = new HlsClient((await user.playback(next.stream_id)).playback_urls.hls ?? "");
    await nextHls.waitFor(has(1));
  });
});
