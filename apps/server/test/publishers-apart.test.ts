import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { FlvTag } from "@footlight/protocols/flv/flv-file.ts";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { RtmpPublisher } from "../src/testing/rtmp-publisher.ts";
import { TestServer } from "../src/testing/test-server.ts";
import { rawExchange } from "./http-tools.ts";
import {
  breaks,
  expectOneTimeline,
  flashBeepTags,
  has,
  lastSeq,
  openChannel,
  publish,
  reaches,
  type TestChannel,
} from "./publisher-tools.ts";

/** Publishers and strangers must not disturb each other, and no key may come out. */
let server: TestServer;
let small: FlvTag[];
let big: FlvTag[];
const keys: string[] = [];
const running: { readonly publisher: RtmpPublisher; readonly playing: Promise<void> }[] = [];

beforeAll(async () => {
  [server, small, big] = await Promise.all([
    TestServer.start({ LOG_LEVEL: "trace", MAX_RTMP_CONNECTIONS_PER_ADDRESS: "400" }),
    flashBeepTags(40, "320x180"),
    flashBeepTags(40, "424x240"),
  ]);
});
afterEach(async () => {
  for (const { publisher, playing } of running.splice(0)) {
    publisher.destroy();
    await playing;
  }
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

async function channel(username: string): Promise<TestChannel> {
  const opened = await openChannel(server, username);
  keys.push(opened.key);
  return opened;
}

async function onAir(key: string, tags: readonly FlvTag[] = small): Promise<RtmpPublisher> {
  const publisher = await publish(server, key);
  running.push({ publisher, playing: publisher.play(tags, { pace: "realtime" }) });
  return publisher;
}

const refusal = async (key: string): Promise<string> => {
  const outcome = await publish(server, key).catch((error: unknown) => String(error));
  return typeof outcome === "string" ? outcome : "accepted";
};

const resolutions = async ({ hls }: TestChannel): Promise<(string | undefined)[]> =>
  (await hls.master()).variants.map(({ attributes }) => attributes["RESOLUTION"]);

interface DashboardView {
  readonly stream: { readonly status: string } | null;
  readonly refused: { readonly code: string; readonly address: string } | null;
}
const dashboard = async ({ trpc }: TestChannel): Promise<DashboardView> =>
  (await trpc.query("dashboard.get")).data as DashboardView;

describe("two channels at once", () => {
  it("do not touch each other", async () => {
    const [ada, bob] = [await channel("ada"), await channel("bob")];
    const [first] = [await onAir(ada.key, small), await onAir(bob.key, big)];
    await ada.hls.waitFor(has(2));
    const before = lastSeq(await bob.hls.waitFor(has(2)));
    expect(await resolutions(ada)).toContain("320x180");
    expect(await resolutions(ada)).not.toContain("424x240");
    expect(await resolutions(bob)).toContain("424x240");

    expect(await refusal("fl_not_a_key_at_all_0123456789")).toMatch(/BadName: Wrong stream key/);
    await ada.user.endStream(ada.id);
    await first.closed;
    expect((await ada.hls.waitFor(({ ended }) => ended)).length).toBeGreaterThan(0);
    const after = await bob.hls.waitFor(reaches(before + 2));
    await expectOneTimeline(after);
    expect(after.map(breaks)).toEqual(after.map(() => 0));
    expect((await bob.user.stream(bob.id)).status).toBe("live");
    expect((await bob.user.stream(ada.id)).status).toBe("ended");
  });
});

describe("the stream key", () => {
  it("cuts its publisher off when it is rotated, and the new one goes on with the stream", async () => {
    const eve = await channel("eve");
    const first = await onAir(eve.key);
    const before = lastSeq(await eve.hls.waitFor(has(2)));
    const rotated = await eve.trpc.mutate("dashboard.rotateKey");
    const { streamKey } = rotated.data as { streamKey: string };
    keys.push(streamKey);
    expect(rotated.headers.get("cache-control")).toContain("no-store");
    await first.closed;
    expect(first.statuses.map(({ description }) => description).join()).toContain("key was replaced");
    expect(await refusal(eve.key)).toMatch(/Wrong stream key/);
    await onAir(streamKey);
    const after = await eve.hls.waitFor(reaches(before + 3));
    expect(after.map(breaks)).toEqual(after.map(() => 1));
    await expectOneTimeline(after);
    expect((await eve.user.stream(eve.id)).status).toBe("live");
  });

  it("in use is told in the dashboard, whose owner lets the newcomer in", async () => {
    const ivy = await channel("ivy");
    const first = await onAir(ivy.key);
    const before = lastSeq(await ivy.hls.waitFor(has(1)));
    expect(await refusal(ivy.key)).toMatch(/already live from another encoder/);
    expect((await dashboard(ivy)).refused).toMatchObject({ code: "key_in_use", address: "127.0.0.1" });
    expect((await ivy.trpc.mutate("dashboard.switchPublisher")).status).toBe(200);
    await first.closed;
    expect(first.statuses.map(({ description }) => description).join()).toContain("switched");
    await onAir(ivy.key, big);
    await expect.poll(() => resolutions(ivy), { timeout: 20_000 }).toContain("424x240");
    await ivy.hls.waitFor(reaches(before + 2));
    const { refused, stream } = await dashboard(ivy);
    expect(refused).toBeNull();
    expect(stream?.status).toBe("live");
  });
});

describe("strangers on the RTMP port", () => {
  async function residentBytes(): Promise<number> {
    const status = await readFile(`/proc/${server.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) * 1024;
  }

  const dial = () => RtmpPublisher.dial({ port: server.rtmpPort });
  const settled = (publishers: readonly RtmpPublisher[]) =>
    Promise.race([
      Promise.all(publishers.map(({ closed }) => closed)).then(() => "all closed"),
      delay(14_000, "still open", { ref: false }),
    ]);

  it("are closed in time and slow nobody", async () => {
    const kim = await channel("kim");
    await onAir(kim.key);
    const before = lastSeq(await kim.hls.waitFor(has(2)));
    const beforeBytes = await residentBytes();

    const idle = await Promise.all(Array.from({ length: 50 }, dial));
    const half = await Promise.all(Array.from({ length: 20 }, dial));
    for (const [i, stranger] of half.entries()) {
      stranger.raw(Buffer.concat([Buffer.of(3), Buffer.alloc(100 * i, 7)]));
    }
    const garbage = await Promise.all(Array.from({ length: 20 }, dial));
    for (const stranger of garbage) stranger.raw(randomBytes(64 * 1024));
    // Through the handshake, then bytes that claim the largest messages there are, on many chunk streams.
    const liars = await Promise.all(
      Array.from({ length: 10 }, () => RtmpPublisher.open({ port: server.rtmpPort })),
    );
    for (const liar of liars) {
      for (let id = 3; id < 60; id += 1) {
        liar.raw(Buffer.concat([Buffer.of(id, 0, 0, 0, 0xff, 0xff, 0xff, 9, 1, 0, 0, 0), randomBytes(128)]));
      }
    }
    const after = await kim.hls.waitFor(reaches(before + 4));
    await expectOneTimeline(after);
    expect(after.map(breaks)).toEqual(after.map(() => 0));
    expect((await residentBytes()) - beforeBytes).toBeLessThan(120 * 1024 * 1024);
    expect(await settled([...idle, ...half, ...garbage, ...liars])).toBe("all closed");
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toMatch(/footlight_rtmp_sessions_ended_total\{[^}]*protocol_error[^}]*\} [1-9]/);
    expect(metrics).toMatch(/footlight_rtmp_sessions_ended_total\{[^}]*timeout[^}]*\} [1-9]/);
  });
});

describe("bad requests", () => {
  async function expectProblem(answer: Response, status: number): Promise<void> {
    const text = await answer.text();
    expect(answer.status, text).toBe(status);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect((JSON.parse(text) as { code: string }).code).toMatch(/^[a-z_]+$/);
    expect(text).not.toMatch(/node_modules|\.ts:|\bat /);
  }

  const post = (path: string, body: string): Promise<Response> =>
    fetch(server.url + path, { method: "POST", headers: { "content-type": "application/json" }, body });

  it.each(["/api/v1/users", "/api/v1/sessions", "/api/v1/streams/start"])("%s", async (path) => {
    await expectProblem(await post(path, JSON.stringify({ username: "x".repeat(3_000_000) })), 413);
    await expectProblem(await post(path, "[".repeat(10_000) + "]".repeat(10_000)), 400);
    await expectProblem(await post(path, '{"username":'), 400);
  });

  it.each([
    "/api/v1/streams/nosuchstream00",
    "/api/v1/streams/nosuchstream00/playback",
    "/media/nosuchstream00/master.m3u8",
    "/media/nosuchstream00/source/index.m3u8",
    "/media/nosuchstream00/source/0.m4s",
    "/media/nosuchstream00/thumbnail.jpg",
    "/avatars/0123456789abcdef.webp",
  ])("unknown: %s is 404", async (path) => {
    const answer = await fetch(server.url + path);
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toMatch(/node_modules|\.ts:|\bat /);
  });

  it.each([
    "/media/../../etc/passwd",
    "/media/..%2f..%2f..%2fetc%2fpasswd",
    "/media/nosuchstream00/%2e%2e/%2e%2e/secrets.json",
    "/media//etc/passwd",
    "/media/nosuchstream00/source/..%5c..%5c0.m4s",
    "/avatars/../secrets.json",
    "/avatars/..%2f..%2fsecrets.json",
    "/avatars/%2e%2e/%2e%2e/etc/passwd",
    "/assets/../../package.json",
    "/assets/..%2f..%2fpackage.json",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/..%00/etc/passwd",
  ])("path traversal: %s", async (path) => {
    // `fetch` would tidy the path up; a socket does not.
    const answer = await rawExchange(
      server.httpPort,
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 (404|400) /);
    expect(answer).not.toMatch(/root:|"dependencies"|node_modules/);
  });
});

describe("secrets", () => {
  it("no key is in the output, the metrics or a public answer", async () => {
    const joe = await channel("joe");
    await onAir(joe.key);
    await joe.hls.waitFor(has(2));
    expect(await refusal(joe.key)).toMatch(/already live/);
    await joe.user.startStream().catch(() => undefined);
    const paths = [
      ...["/metrics", "/healthz", "/readyz", "/joe", "/api/v1/streams", "/api/v1/streams/search?q=joe"],
      ...[`/api/v1/streams/${joe.id}`, `/api/v1/streams/${joe.id}/playback`, "/api/v1/openapi.json"],
      ...[joe.hls.masterUrl, ...(await joe.hls.master()).variants.map(({ uri }) => uri)],
    ];
    const answers = await Promise.all(
      paths.map(async (path) => (await fetch(new URL(path, server.url))).text()),
    );
    expect(server.output).toContain('"level":20');
    expect(keys.length).toBeGreaterThan(5);
    for (const key of keys) {
      for (const [i, answer] of answers.entries()) expect(answer.includes(key), paths[i]).toBe(false);
      expect(server.output.includes(key), "the server's output").toBe(false);
    }
  });
});
