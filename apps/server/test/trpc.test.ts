import { readFile } from "node:fs/promises";
import { ChannelPage, Dashboard, Me, RESERVED_USERNAMES, StreamPage } from "@footlight/shared";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../src/testing/database.ts";
import { TestApi } from "../src/testing/test-api.ts";
import { TrpcCaller } from "../src/testing/trpc-caller.ts";

let engine: TestDatabase;
let api: TestApi;
let anna: TrpcCaller;
let bob: TrpcCaller;
let visitor: TrpcCaller;

const JPEG = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from("a picture")]);

beforeAll(async () => {
  engine = await createTestDatabase("PostgreSQL");
  api = await TestApi.start(engine.database);
  anna = new TrpcCaller(api.url);
  bob = new TrpcCaller(api.url);
  visitor = new TrpcCaller(api.url);
  await anna.signUp("anna");
  await bob.signUp("bob");
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

const keyOf = async (caller: TrpcCaller): Promise<string> =>
  ((await caller.mutate("dashboard.revealKey")).data as { streamKey: string }).streamKey;
const dashboardOf = async (caller: TrpcCaller) => Dashboard.parse((await caller.query("dashboard.get")).data);
const SETTINGS = {
  displayName: "Anna",
  bio: "Two lines\nof <i>text</i>",
  title: "Evening",
  category: "Just Chatting",
  tags: ["calm"],
  latencyMode: "low",
  recording: false,
  chat: true,
};

describe("the session cookie", () => {
  it("is out of reach of scripts and of other sites, and secure where the site is", async () => {
    const [line = ""] = (await new TrpcCaller(api.url).signUp("cookie_1")).headers.getSetCookie();
    expect(line).toMatch(/^footlight_session=/);
    expect(line).toContain("HttpOnly");
    expect(line).toContain("SameSite=Lax");
    expect(line).toContain("Path=/");
    expect(line).not.toContain("Secure");

    await using https = await TestApi.start(engine.database, { PUBLIC_URL: "https://live.example.org" });
    const [secure = ""] = (await new TrpcCaller(https.url).signUp("cookie_2")).headers.getSetCookie();
    expect(secure).toContain("Secure");
  });

  it("ends with the session", async () => {
    const caller = new TrpcCaller(api.url);
    expect((await caller.query("account.me")).data).toBeNull();
    const me = Me.parse((await caller.signUp("leaver")).data);
    expect(Me.parse((await caller.query("account.me")).data)).toEqual(me);
    const kept = caller.as({ "sec-fetch-site": "same-origin" });
    expect((await caller.mutate("account.signOut")).status).toBe(200);
    expect(caller.cookie).toBeUndefined();
    expect((await kept.query("account.me")).data).toBeNull();
  });
});

describe("a call that changes something", () => {
  it("is refused when another site makes the browser send it", async () => {
    const before = await dashboardOf(anna);
    const foreign: Record<string, string>[] = [
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site", origin: "https://evil.example.org" },
      { origin: "https://evil.example.org" },
      { origin: "null" },
      { origin: api.url.replace("http:", "https:") },
    ];
    for (const headers of foreign) {
      const answer = await anna
        .as(headers)
        .mutate("dashboard.updateChannel", { ...SETTINGS, title: "Hacked" });
      expect(answer.code, JSON.stringify(headers)).toBe("csrf_failed");
      expect(answer.status).toBe(403);
    }
    // A form can send these types, and an old browser says no more than that.
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
    ]) {
      const answer = await fetch(`${api.url}/trpc/dashboard.rotateKey`, {
        method: "POST",
        headers: { cookie: anna.cookie ?? "", "content-type": type },
        body: "{}",
      });
      expect([403, 415]).toContain(answer.status);
    }
    expect(await dashboardOf(anna)).toEqual(before);
  });

  it("is taken from our own pages and from programs", async () => {
    for (const headers of [{ "sec-fetch-site": "same-origin" }, { origin: api.url }, {}]) {
      expect((await anna.as(headers).mutate("dashboard.allowPublish")).status).toBe(200);
    }
  });

  it("is not made by a GET", async () => {
    const answer = await anna.query("dashboard.rotateKey");
    expect(answer.status).toBe(405);
    expect(answer.code).toBe("method_not_allowed");
  });
});

