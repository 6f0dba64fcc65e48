import { recordedOffer } from "@footlight/protocols/testing/recorded-offers.ts";
import Fastify, { type FastifyInstance, type InjectOptions } from "fastify";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sendProblem } from "./error-answers.ts";
import { problemOf } from "./problem.ts";
import { type OpeningRequest, type RtcResourceOptions, registerRtcResource } from "./rtc-resource.ts";

const OFFER = recordedOffer("obs-publisher");
const ICE = "a=ice-ufrag:jBua\r\na=ice-pwd:E9wmkHyiV4hvCR8yqPMGdl\r\n";
const NEW_ICE = "a=ice-ufrag:anew\r\na=ice-pwd:anewanewanewanewanewanew\r\n";
const CANDIDATE =
  "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n";
const FRAGMENT = "application/trickle-ice-sdpfrag";

class FakeSession {
  readonly answer = "v=0\r\nanswer\r\n";
  readonly #closed = new AbortController();
  readonly restarts: string[] = [];
  iceTag = "tag0";

  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  async restartIce(fragment: string): Promise<string> {
    this.restarts.push(fragment);
    this.iceTag = `tag${this.restarts.length}`;
    return "a=ice-ufrag:ours\r\n";
  }

  close(): void {
    this.#closed.abort("closed");
  }
}

let app: FastifyInstance;
let sessions: FakeSession[];
let requests: OpeningRequest[];
let refusal: Error | undefined;

async function build(options: Partial<RtcResourceOptions> = {}): Promise<void> {
  app = Fastify();
  app.setErrorHandler((error, _request, reply) => sendProblem(reply, problemOf(error)));
  await registerRtcResource(app, {
    path: "/whip",
    bearer: true,
    open: async (request) => {
      if (refusal !== undefined) throw refusal;
      requests.push(request);
      const session = new FakeSession();
      sessions.push(session);
      return session;
    },
    ...options,
  });
  await app.ready();
}

beforeEach(async () => {
  sessions = [];
  requests = [];
  refusal = undefined;
  await build();
});
afterEach(() => app.close());

type Headers = Record<string, string>;
const AUTH = { authorization: "Bearer key-1" };

function call(method: InjectOptions["method"], url: string, payload?: string, headers: Headers = {}) {
  return app.inject({
    method: method as "POST",
    url,
    headers: { ...AUTH, ...headers },
    ...(payload === undefined ? {} : { payload }),
  });
}

const post = (headers: Headers = {}, offer = OFFER, url = "/whip") =>
  call("POST", url, offer, { "content-type": "application/sdp", ...headers });

async function opened(): Promise<string> {
  return String((await post()).headers.location);
}

const patch = (url: string, body: string, headers: Headers = { "if-match": '"tag0"' }) =>
  call("PATCH", url, body, { "content-type": FRAGMENT, ...headers });

