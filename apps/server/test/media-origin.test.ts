import { once } from "node:events";
import { createServer, get, type IncomingMessage, request, type Server } from "node:http";
import { connect as connectH2, createServer as createH2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MediaOrigin, type OriginOptions } from "../src/packager/origin.ts";
import type { StreamPackager } from "../src/packager/stream-packager.ts";
import {
  ASC,
  AVCC,
  audio,
  audioUnits,
  GRID,
  makePackager,
  pushAll,
  STREAM,
  silent,
  video,
  videoUnits,
} from "../src/packager/synthetic-units.ts";

let packager: StreamPackager;
let server: Server;
let origin: MediaOrigin;
let picture: Uint8Array | undefined;

async function serve(options: Partial<OriginOptions> = {}): Promise<void> {
  origin = new MediaOrigin({
    packagers: { find: (id) => (id === STREAM ? packager : undefined) },
    thumbnail: () => picture,
    logger: silent,
    ...options,
  });
  server = createServer((req, res) => {
    if (!origin.handle(req, res)) res.writeHead(418).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
}

beforeEach(() => {
  ({ packager } = makePackager());
  picture = undefined;
});

afterEach(async () => {
  await packager.close();
  server.closeAllConnections();
  server.close();
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

const port = (): number => (server.address() as AddressInfo).port;

/** Straight node:http: nothing is normalised, decoded or followed on the way. */
function ask(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const full = path.startsWith("/") ? path : `/media/${STREAM}/${path}`;
    const req = request(
      { port: port(), host: "127.0.0.1", path: full, method, headers, agent: false },
      (res) => {
        const chunks: Buffer[] = [];
        res.on("data", (chunk: Buffer) => chunks.push(chunk));
        res.on("end", () =>
          resolve({ status: res.statusCode ?? 0, headers: res.headers, body: Buffer.concat(chunks) }),
        );
      },
    );
    req.on("error", reject);
    req.end();
  });
}

function startRun(): void {
  packager.startRun({ grid: GRID, renditions: [video("360p"), audio] });
  packager.configure("360p", AVCC);
  packager.configure("audio", ASC);
}

function publish(slots: number, from = 0): void {
  pushAll(packager, {
    "360p": videoUnits({ from90k: from * 180_000, frames: slots * 60 }),
    audio: audioUnits({ from90k: from * 180_000, frames: Math.ceil(slots * 93.75) }),
  });
}

/** Resolves when that many requests wait at the stream. */
async function blocked(count: number): Promise<void> {
  while (packager.blocked < count) await new Promise(setImmediate);
}

describe("bytes", () => {
  beforeEach(async () => {
    await serve();
    startRun();
    publish(3);
  });

  it("serves segments for ever, with length, tag, type and CORS", async () => {
    const answer = await ask("360p/1.m4s");
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      "content-type": "video/mp4",
      "cache-control": "public, max-age=31536000, immutable",
      "content-length": String(answer.body.length),
      "access-control-allow-origin": "*",
      "timing-allow-origin": "*",
      "accept-ranges": "bytes",
    });
    expect((await ask("audio/init-0.mp4")).headers["content-type"]).toBe("audio/mp4");
    const again = await ask("360p/1.m4s", { "if-none-match": `W/${answer.headers.etag}, "x"` });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });

  it("serves ranges, refuses those outside, and heads without a body", async () => {
    const whole = (await ask("360p/1.m4s")).body;
    const part = await ask("360p/1.m4s", { range: "bytes=10-19" });
    expect(part.status).toBe(206);
    expect(part.headers["content-range"]).toBe(`bytes 10-19/${whole.length}`);
    expect(part.body).toEqual(whole.subarray(10, 20));
    expect((await ask("360p/1.m4s", { range: "bytes=10-19", "if-range": '"other"' })).status).toBe(200);
    const outside = await ask("360p/1.m4s", { range: "bytes=99999999-" });
    expect([outside.status, outside.headers["content-range"]]).toEqual([416, `bytes */${whole.length}`]);
    const head = await ask("360p/1.m4s", {}, "HEAD");
    expect([head.status, head.headers["content-length"], head.body.length]).toEqual([
      200,
      String(whole.length),
      0,
    ]);
  });

  it("compresses playlists, with a tag of their own", async () => {
    const plain = await ask("360p/index.m3u8");
    const zipped = await ask("360p/index.m3u8", { "accept-encoding": "br, gzip" });
    expect(zipped.headers).toMatchObject({ "content-encoding": "gzip", vary: "Accept-Encoding" });
    expect(gunzipSync(zipped.body)).toEqual(plain.body);
    expect(zipped.headers.etag).not.toBe(plain.headers.etag);
    expect(
      (await ask("360p/index.m3u8", { "accept-encoding": "gzip;q=0" })).headers["content-encoding"],
    ).toBeUndefined();
    expect((await ask("360p/index.m3u8", { "if-none-match": String(plain.headers.etag) })).status).toBe(304);
    expect(plain.headers["content-type"]).toBe("application/vnd.apple.mpegurl");
  });

  it("lets a bare live playlist live half a target duration, an ended one longer", async () => {
    expect((await ask("360p/index.m3u8")).headers["cache-control"]).toBe("public, max-age=1");
    expect((await ask("master.m3u8")).headers["cache-control"]).toBe("public, max-age=1");
    await packager.end();
    expect((await ask("360p/index.m3u8")).headers["cache-control"]).toBe("public, max-age=10");
  });

  it("answers what is not there with a problem that lives a second", async () => {
    for (const path of [
      "360p/99.m4s",
      "nope/index.m3u8",
      "360p/init-4.mp4",
      "thumbnail.jpg",
      "../../x",
      "%2e%2e/x",
    ]) {
      const answer = await ask(path);
      expect(answer.status, path).toBe(404);
      expect(answer.headers["content-type"]).toBe("application/problem+json");
      expect(answer.headers["cache-control"]).toBe("public, max-age=1");
      expect(JSON.parse(answer.body.toString())).toMatchObject({ status: 404, code: "not_found" });
    }
    expect(JSON.parse((await ask("/media/stream_none/master.m3u8")).body.toString()).code).toBe(
      "stream_not_found",
    );
    expect((await ask("/elsewhere")).status).toBe(418);
  });

  it("offers GET, HEAD and OPTIONS only", async () => {
    const post = await ask("master.m3u8", {}, "POST");
    expect([post.status, post.headers.allow]).toEqual([405, "GET, HEAD, OPTIONS"]);
    const preflight = await ask("master.m3u8", {}, "OPTIONS");
    expect([preflight.status, preflight.headers["access-control-allow-methods"]]).toEqual([
      204,
      "GET, HEAD, OPTIONS",
    ]);
  });

  it("serves the newest thumbnail for a short while", async () => {
    picture = Buffer.from("jpeg");
    const answer = await ask("thumbnail.jpg");
    expect(answer.headers).toMatchObject({
      "content-type": "image/jpeg",
      "cache-control": "public, max-age=5",
    });
  });

  it("speaks HTTP/2 through the compatible API", async () => {
    const h2 = createH2Server((req, res) => {
      origin.handle(req as unknown as IncomingMessage, res as never);
    }).listen(0, "127.0.0.1");
    await once(h2, "listening");
    const session = connectH2(`http://127.0.0.1:${(h2.address() as AddressInfo).port}`);
    const stream = session.request({ ":path": `/media/${STREAM}/360p/0.m4s` });
    const [headers] = (await once(stream, "response")) as [Record<string, unknown>];
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    expect(headers[":status"]).toBe(200);
    expect(Buffer.concat(chunks)).toEqual((await ask("360p/0.m4s")).body);
    session.close();
    h2.close();
  });
});