describe("a channel", () => {
  it("shows its settings as text, and changes its open stream's words at once", async () => {
    const saved = await anna.mutate("dashboard.updateChannel", SETTINGS);
    expect(saved.data).toEqual(SETTINGS);
    const streamId = await api.goLive(await keyOf(anna));
    await anna.mutate("dashboard.updateChannel", {
      ...SETTINGS,
      title: "<b>Later</b>",
      latencyMode: "standard",
    });
    const page = ChannelPage.parse((await visitor.query("channels.get", { username: "anna" })).data);
    expect(page).toMatchObject({
      displayName: "Anna",
      bio: "Two lines\nof <i>text</i>",
      title: "<b>Later</b>",
      following: null,
      own: false,
      stream: {
        stream_id: streamId,
        status: "live",
        playback_urls: { hls: `/media/${streamId}/master.m3u8` },
      },
    });
    expect((await api.domain.streams.byId(streamId))?.latencyMode).toBe("low");
    const own = ChannelPage.parse((await anna.query("channels.get", { username: "anna" })).data);
    expect(own).toMatchObject({ own: true, following: null });
    const list = StreamPage.parse((await visitor.query("streams.list", {})).data);
    expect(list.streams[0]).toMatchObject({ username: "anna", status: "live", thumbnail: null });
    expect((await visitor.query("categories.list")).data).toEqual([
      { name: "Just Chatting", liveStreams: 1 },
    ]);
    expect((await visitor.query("channels.get", { username: "nobody_here" })).code).toBe("channel_not_found");
    await anna.mutate("dashboard.endStream");
  });

  it("is followed by others", async () => {
    expect((await bob.mutate("follows.follow", { username: "anna" })).data).toEqual({
      followerCount: 1,
      following: true,
    });
    expect((await bob.mutate("follows.follow", { username: "anna" })).data).toMatchObject({
      followerCount: 1,
    });
    expect((await bob.query("channels.get", { username: "anna" })).data).toMatchObject({ following: true });
    expect((await bob.query("follows.list")).data).toEqual([
      { username: "anna", displayName: "Anna", avatar: null, live: null },
    ]);
    expect((await anna.mutate("follows.follow", { username: "anna" })).code).toBe("forbidden");
    expect((await anna.query("follows.list")).data).toEqual([]);
    expect((await bob.mutate("follows.unfollow", { username: "anna" })).data).toMatchObject({
      followerCount: 0,
    });
  });

  it("has a picture that was encoded here", async () => {
    const upload = await anna.mutate("dashboard.uploadAvatar", { data: JPEG.toString("base64") });
    const { avatar } = upload.data as { avatar: string };
    const picture = await fetch(api.url + avatar);
    expect(picture.headers.get("cache-control")).toContain("immutable");
    expect(picture.headers.get("content-type")).toBe("image/jpeg");
    expect(await picture.text()).toMatch(/^small /);
    expect((await visitor.query("channels.get", { username: "anna" })).data).toMatchObject({ avatar });
    for (const [data, code] of [
      [Buffer.from("<svg onload=alert(1)>"), "unsupported_media_type"],
      [Buffer.from("GIF89a..."), "unsupported_media_type"],
    ] as const) {
      const answer = await anna.mutate("dashboard.uploadAvatar", { data: data.toString("base64") });
      expect(answer.code).toBe(code);
    }
    const large = Buffer.concat([JPEG, Buffer.alloc(1024 * 1024 - JPEG.length)]);
    expect((await anna.mutate("dashboard.uploadAvatar", { data: large.toString("base64") })).status).toBe(
      200,
    );
    const over = Buffer.concat([large, Buffer.alloc(1)]).toString("base64");
    expect((await anna.mutate("dashboard.uploadAvatar", { data: over })).code).toMatch(
      /payload_too_large|invalid_request/,
    );
    expect(
      (await anna.mutate("dashboard.updateChannel", { ...SETTINGS, bio: "x".repeat(70_000) })).code,
    ).toBe("payload_too_large");
    await anna.mutate("dashboard.removeAvatar");
    expect(api.blobs.blobs.size).toBe(0);
    expect((await fetch(`${api.url}/avatars/..%2fsecrets.json`)).status).toBe(404);
  });
});

