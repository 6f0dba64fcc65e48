import { type ChannelPage, StudioStartAnswer, streamTopic } from "@footlight/shared";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { parseMediaPlaylist } from "../src/testing/media-playlist-reader.ts";
import { RealtimeClient } from "../src/testing/realtime-client.ts";
import { TestServer } from "../src/testing/test-server.ts";
import { TrpcCaller } from "../src/testing/trpc-caller.ts";
import { Encoders } from "./encoders.ts";

/** A dress rehearsal on the real server: what its owner gets and nobody else, and how it becomes public. */
describe("a rehearsal", { timeout: 60_000 }, () => {
  let server: TestServer;
  let owner: TrpcCaller;
  let other: TrpcCaller;
  let anyone: TrpcCaller;
  let started: StudioStartAnswer;
  const encoders = new Encoders();

  beforeAll(async () => {
    server = await TestServer.start();
    [owner, other, anyone] = [
      new TrpcCaller(server.url),
      new TrpcCaller(server.url),
      new TrpcCaller(server.url),
    ];
    await Promise.all([owner.signUp("olivia"), other.signUp("otto")]);
    const settings = {
      title: "Not yet",
      latencyMode: "ultra-low",
      visibility: "rehearsal",
      category: "Secrets",
    };
    started = StudioStartAnswer.parse((await owner.mutate("studio.start", settings)).data);
    // It stays a rehearsal over a restart of the server; all that follows shows it.
    await server.stop();
    await server.startAgain();
    encoders.start(server, started.streamKey);
    await vi.waitFor(
      async () => {
        expect((await media("master.m3u8", owner)).status).toBe(200);
        expect((await media("thumbnail.jpg", owner)).status).toBe(200);
      },
      { timeout: 20_000, interval: 100 },
    );
  }, 60_000);

  afterAll(async () => {
    await encoders[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const media = (
    path: string,
    who?: TrpcCaller,
    headers: Record<string, string> = {},
    id: string = started.streamId,
  ) =>
    fetch(`${server.url}/media/${id}/${path}`, {
      headers: { ...(who?.cookie === undefined ? {} : { cookie: who.cookie }), ...headers },
    });
  const bearer = (who: TrpcCaller) => ({
    authorization: `Bearer ${decodeURIComponent(who.cookie?.replace(/^[^=]*=/, "") ?? "")}`,
  });
  const told = async (answer: Response) => [
    answer.status,
    await answer.text(),
    answer.headers.get("cache-control"),
  ];
  const pageOf = async (who: TrpcCaller) =>
    (await who.query("channels.get", { username: "olivia" })).data as ChannelPage;

  it("is its owner's, by the web app's cookie and by a token, and no cache keeps it", async () => {
    for (const path of ["master.m3u8", "ll.m3u8", "audio/ll.m3u8", "manifest.mpd", "thumbnail.jpg"]) {
      for (const answer of [await media(path, owner), await media(path, undefined, bearer(owner))]) {
        expect([path, answer.status, answer.headers.get("cache-control")]).toEqual([
          path,
          200,
          "private, no-store",
        ]);
        expect(answer.headers.get("access-control-allow-origin")).toBeNull();
      }
    }
    const page = await pageOf(owner);
    expect([page.rehearsal, page.own, page.stream?.stream_id]).toEqual([true, true, started.streamId]);
    const rest = await fetch(`${server.url}/api/v1/streams/${started.streamId}`, { headers: bearer(owner) });
    expect(rest.status).toBe(200);
    const beat = { streamId: started.streamId, viewerId: "viewer-of-one-self" };
    expect((await owner.mutate("viewers.heartbeat", beat)).data).toEqual({ viewerCount: 0, status: "live" });
  });

  it("looks to everybody else as if it were not there", async () => {
    const absent = "nosuchstream1234";
    const paths = [
      "master.m3u8",
      "ll.m3u8",
      "manifest.mpd",
      "audio/ll.m3u8",
      "audio/0.m4s",
      "audio/init-0.mp4",
    ];
    for (const path of [...paths, "thumbnail.jpg", "storyboard.vtt", "storyboard-0.jpg"]) {
      const nothing = await told(await media(path, undefined, {}, absent));
      expect([path, ...(await told(await media(path)))]).toEqual([path, ...nothing]);
      expect(await told(await media(path, other))).toEqual(nothing);
      expect(await told(await media(path, undefined, bearer(other)))).toEqual(nothing);
      // A page of another site rides on the owner's cookie.
      expect(await told(await media(path, owner, { "sec-fetch-site": "same-site" }))).toEqual(nothing);
    }
    for (const path of ["", "/playback"]) {
      const answer = await fetch(`${server.url}/api/v1/streams/${started.streamId}${path}`, {
        headers: bearer(other),
      });
      expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
        404,
        "stream_not_found",
      ]);
    }
    for (const who of [other, anyone]) {
      const page = await pageOf(who);
      expect([page.stream, page.rehearsal, page.title]).toEqual([null, false, "olivia's stream"]);
      const beat = { streamId: started.streamId, viewerId: "viewer-of-others" };
      expect((await who.mutate("viewers.heartbeat", beat)).code).toBe("stream_not_found");
    }
  });

  it("is in no list, no search and no count, for followers neither", async () => {
    await other.mutate("follows.follow", { username: "olivia" });
    expect((await other.query("streams.list", {})).data).toEqual({ streams: [], nextCursor: null });
    expect((await owner.query("streams.search", { q: "Not yet" })).data).toMatchObject({ totalResults: 0 });
    expect((await other.query("follows.list")).data).toMatchObject([{ username: "olivia", live: null }]);
    expect((await anyone.query("categories.list")).data).toContainEqual({ name: "Secrets", liveStreams: 0 });
    const rest = await fetch(`${server.url}/api/v1/streams`);
    expect(await rest.json()).toEqual({ streams: [], next_cursor: null });
  });

  it("is closed to strangers on the socket and in WebRTC", async () => {
    const topic = streamTopic(started.streamId);
    const headersOf = (who: TrpcCaller) => ({
      headers: who.cookie === undefined ? {} : { cookie: who.cookie },
    });
    for (const [who, refused] of [
      [owner, undefined],
      [other, "stream_not_found"],
      [anyone, "stream_not_found"],
    ] as const) {
      using socket = await RealtimeClient.connect(server.url, headersOf(who));
      await socket.subscribe(topic);
      expect(socket.refused(topic)).toBe(refused);
    }
    const offer = (who: TrpcCaller, name: string) =>
      fetch(`${server.url}/whep/${name}`, {
        method: "POST",
        headers: { ...headersOf(who).headers, "content-type": "application/sdp" },
        body: "v=0",
      });
    for (const name of [started.streamId, "olivia"]) {
      const [own, foreign] = await Promise.all([offer(owner, name), offer(other, name)]);
      expect([own.status, foreign.status], name).toEqual([400, 404]);
    }
  });

  it("becomes public without a break, and nothing of what was before is seen", async () => {
    const url = `${server.url}/media/${started.streamId}/audio/index.m3u8`;
    const read = async () => parseMediaPlaylist(await (await media("audio/index.m3u8", owner)).text(), url);
    const before = await vi.waitFor(
      async () => {
        const playlist = await read();
        expect(playlist.segments.length).toBeGreaterThan(2);
        return playlist;
      },
      { timeout: 15_000 },
    );
    const clickedMs = Date.now();
    const answer = await owner.mutate("studio.makePublic");
    expect(answer.text).toContain("public");
    const after = await vi.waitFor(
      async () => {
        const open = await media("audio/index.m3u8");
        expect([open.status, open.headers.get("access-control-allow-origin")]).toEqual([200, "*"]);
        const playlist = parseMediaPlaylist(await open.text(), url);
        expect(playlist.segments.length).toBeGreaterThan(0);
        return playlist;
      },
      { timeout: 15_000 },
    );
    const first = after.segments[0];
    expect(first?.programDateMs).toBeGreaterThan(clickedMs - 100);
    expect(first?.seq).toBeGreaterThan(before.segments.at(-1)?.seq ?? 0);
    expect(after.segments.some(({ discontinuity }) => discontinuity)).toBe(false);
    for (const { seq } of before.segments) expect((await media(`audio/${seq}.m4s`, owner)).status).toBe(404);
    expect((await anyone.query("streams.list", {})).data).toMatchObject({
      streams: [{ streamId: started.streamId }],
    });
    expect((await pageOf(anyone)).stream?.stream_id).toBe(started.streamId);
    // A second click changes nothing.
    expect((await owner.mutate("studio.makePublic")).status).toBe(200);
    expect((await media("audio/index.m3u8")).status).toBe(200);
  });
});