describe("waiting", () => {
  it("holds the first requests until there is something to play", async () => {
    await serve();
    startRun();
    const waiting = Promise.all([
      ask("master.m3u8"),
      ask("360p/index.m3u8"),
      ask("audio/index.m3u8?_HLS_msn=0"),
    ]);
    await blocked(3);
    publish(1);
    expect((await waiting).map((answer) => answer.status)).toEqual([200, 200, 200]);
    expect((await waiting)[0]?.body.toString()).toContain("360p/index.m3u8");
  });

  it("wakes everybody who waits for a segment with the same bytes", async () => {
    await serve();
    startRun();
    publish(2);
    const waiting = Promise.all(
      Array.from({ length: 50 }, () => ask("360p/index.m3u8?_HLS_msn=2", { "accept-encoding": "gzip" })),
    );
    await blocked(50);
    publish(1, 2);
    const answers = await waiting;
    expect(new Set(answers.map((answer) => answer.headers.etag)).size).toBe(1);
    expect(gunzipSync(answers[0]?.body ?? "").toString()).toContain("\n2.m4s\n");
    expect(answers[0]?.headers["cache-control"]).toBe("public, max-age=6");
    expect(origin.blockedAddresses).toBe(0);
  });

  it("answers a past number at once, refuses one too far ahead and what is no number", async () => {
    await serve();
    startRun();
    publish(2);
    expect((await ask("360p/index.m3u8?_HLS_msn=0")).status).toBe(200);
    for (const query of [
      "_HLS_msn=4",
      "_HLS_msn=-1",
      "_HLS_msn=abc",
      "_HLS_part=0",
      "_HLS_msn=1&_HLS_part=x",
    ]) {
      const answer = await ask(`360p/index.m3u8?${query}`);
      expect(answer.status, query).toBe(400);
      expect(JSON.parse(answer.body.toString()).code).toBe("invalid_request");
    }
  });

  it("gives up after three target durations with 503", async () => {
    ({ packager } = makePackager({ targetDurationS: 0.02 }));
    await serve();
    startRun();
    publish(1);
    const answer = await ask("360p/index.m3u8?_HLS_msn=1");
    expect([answer.status, answer.headers["retry-after"]]).toEqual([503, "1"]);
    expect(packager.blocked).toBe(0);
  });

  it("wakes those who wait when the stream ends, and ignores directives after it", async () => {
    await serve();
    startRun();
    publish(1);
    const waiting = ask("360p/index.m3u8?_HLS_msn=2");
    await blocked(1);
    await packager.end();
    expect((await waiting).body.toString()).toMatch(/#EXT-X-ENDLIST\n$/);
    expect((await ask("360p/index.m3u8?_HLS_msn=99")).status).toBe(200);
    expect((await ask("360p/index.m3u8?_HLS_part=1")).status).toBe(200);
  });

  it("bounds those who wait, by address and by stream", async () => {
    await serve({ maxBlockedPerAddress: 2 });
    startRun();
    publish(1);
    const waiting = [ask("360p/index.m3u8?_HLS_msn=1"), ask("360p/index.m3u8?_HLS_msn=1")];
    await blocked(2);
    expect((await ask("360p/index.m3u8?_HLS_msn=1")).status).toBe(429);
    publish(1, 1);
    expect((await Promise.all(waiting)).map((answer) => answer.status)).toEqual([200, 200]);
  });

  it("forgets a client that goes away", async () => {
    await serve();
    startRun();
    publish(1);
    const req = get({ port: port(), host: "127.0.0.1", path: `/media/${STREAM}/360p/index.m3u8?_HLS_msn=1` });
    req.on("error", () => {});
    await blocked(1);
    req.destroy();
    while (packager.blocked > 0 || origin.blockedAddresses > 0) await new Promise(setImmediate);
    expect(packager.blocked).toBe(0);
  });

  it("tells nobody of a stream that is not theirs, and lets no cache keep it from who may see it", async () => {
    let allowed = false;
    await serve({ access: async () => allowed });
    startRun();
    publish(1);
    const absent = await ask("/media/nostream1/master.m3u8");
    const denied = await ask("master.m3u8");
    expect([denied.status, denied.body, denied.headers]).toEqual([
      404,
      absent.body,
      { ...absent.headers, date: denied.headers.date },
    ]);
    allowed = true;
    const shown = await ask("master.m3u8");
    expect(shown.status).toBe(200);
    expect(shown.headers).toMatchObject({
      "cache-control": "private, no-store",
      "cross-origin-resource-policy": "same-origin",
      vary: "Accept-Encoding, Cookie, Authorization",
    });
    expect(shown.headers).not.toHaveProperty("access-control-allow-origin");
  });
});