describe("the key", () => {
  it("is shown as often as wanted, and rotating it cuts off whoever publishes with the old one", async () => {
    const old = await keyOf(anna);
    expect(await keyOf(anna)).toBe(old);
    const streamId = await goLiveAgain(anna);
    const answer = await anna.mutate("dashboard.rotateKey");
    const { streamKey } = answer.data as { streamKey: string };
    expect(answer.headers.get("cache-control")).toContain("no-store");
    expect(streamKey).not.toBe(old);
    expect(api.live.revoked).toContainEqual({ streamId, reason: "key_rotated" });
    expect(await api.publish(old)).toEqual({ kind: "refused", code: "wrong_key" });
    expect(await api.publish(streamKey)).toMatchObject({ kind: "admitted", stream: { streamId } });
    await anna.mutate("dashboard.endStream");
  });
});

describe("publishing", () => {
  it("after the end is refused until it is allowed, or a minute passes without an attempt", async () => {
    const streamId = await goLiveAgain(anna);
    const key = await keyOf(anna);
    await anna.mutate("dashboard.endStream");
    expect(api.live.ended).toContain(streamId);
    expect(await api.publish(key)).toEqual({ kind: "refused", code: "stream_ended" });
    expect(await dashboardOf(anna)).toMatchObject({
      publishBlocked: true,
      stream: null,
      refused: { code: "stream_ended", address: "192.0.2.1" },
    });
    for (let attempt = 0; attempt < 3; attempt++) {
      api.clock.advance(40_000);
      expect(await api.publish(key)).toMatchObject({ code: "stream_ended" });
    }
    api.clock.advance(61_000);
    const revived = await api.publish(key);
    expect(revived).toMatchObject({ kind: "admitted" });
    await anna.mutate("dashboard.endStream");
    expect(await api.publish(key)).toMatchObject({ code: "stream_ended" });
    await anna.mutate("dashboard.allowPublish");
    expect(await dashboardOf(anna)).toMatchObject({ publishBlocked: false, refused: null });
    expect(await api.publish(key)).toMatchObject({ kind: "admitted" });
    await anna.mutate("dashboard.endStream");
  });

  it("goes on with the same stream and clock after an interruption, and with a new one after its end", async () => {
    const key = await keyOf(anna);
    const streamId = await goLiveAgain(anna);
    const epochMs = (await api.domain.streams.byId(streamId))?.epochMs;
    await api.domain.lifecycle.interrupted(streamId, { graceMs: 5_000 });
    expect(await dashboardOf(anna)).toMatchObject({ stream: { status: "interrupted" } });
    expect(await api.publish(key)).toMatchObject({ stream: { streamId, epochMs, graceMs: 5_000 } });
    await api.domain.lifecycle.ended(streamId);
    await api.domain.lifecycle.live(streamId, { epochMs: 1, request: api.request(key) });
    expect((await api.domain.streams.byId(streamId))?.status).toBe("ended");
    const next = await api.publish(key);
    expect(next).toMatchObject({ kind: "admitted", stream: { epochMs: undefined } });
    expect(next.kind === "admitted" && next.stream.streamId).not.toBe(streamId);
  });

  it("of two encoders at once is one stream", async () => {
    const key = await keyOf(bob);
    const admissions = await Promise.all([1, 2, 3, 4].map(() => api.publish(key)));
    const ids = admissions.map((admission) => admission.kind === "admitted" && admission.stream.streamId);
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toBeTruthy();
    await bob.mutate("dashboard.endStream");
    await bob.mutate("dashboard.allowPublish");
  });

  it("is refused where the machine is full, but never for a stream that runs", async () => {
    const running = await goLiveAgain(anna);
    api.capacity = false;
    try {
      expect(await api.publish(await keyOf(bob))).toEqual({ kind: "refused", code: "server_full" });
      expect((await dashboardOf(bob)).refused?.code).toBe("server_full");
      expect(await api.publish(await keyOf(anna))).toMatchObject({ stream: { streamId: running } });
    } finally {
      api.capacity = true;
      await anna.mutate("dashboard.endStream");
    }
  });

  it("is switched to the one who was refused, and not back", async () => {
    const streamId = await goLiveAgain(anna);
    const key = await keyOf(anna);
    const newcomer = api.request(key, { remoteAddress: "192.0.2.2" });
    api.domain.gate.refused(newcomer, streamId, "key_in_use");
    expect((await dashboardOf(anna)).refused).toMatchObject({ code: "key_in_use", address: "192.0.2.2" });
    expect((await anna.mutate("dashboard.switchPublisher")).status).toBe(200);
    expect(api.live.revoked).toContainEqual({ streamId, reason: "switched" });
    expect(await api.publish(key)).toMatchObject({ code: "key_in_use" });
    expect(await api.domain.gate.admit(newcomer)).toMatchObject({ stream: { streamId } });
    await api.domain.lifecycle.live(streamId, { epochMs: 1, request: newcomer });
    expect((await dashboardOf(anna)).refused).toBeNull();
    await anna.mutate("dashboard.endStream");
    expect((await anna.mutate("dashboard.switchPublisher")).code).toBe("stream_not_live");
  });

  it("with what is no key costs nothing and says nothing", async () => {
    for (const key of ["", "x", "anna", "../../x", `fl_${"a".repeat(32)}`, "a".repeat(10_000), "\u0000"]) {
      expect(await api.publish(key)).toEqual({ kind: "refused", code: "wrong_key" });
    }
  });
});

