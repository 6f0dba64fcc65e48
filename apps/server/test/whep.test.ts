import { createHmac } from "node:crypto";
import { recordedOffer } from "@footlight/protocols/testing/recorded-offers.ts";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { FfmpegPublisher } from "../src/testing/ffmpeg-publisher.ts";
import { RestClient } from "../src/testing/rest-client.ts";
import { TestServer } from "../src/testing/test-server.ts";
import { until, WeriftPublisher, WeriftViewer } from "../src/testing/werift-peer.ts";
import { SMALL_LADDER, sourceArgs } from "./low-latency-tools.ts";
import { FFMPEG } from "./publisher-tools.ts";
import { openSession, patch, post, statusOf, watch } from "./whep-tools.ts";

const VIEWER = recordedOffer("chromium-viewer");
const NEW_ICE = "a=ice-ufrag:anew\r\na=ice-pwd:anewanewanewanewanewanew\r\n";

let server: TestServer;
/** On air by RTMP: H.264 without B-frames and AAC. */
let stream: { readonly whep: string; readonly publisher: FfmpegPublisher };
beforeAll(async () => {
  server = await TestServer.start({
    LADDER: SMALL_LADDER,
    LOG_LEVEL: "debug",
    ...{ RTC_ICE_SERVERS: "turn:turn.example.net:443?transport=tcp", RTC_TURN_SECRET: "north-by-north" },
  });
  const { user, id, key, whep } = await prepared("whep_rtmp");
  if (whep === null) throw new Error("the stream has no ultra tier");
  stream = { whep, publisher: FfmpegPublisher.start(FFMPEG, sourceArgs({ gop: 30 }), server.rtmpUrl(key)) };
  await vi.waitFor(async () => expect((await user.stream(id)).status).toBe("live"), { timeout: 10_000 });
});
afterAll(async () => {
  await stream?.publisher.kill();
  await server?.[Symbol.asyncDispose]();
});

async function prepared(username: string, latencyMode = "ultra-low") {
  const user = await RestClient.signUp(server.url, username);
  const stream = await user.startStream({ title: username, latency_mode: latencyMode });
  const { playback_urls } = await user.playback(stream.stream_id);
  return { user, id: stream.stream_id, key: stream.stream_key, whep: playback_urls.whep };
}

/** Of 30 pictures a second none comes. */
async function isSilent(viewer: WeriftViewer): Promise<boolean> {
  const before = viewer.packets.video;
  await new Promise((resolve) => setTimeout(resolve, 500));
  return viewer.packets.video === before;
}