describe("POST", () => {
  it("answers 201 with the answer, the session's URL and its strong tag", async () => {
    const answer = await post({ "user-agent": "OBS", "content-type": "application/sdp; charset=utf-8" });
    expect(answer.statusCode).toBe(201);
    expect(answer.body).toBe("v=0\r\nanswer\r\n");
    expect(answer.headers).toMatchObject({
      "content-type": "application/sdp",
      location: expect.stringMatching(/^\/whip\/[\w-]{32}$/),
      etag: '"tag0"',
      "accept-patch": FRAGMENT,
      "access-control-allow-origin": "*",
      "cache-control": "no-store",
    });
    for (const name of ["Location", "ETag", "Link", "Accept-Patch"]) {
      expect(answer.headers["access-control-expose-headers"]).toContain(name);
    }
    expect(requests).toMatchObject([
      { offer: OFFER, bearer: "key-1", address: "127.0.0.1", userAgent: "OBS", params: {} },
    ]);
  });

  it("puts no query string into the session's URL, and no two the same", async () => {
    const first = (await post({}, OFFER, "/whip?token=secret")).headers.location;
    const second = (await post()).headers.location;
    expect(first).toMatch(/^\/whip\/[\w-]{32}$/);
    expect(first).not.toBe(second);
  });

  it("names each ICE server in a line of its own", async () => {
    await app.close();
    const servers = [
      { urls: ["stun:stun.example.net"] },
      { urls: ["turn:turn.example.net?transport=udp"], username: "ada", credential: 'a"b\\c' },
    ];
    await build({ iceServers: { list: () => servers } });
    expect((await post()).headers.link).toEqual([
      '<stun:stun.example.net>; rel="ice-server"',
      '<turn:turn.example.net?transport=udp>; rel="ice-server"; username="ada"; credential="a\\"b\\\\c"; credential-type="password"',
    ]);
    // Whoever asks without a token.
    expect((await call("OPTIONS", "/whip")).headers.link).toEqual([
      '<stun:stun.example.net>; rel="ice-server"',
    ]);
  });

  it("is refused where an address offers too often, whatever it offers, and nothing else is", async () => {
    await app.close();
    const asked: string[] = [];
    const take = (address: string) => (asked.push(address) > 2 ? 9 : undefined);
    await build({ limit: { take } });
    const session = await opened();
    expect((await post({}, "garbage")).statusCode).toBe(201);
    const refused = await post();
    expect([refused.statusCode, refused.json().code, refused.headers["retry-after"]]).toEqual([
      ...[429, "rate_limited", "9"],
    ]);
    expect((await patch(session, CANDIDATE)).statusCode).toBe(204);
    expect((await call("DELETE", session)).statusCode).toBe(200);
    expect(asked).toEqual(["127.0.0.1", "127.0.0.1", "127.0.0.1"]);
    expect(sessions).toHaveLength(2);
  });

  it.each([
    ["another type", 415, { "content-type": "application/json" }],
    ["a fragment's type", 415, { "content-type": FRAGMENT }],
    ["no type", 415, { "content-type": "" }],
    ["no token", 401, { authorization: "" }],
    ["another scheme", 401, { authorization: "Basic a2V5" }],
  ] as const)("refuses %s with %i, and opens nothing", async (_what, status, headers) => {
    const answer = await post(headers);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
    expect(answer.headers["access-control-allow-origin"]).toBe("*");
    if (status === 401) expect(answer.headers["www-authenticate"]).toBe("Bearer");
    expect(sessions).toEqual([]);
  });

  it("takes offers up to 64 KiB", async () => {
    expect((await post({}, OFFER.padEnd(64 * 1024))).statusCode).toBe(201);
    expect((await post({}, OFFER.padEnd(64 * 1024 + 1))).statusCode).toBe(413);
  });

  it.each([
    ["bad_sdp", 400],
    ["unsupported_sdp", 422],
    ["not_live", 404],
    ["rtc_full", 503],
    ["rtc_unavailable", 503],
  ] as const)("tells a refusal %s as %i", async (code, status) => {
    refusal = Object.assign(new Error("why"), { code, retryAfterS: status === 503 ? 7 : undefined });
    const answer = await post();
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ code, status });
    expect(answer.headers["retry-after"]).toBe(status === 503 ? "7" : undefined);
  });

  it("is full at its bound, until a session ends", async () => {
    await app.close();
    await build({ maxSessions: 2 });
    const [first] = await Promise.all([opened(), opened()]);
    const full = await post();
    expect([full.statusCode, full.headers["retry-after"]]).toEqual([503, "5"]);
    await call("DELETE", first ?? "");
    expect((await post()).statusCode).toBe(201);
  });

  it("does not answer 201 for a session that ended meanwhile", async () => {
    await app.close();
    await build({
      open: async () => {
        const session = new FakeSession();
        session.close();
        return session;
      },
    });
    expect((await post()).statusCode).toBe(503);
  });
});

describe("a client that leaves before its answer", () => {
  it("leaves no session behind", async () => {
    await app.close();
    const session = new FakeSession();
    let open = (_session: FakeSession) => {};
    let arrived = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    await build({
      open: () => {
        arrived();
        return new Promise((resolve) => {
          open = resolve;
        });
      },
    });
    const left = new Promise((resolve) =>
      app.server.once("connection", (socket) => socket.once("close", resolve)),
    );
    const url = `${await app.listen({ host: "127.0.0.1", port: 0 })}/whip`;
    const leaving = new AbortController();
    const headers = { ...AUTH, "content-type": "application/sdp" };
    const answer = fetch(url, { method: "POST", headers, body: OFFER, signal: leaving.signal });
    await arrival;
    leaving.abort();
    await expect(answer).rejects.toThrow("aborted");
    await left;
    open(session);
    await vi.waitFor(() => expect(session.closed.aborted).toBe(true));
  });
});

describe("OPTIONS", () => {
  it("answers the preflight without a token, and says what it takes", async () => {
    const endpoint = await app.inject({ method: "OPTIONS", url: "/whip" });
    expect(endpoint.statusCode).toBe(200);
    expect(endpoint.headers).toMatchObject({
      "accept-post": "application/sdp",
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "POST, OPTIONS",
      "access-control-allow-headers": "Authorization, Content-Type, If-Match",
    });
    const session = await app.inject({ method: "OPTIONS", url: await opened() });
    expect(session.headers).toMatchObject({
      "accept-patch": FRAGMENT,
      "access-control-allow-methods": "PATCH, DELETE, OPTIONS",
    });
  });
});