describe("viewers", () => {
  it("are counted while they send heartbeats, each once, and forgotten with the stream", async () => {
    const streamId = await goLiveAgain(anna);
    const beat = async (viewerId: string) =>
      (await visitor.mutate("viewers.heartbeat", { streamId, viewerId })).data as { viewerCount: number };
    await beat("viewer-one");
    await beat("viewer-one");
    expect(await beat("viewer-two")).toEqual({ viewerCount: 2, status: "live" });
    expect((await dashboardOf(anna)).stream?.viewerCount).toBe(2);
    api.clock.advance(15_000);
    expect((await beat("viewer-two")).viewerCount).toBe(2);
    api.clock.advance(15_000);
    expect((await beat("viewer-two")).viewerCount).toBe(1);
    await anna.mutate("dashboard.endStream");
    api.clock.advance(2_000);
    expect(await beat("viewer-two")).toEqual({ viewerCount: 0, status: "ended" });
    const unknown = { streamId: "AAAAAAAAAAAAAAAA", viewerId: "viewer-one" };
    expect((await visitor.mutate("viewers.heartbeat", unknown)).code).toBe("stream_not_found");
    expect((await visitor.mutate("viewers.heartbeat", { streamId, viewerId: "x" })).code).toBe(
      "invalid_request",
    );
  });
});

describe("a quality that is watched", () => {
  it("is told of to the running stream, in so many words only", async () => {
    const streamId = await goLiveAgain(anna);
    const beat = (quality: string) =>
      visitor.mutate("viewers.heartbeat", { streamId, viewerId: "viewer-one", quality });
    api.live.watchedQualities.length = 0;
    await beat("480p");
    expect((await beat("../480p")).code).toBe("invalid_request");
    await anna.mutate("dashboard.endStream");
    api.clock.advance(2_000);
    await beat("1080p");
    expect(api.live.watchedQualities).toEqual(["480p"]);
  });
});