describe.concurrent("WHEP", () => {
  test("gives an RTMP publisher's picture and sound to a foreign stack under its own numbers", async () => {
    await using viewer = new WeriftViewer({ videoPayloadType: 98, audioPayloadType: 97 });
    const session = await watch(stream.whep, viewer);
    await viewer.receives("video", 30);
    await viewer.receives("audio", 50);
    expect([...viewer.payloadTypes.video]).toEqual([98]);
    expect([...viewer.payloadTypes.audio]).toEqual([97]);
    // Parameter sets and a keyframe before all else: alone (7), or together with them (24, STAP-A).
    expect([7, 24]).toContain((viewer.firstVideo?.[0] ?? 0) & 31);
    expect(session.answer).toContain("a=sendonly");
    expect(session.answer).toMatch(/^a=candidate:\S+ 1 udp \d+ 127\.0\.0\.1 \d+ typ host\r$/m);
    expect(session.answer).toMatch(/^a=candidate:\S+ 1 tcp .* tcptype passive\r$/m);
    expect(session.answer).toContain("a=end-of-candidates");
  });

  test("gives a WHIP publisher's to viewers, and ends their sessions when it goes", async () => {
    const { whep, key } = await prepared("whep_whip");
    await using publisher = new WeriftPublisher();
    const published = await fetch(`${server.url}/whip`, {
      method: "POST",
      headers: { "content-type": "application/sdp", authorization: `Bearer ${key}` },
      body: await publisher.offer(),
    });
    expect(published.status).toBe(201);
    await publisher.answer(await published.text());
    await publisher.connected();
    publisher.start();

    await using viewer = new WeriftViewer();
    const session = await watch(whep ?? "", viewer);
    await viewer.receives("video", 30);
    await viewer.receives("audio", 30);
    const whip = new URL(published.headers.get("location") ?? "", server.url);
    await fetch(whip, { method: "DELETE", headers: { authorization: `Bearer ${key}` } });
    await until(async () => (await statusOf(patch(session, NEW_ICE, "*"))) === 404, "the session's end");
  });

  test("knows the stream by its channel's username, too", async () => {
    await using viewer = new WeriftViewer();
    const session = await watch(`${server.url}/whep/whep_rtmp`, viewer);
    await viewer.receives("video", 10);
    expect(await statusOf(fetch(session.url, { method: "DELETE" }))).toBe(200);
  });

  test("DELETE ends the media and frees the session", async () => {
    await using viewer = new WeriftViewer();
    const session = await watch(stream.whep, viewer);
    await viewer.receives("video", 10);
    expect(await statusOf(fetch(session.url, { method: "DELETE" }))).toBe(200);
    expect(await statusOf(fetch(session.url, { method: "DELETE" }))).toBe(404);
    expect(await statusOf(patch(session, NEW_ICE, "*"))).toBe(404);
    await until(() => isSilent(viewer), "the end of the media");
  });

  test("takes candidates, and restarts ICE while media go on", async () => {
    await using viewer = new WeriftViewer();
    const session = await watch(stream.whep, viewer);
    const candidate = "a=mid:0\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n";
    expect(await statusOf(patch(session, candidate, session.etag))).toBe(204);
    expect(await statusOf(patch(session, candidate))).toBe(428);
    expect(await statusOf(patch(session, candidate, '"stale"'))).toBe(412);

    const restarted = await patch(session, NEW_ICE, "*");
    const fragment = await restarted.text();
    expect(restarted.status).toBe(200);
    expect(restarted.headers.get("etag")).not.toBe(session.etag);
    expect(restarted.headers.get("etag")).toBe(`"${/a=ice-ufrag:(\S+)/.exec(fragment)?.[1]}"`);
    expect(fragment).toContain("a=end-of-candidates");
    expect(await statusOf(patch(session, candidate, session.etag))).toBe(412);
    // The pair that there was goes on until another takes its place.
    await viewer.receives("video", 20);
  });

  test("names the TURN server, with a password for a day", async () => {
    await using viewer = new WeriftViewer();
    const answer = await post(stream.whep, await viewer.offer());
    await answer.body?.cancel();
    await fetch(new URL(answer.headers.get("location") ?? "", stream.whep), { method: "DELETE" });
    const link =
      /^<turn:turn\.example\.net:443\?transport=tcp>; rel="ice-server"; username="(\d+)"; credential="([\w+/]{27}=)"; credential-type="password"$/;
    const [, untilS = "", password] = link.exec(answer.headers.get("link") ?? "") ?? [];
    expect(Number(untilS) - Date.now() / 1_000).toBeGreaterThan(23 * 3600);
    expect(password).toBe(createHmac("sha1", "north-by-north").update(untilS).digest("base64"));
    expect(server.output).not.toContain("north-by-north");
    expect(server.output).not.toContain(password);
  });

  test("a session whose client never connects is gone after 15 seconds", async () => {
    const session = await openSession(stream.whep, VIEWER);
    expect(await statusOf(patch(session, "a=end-of-candidates\r\n", session.etag))).toBe(204);
    const gone = async () => (await statusOf(patch(session, "a=end-of-candidates\r\n", "*"))) === 404;
    await until(gone, "the half-open session's end", 25_000);
  });

  test("answers what it cannot do by its status", async () => {
    const low = await prepared("whep_low", "low");
    const ready = await prepared("whep_ready");
    expect(low.whep).toBeNull();
    const endpoint = stream.whep;
    for (const [what, expected, answer] of [
      ["garbage", 400, post(endpoint, "garbage")],
      ["an empty body", 400, post(endpoint, "")],
      ["half an offer", 400, post(endpoint, VIEWER.slice(0, 400))],
      ["a publisher's offer", 422, post(endpoint, recordedOffer("obs-publisher"))],
      ["data alone", 422, post(endpoint, recordedOffer("chromium-data"))],
      ["VP8 alone", 422, post(endpoint, recordedOffer("firefox-viewer"))],
      ["JSON", 415, post(endpoint, VIEWER, "application/json")],
      ["65 KiB", 413, post(endpoint, VIEWER.padEnd(65 * 1024))],
      ["GET", 405, fetch(endpoint)],
      ["another stream", 404, post(`${server.url}/whep/AAAAAAAAAAAAAAAA`, VIEWER)],
      ["no id", 404, post(`${server.url}/whep/..%2f`, VIEWER)],
      ["a stream without the tier", 404, post(`${server.url}/whep/${low.id}`, VIEWER)],
      ["a stream that is not live", 404, post(`${server.url}/whep/${ready.id}`, VIEWER)],
      ["a channel that nobody has", 404, post(`${server.url}/whep/whep_nobody`, VIEWER)],
      ["a channel without the tier", 404, post(`${server.url}/whep/whep_low`, VIEWER)],
      ["a channel that is not live", 404, post(`${server.url}/whep/whep_ready`, VIEWER)],
      ["another session", 404, fetch(`${endpoint}/AAAA`, { method: "DELETE" })],
      ["the preflight", 200, fetch(endpoint, { method: "OPTIONS" })],
    ] as const) {
      expect(await statusOf(answer), what).toBe(expected);
    }
  });
});

test("nothing is left of all these sessions, refused ones among them", async () => {
  const left = async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    return /^footlight_rtc_viewers (\d+)$/m.exec(text)?.[1];
  };
  await until(async () => (await left()) === "0", "all viewers' end");
});