describe("PATCH", () => {
  it("takes note of candidates with 204 and nothing else", async () => {
    const answer = await patch(await opened(), ICE + CANDIDATE);
    expect([answer.statusCode, answer.body]).toEqual([204, ""]);
    expect((await patch(await opened(), "a=end-of-candidates\r\n")).statusCode).toBe(204);
    expect(sessions.flatMap(({ restarts }) => restarts)).toEqual([]);
  });

  it.each(["*", '"*"', '"tag0"', '"other", "tag0"'])("restarts ICE under If-Match %s", async (condition) => {
    const url = await opened();
    const answer = await patch(url, NEW_ICE, { "if-match": condition });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({ "content-type": FRAGMENT, etag: '"tag1"' });
    expect(answer.body).toBe("a=ice-ufrag:ours\r\n");
    expect(sessions[0]?.restarts).toEqual([NEW_ICE]);

    // What belongs to the session before is late, what belongs to this one is trickled.
    expect((await patch(url, ICE + CANDIDATE)).statusCode).toBe(412);
    expect((await patch(url, NEW_ICE + CANDIDATE, { "if-match": '"tag1"' })).statusCode).toBe(204);
  });

  it.each([
    ["no If-Match", 428, ICE, {}],
    ["a stale tag", 412, ICE, { "if-match": '"old"' }],
    ["a weak tag", 412, ICE, { "if-match": 'W/"tag0"' }],
    ["another type", 415, ICE, { "if-match": "*", "content-type": "application/sdp" }],
    ["garbage", 400, "garbage", { "if-match": "*" }],
    ["nothing", 400, "", { "if-match": "*" }],
    ["more than 64 KiB", 413, ICE.padEnd(65 * 1024), { "if-match": "*" }],
    ["another token", 403, ICE, { "if-match": "*", authorization: "Bearer key-2" }],
    ["no token", 401, ICE, { "if-match": "*", authorization: "" }],
  ] as const)("refuses %s with %i", async (_what, status, body, headers) => {
    const url = await opened();
    expect((await patch(url, body, headers)).statusCode).toBe(status);
    expect(sessions[0]?.restarts).toEqual([]);
    expect((await patch(url, ICE)).statusCode).toBe(204);
  });

  it("is 404 where the session ends during a restart", async () => {
    const url = await opened();
    const session = sessions[0] as FakeSession;
    session.restartIce = async () => {
      session.close();
      throw new Error("closed");
    };
    expect((await patch(url, NEW_ICE)).statusCode).toBe(404);
  });
});

describe("DELETE", () => {
  it("ends the session, whose URL is then gone", async () => {
    const url = await opened();
    expect((await call("DELETE", url)).statusCode).toBe(200);
    expect(sessions[0]?.closed.aborted).toBe(true);
    for (const verb of ["DELETE", "PATCH"] as const) {
      expect((await call(verb, url, "x", { "content-type": FRAGMENT })).statusCode).toBe(404);
    }
  });

  it("minds no content type", async () => {
    const url = await opened();
    expect((await call("DELETE", url, "", { "content-type": "text/plain" })).statusCode).toBe(200);
  });

  it("refuses another's token", async () => {
    const url = await opened();
    expect((await call("DELETE", url, undefined, { authorization: "Bearer key-2" })).statusCode).toBe(403);
    expect(sessions[0]?.closed.aborted).toBe(false);
  });

  it("is 404 for a session that ended by itself, and for one that never was", async () => {
    const url = await opened();
    sessions[0]?.close();
    expect((await call("DELETE", url)).statusCode).toBe(404);
    expect((await call("DELETE", `/whip/${"A".repeat(32)}`)).statusCode).toBe(404);
  });
});

describe("other verbs", () => {
  it.each(["GET", "HEAD", "PUT", "PATCH", "DELETE"] as const)("%s of the endpoint is 405", async (verb) => {
    const answer = await call(verb, "/whip");
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, "POST, OPTIONS"]);
  });

  it.each(["GET", "HEAD", "PUT", "POST"] as const)("%s of a session is 405", async (verb) => {
    const answer = await call(verb, await opened());
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, "PATCH, DELETE, OPTIONS"]);
  });
});

describe("without tokens", () => {
  it("asks none, and puts a session below the path that was posted to", async () => {
    await app.close();
    await build({ path: "/whep/:streamId", bearer: false });
    const headers = { "content-type": "application/sdp" };
    const answer = await app.inject({ method: "POST", url: "/whep/s1", payload: OFFER, headers });
    expect(answer.headers.location).toMatch(/^\/whep\/s1\/[\w-]{32}$/);
    expect(requests[0]?.params).toEqual({ streamId: "s1" });
    const end = await app.inject({ method: "DELETE", url: String(answer.headers.location) });
    expect(end.statusCode).toBe(200);
  });
});