describe("who may do what", () => {
  const owners: [string, "query" | "mutate", unknown?][] = [
    ["account.signOutEverywhere", "mutate"],
    ["account.changePassword", "mutate", { currentPassword: "x", newPassword: "long enough 1" }],
    ["account.deleteAccount", "mutate", { password: "x" }],
    ["follows.list", "query"],
    ["follows.follow", "mutate", { username: "anna" }],
    ["follows.unfollow", "mutate", { username: "anna" }],
    ["dashboard.get", "query"],
    ["dashboard.updateChannel", "mutate", SETTINGS],
    ["dashboard.uploadAvatar", "mutate", { data: "AAAA" }],
    ["dashboard.removeAvatar", "mutate"],
    ["dashboard.revealKey", "mutate"],
    ["dashboard.rotateKey", "mutate"],
    ["dashboard.endStream", "mutate"],
    ["dashboard.allowPublish", "mutate"],
    ["dashboard.switchPublisher", "mutate"],
  ];
  const operators: [string, "query" | "mutate", unknown?][] = [
    ["operator.users", "query"],
    ["operator.createInvite", "mutate"],
    ["operator.createResetLink", "mutate", { userId: "x" }],
  ];

  it.each([...owners, ...operators])("%s needs a session", async (path, kind, input) => {
    const answer = await visitor[kind](path, input);
    expect(answer.code).toBe("unauthenticated");
    expect(answer.status).toBe(401);
  });

  it.each(operators)("%s needs the operator", async (path, kind, input) => {
    const answer = await bob[kind](path, input);
    expect(answer.code).toBe("forbidden");
    expect(answer.status).toBe(403);
  });

  it("what one does to their own leaves another's as it was", async () => {
    const before = { dashboard: await dashboardOf(anna), key: await keyOf(anna) };
    await bob.mutate("dashboard.updateChannel", {
      ...SETTINGS,
      displayName: "Bob",
      channelId: "x",
      username: "anna",
    });
    await bob.mutate("dashboard.rotateKey", { username: "anna" });
    await bob.mutate("dashboard.endStream", { username: "anna" });
    expect({ dashboard: await dashboardOf(anna), key: await keyOf(anna) }).toEqual(before);
    expect(await keyOf(bob)).not.toBe(before.key);
  });

  it("every path that a name would hide is reserved", async () => {
    const routes = new URL("../../web-viewer/src/app/routes.tsx", import.meta.url);
    const pages = [...(await readFile(routes, "utf8")).matchAll(/path: "\/?([a-z0-9_]+)[/"]/g)].map(
      ([, path]) => path,
    );
    expect(pages).toContain("dashboard");
    const served =
      "api trpc media avatars beacons time assets healthz readyz metrics live admin about invite whip whep";
    for (const path of [...pages, ...served.split(" ")]) {
      expect(RESERVED_USERNAMES.has(path ?? ""), path).toBe(true);
    }
  });
});

describe("bad input", () => {
  it("is a tRPC error with the stable code, and never a stack", async () => {
    const invalid = await anna.mutate("dashboard.updateChannel", { ...SETTINGS, title: "" });
    expect(invalid.code).toBe("invalid_request");
    expect(invalid.text).toContain('"path":"title"');
    const unknown = await anna.query("dashboard.nothing");
    expect(unknown.code).toBe("not_found");
    const deep = await fetch(`${api.url}/trpc/account.signIn`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "[".repeat(30_000) + "]".repeat(30_000),
    });
    expect(deep.status).toBe(400);
    const broken = await fetch(`${api.url}/trpc/account.signIn`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{",
    });
    expect(broken.status).toBe(400);
    const batch = `${api.url}/trpc/${Array(21).fill("account.me").join(",")}?batch=1`;
    expect((await fetch(batch)).status).toBe(400);
    for (const text of [invalid.text, unknown.text, await deep.text(), await broken.text()]) {
      expect(text).not.toMatch(/stack|\.ts:|node_modules/);
    }
  });
});

async function goLiveAgain(caller: TrpcCaller) {
  await caller.mutate("dashboard.allowPublish");
  return await api.goLive(await keyOf(caller));
}
