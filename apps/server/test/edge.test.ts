import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfig } from "../src/config/config.ts";
import { createEdgeApp, type EdgeApp } from "../src/edge/edge-app.ts";
import { createLogger } from "../src/platform/logger.ts";

/** An edge before an origin that a test plays itself: it sees every request, and answers when it likes. */
const silent = createLogger({ level: "silent", pretty: false });
const PART = "/media/stream_1/360p/7.3.m4s";
const LIST = "/media/stream_1/360p/ll.m3u8";
const IMMUTABLE = { "cache-control": "public, max-age=31536000, immutable", etag: '"7.3-a"' };

interface Asked {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

let origin: Server;
let asked: Asked[];
let app: EdgeApp;
let wakeUp: () => void;

beforeEach(async () => {
  asked = [];
  wakeUp = () => {};
  origin = createServer((req, res) => {
    asked.push({ req, res });
    wakeUp();
  }).listen(0, "127.0.0.1");
  await once(origin, "listening");
  app = await startEdge();
});
afterEach(async () => {
  await app[Symbol.asyncDispose]();
  origin.closeAllConnections();
  origin.close();
});

function startEdge(env: Record<string, string> = {}): Promise<EdgeApp> {
  const port = (origin.address() as AddressInfo).port;
  const all = { HOST: "127.0.0.1", PORT: "0", ROLES: "edge", ORIGIN_URL: `http://127.0.0.1:${port}`, ...env };
  const config = loadConfig(all);
  if (config.edge === undefined) throw new Error("no edge");
  return createEdgeApp({ ...config, edge: config.edge }, { logger: silent });
}

/** The n-th request that reached the origin, when it has. */
async function reached(index: number): Promise<Asked> {
  for (;;) {
    const found = asked[index];
    if (found !== undefined) return found;
    await new Promise<void>((resolve) => {
      wakeUp = resolve;
    });
  }
}

const url = (path: string): string => `http://127.0.0.1:${app.ports.http}${path}`;
const gauge = async (name: string): Promise<number> => {
  const text = await (await fetch(url("/metrics"))).text();
  return Number(new RegExp(`^footlight_edge_${name} (\\S+)`, "m").exec(text)?.[1]);
};
/** Resolves when that many wait at the edge. */
const waiting = async (count: number): Promise<void> => {
  while ((await gauge("waiting_requests")) !== count) await new Promise(setImmediate);
};

describe("a crowd that asks for the same", () => {
  it("is one request at the origin, held as long as the origin holds it", async () => {
    const crowd = Array.from({ length: 40 }, (_, i) => fetch(url(`${PART}?CMCD=sid%3D${i}`)));
    const { res, req } = await reached(0);
    await waiting(40);
    expect(req.url).toBe(PART);
    res.writeHead(200, { ...IMMUTABLE, "content-type": "video/mp4" }).end("a part");
    const bodies = await Promise.all((await Promise.all(crowd)).map((answer) => answer.text()));
    expect(new Set(bodies)).toEqual(new Set(["a part"]));
    const later = await fetch(url(PART));
    expect([await later.text(), later.headers.get("content-type")]).toEqual(["a part", "video/mp4"]);
    expect(later.headers.get("age")).toBe("0");
    expect(asked).toHaveLength(1);
    await waiting(0);
  });

  it("gets a body that grows as it grows, also who comes in the middle", async () => {
    const path = "/media/stream_1/360p/8.m4s";
    const first = await Promise.all([
      fetch(url(path)),
      reached(0).then(({ res }) => res.writeHead(200).write("one,")),
    ]);
    const early = (first[0].body as ReadableStream<Uint8Array>).getReader();
    const text = (chunk: { value?: Uint8Array | undefined }) => Buffer.from(chunk.value ?? []).toString();
    expect(text(await early.read())).toBe("one,");
    const late = await fetch(url(path));
    const { res } = await reached(0);
    res.write("two,");
    expect(text(await early.read())).toBe("two,");
    res.end("three");
    expect(await late.text()).toBe("one,two,three");
    expect(text(await early.read())).toBe("three");
    expect(asked).toHaveLength(1);
  });

  it("shares a refusal that is on its way, and asks anew afterwards", async () => {
    const crowd = [fetch(url(`${LIST}?_HLS_msn=9`)), fetch(url(`${LIST}?_HLS_msn=9`))];
    const { res } = await reached(0);
    await waiting(2);
    res.writeHead(503, { "cache-control": "no-store", "retry-after": "1" }).end("{}");
    for (const answer of await Promise.all(crowd)) {
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
    }
    const again = fetch(url(`${LIST}?_HLS_msn=9`));
    (await reached(1)).res.writeHead(200).end("now");
    expect(await (await again).text()).toBe("now");
  });
});

describe("what is kept", () => {
  async function answerOnce(path: string, headers: Record<string, string>, init: RequestInit = {}) {
    const index = asked.length;
    const answer = fetch(url(path), init);
    (await reached(index)).res.writeHead(200, headers).end(path);
    return answer;
  }

  it("differs by directives and by compression", async () => {
    const keep = { "cache-control": "public, max-age=6" };
    const plain = { headers: { "accept-encoding": "identity" } };
    await answerOnce(`${LIST}?_HLS_msn=7&_HLS_part=1`, keep, plain);
    await answerOnce(`${LIST}?_HLS_msn=7&_HLS_part=2`, keep, plain);
    await answerOnce(`${LIST}?_HLS_msn=7&_HLS_part=2`, keep, { headers: { "accept-encoding": "gzip" } });
    expect(asked.map(({ req }) => req.headers["accept-encoding"])).toEqual(["identity", "identity", "gzip"]);
    await fetch(url(`${LIST}?_HLS_part=2&_HLS_msn=7`), plain);
    expect(asked).toHaveLength(3);
  });

  it("is asked for anew when its time is over, or where it had none", async () => {
    await answerOnce(LIST, { "cache-control": "public, max-age=0" });
    await answerOnce(LIST, { "cache-control": "no-store" });
    await answerOnce(LIST, {});
    await answerOnce(LIST, { "cache-control": "public, max-age=10", age: "10" });
    await answerOnce(LIST, { "cache-control": "private, max-age=10" });
    expect(asked).toHaveLength(5);
  });

  it("stays within its bound, and what is used stays longest", async () => {
    await app[Symbol.asyncDispose]();
    app = await startEdge({ EDGE_CACHE_MB: "16" });
    const big = Buffer.alloc(5 * 1024 * 1024, 1);
    for (let seq = 0; seq < 3; seq += 1) {
      const answer = fetch(url(`/media/stream_1/360p/${seq}.m4s`));
      (await reached(seq)).res.writeHead(200, { ...IMMUTABLE, "content-length": big.length }).end(big);
      expect((await (await answer).arrayBuffer()).byteLength).toBe(big.length);
    }
    await (await fetch(url("/media/stream_1/360p/0.m4s"))).arrayBuffer();
    const fourth = fetch(url("/media/stream_1/360p/3.m4s"));
    (await reached(3)).res.writeHead(200, { ...IMMUTABLE, "content-length": big.length }).end(big);
    await (await fourth).arrayBuffer();
    expect(await gauge("kept_bytes")).toBeLessThanOrEqual(16 * 1024 * 1024);
    await (await fetch(url("/media/stream_1/360p/0.m4s"))).arrayBuffer();
    expect(asked).toHaveLength(4);
    const forgotten = fetch(url("/media/stream_1/360p/1.m4s"));
    (await reached(4)).res.writeHead(200, IMMUTABLE).end("again");
    expect(await (await forgotten).text()).toBe("again");
  });

  it("is not sent to who has it, and HEAD has no body", async () => {
    await answerOnce(PART, IMMUTABLE);
    const same = await fetch(url(PART), { headers: { "if-none-match": '"7.3-a"' } });
    expect([same.status, await same.text()]).toEqual([304, ""]);
    const head = await fetch(url(PART), { method: "HEAD" });
    expect([head.status, head.headers.get("etag"), await head.text()]).toEqual([200, '"7.3-a"', ""]);
    expect(asked).toHaveLength(1);
  });
});

describe("when something goes wrong", () => {
  it("nobody is left waiting for an origin that breaks off", async () => {
    const held = fetch(url(PART));
    (await reached(0)).res.destroy();
    expect((await held).status).toBe(503);
    const grows = fetch(url("/media/stream_1/360p/8.m4s"));
    const { res } = await reached(1);
    res.writeHead(200).write("half");
    const answer = await grows;
    res.destroy();
    // Broken off, so that no player takes it for the whole.
    await expect(answer.text()).rejects.toThrow();
    expect(asked).toHaveLength(2);
  });

  it("an origin that is not there is a 503, and readiness says so", async () => {
    expect((await fetch(url("/healthz"))).status).toBe(200);
    const ready = fetch(url("/readyz"));
    (await reached(0)).res.end();
    expect((await ready).status).toBe(200);
    origin.closeAllConnections();
    origin.close();
    const answer = await fetch(url(PART));
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([503, "*"]);
    expect((await fetch(url("/readyz"))).status).toBe(503);
  });

  it("the origin is let go when the last who waits has gone", async () => {
    const leaving = [new AbortController(), new AbortController()];
    const crowd = leaving.map(({ signal }) => fetch(url(PART), { signal }).catch(() => "gone"));
    const { res } = await reached(0);
    await waiting(2);
    const closed = once(res, "close");
    for (const each of leaving) each.abort();
    await closed;
    expect(await Promise.all(crowd)).toEqual(["gone", "gone"]);
    await waiting(0);
  });

  it("who asks for too much at once is refused", async () => {
    await app[Symbol.asyncDispose]();
    app = await startEdge({ MAX_BLOCKED_PER_ADDRESS: "3" });
    const held = Array.from({ length: 3 }, (_, i) => fetch(url(`${LIST}?_HLS_msn=${i}`)));
    await waiting(3);
    expect((await fetch(url(`${LIST}?_HLS_msn=9`))).status).toBe(429);
    for (let i = 0; i < 3; i += 1) (await reached(i)).res.writeHead(200).end("ok");
    for (const answer of await Promise.all(held)) expect(answer.status).toBe(200);
  });

  it("what is not there for everybody is asked for in the name of who says theirs, and never kept", async () => {
    const who = { headers: { cookie: "footlight_session=abc.d%3D", "sec-fetch-site": "same-origin" } };
    const nothing = { "cache-control": "public, max-age=1", "content-type": "application/problem+json" };
    const owner = fetch(url(LIST), who);
    const forAll = await reached(0);
    expect(forAll.req.headers).not.toHaveProperty("cookie");
    forAll.res.writeHead(404, nothing).end("{}");
    const inPerson = await reached(1);
    expect(inPerson.req.headers).toMatchObject(who.headers);
    inPerson.res.writeHead(200, { "cache-control": "private, no-store", vary: "Cookie" }).end("mine");
    const answer = await owner;
    expect([answer.status, await answer.text()]).toEqual([200, "mine"]);
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
    // Others go on being told what they were told; other cookies say nothing.
    const others = [await fetch(url(LIST)), await fetch(url(LIST), { headers: { cookie: "theme=dark" } })];
    expect(others.map(({ status }) => status)).toEqual([404, 404]);
    expect(asked).toHaveLength(2);
    // From a 404 that is kept, too; and where there is something for everybody, nobody is asked about.
    const again = fetch(url(LIST), who);
    (await reached(2)).res.writeHead(404, nothing).end("{}");
    expect((await again).status).toBe(404);
    const part = fetch(url(PART), who);
    (await reached(3)).res.writeHead(200, IMMUTABLE).end("part");
    expect(await (await part).text()).toBe("part");
    expect(await (await fetch(url(PART), who)).text()).toBe("part");
    expect(asked).toHaveLength(4);
  });

  it("closing answers those who ask in person", async () => {
    const held = fetch(url(PART), { headers: { authorization: "Bearer x" } });
    (await reached(0)).res.writeHead(404).end();
    await reached(1);
    await app[Symbol.asyncDispose]();
    expect((await held).status).toBe(503);
  });

  it("closing answers those who wait", async () => {
    const held = fetch(url(PART));
    await reached(0);
    await app[Symbol.asyncDispose]();
    expect((await held).status).toBe(503);
  });

  it("what is none of its business is refused", async () => {
    expect((await fetch(url("/api/v1/streams"))).status).toBe(404);
    expect((await fetch(url(PART), { method: "POST", body: "x" })).status).toBe(405);
    expect((await fetch(url(PART), { method: "OPTIONS" })).status).toBe(204);
    // As it is: no client library tidies the path up on its way.
    const port = app.ports.http;
    const raw = request({ port, host: "127.0.0.1", path: "/media/stream_1/../../etc/passwd" }).end();
    const [response] = (await once(raw, "response")) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(404);
    expect(asked).toHaveLength(0);
  });
});
