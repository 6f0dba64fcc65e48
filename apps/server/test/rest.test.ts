import { ERROR_STATUS, Problem, rest } from "@footlight/shared";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { createTestDatabase, type TestDatabase } from "../src/testing/database.ts";
import { RestClient } from "../src/testing/rest-client.ts";
import { TestApi } from "../src/testing/test-api.ts";

let engine: TestDatabase;
let api: TestApi;
let anna: RestClient;
let bob: RestClient;
let nobody: RestClient;

beforeAll(async () => {
  engine = await createTestDatabase("PGlite");
  api = await TestApi.start(engine.database);
  anna = await RestClient.signUp(api.url, "anna");
  bob = await RestClient.signUp(api.url, "bob");
  nobody = new RestClient(api.url);
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

async function expectProblem(answer: Response, code: keyof typeof ERROR_STATUS): Promise<Problem> {
  const text = await answer.text();
  expect.soft(answer.headers.get("content-type")).toContain("application/problem+json");
  const problem = Problem.parse(JSON.parse(text));
  expect(problem.code).toBe(code);
  expect(answer.status).toBe(ERROR_STATUS[code]);
  expect(text).not.toMatch(/ at .*\.ts|node_modules|SELECT|prisma/i);
  return problem;
}

describe("the OpenAPI document", () => {
  type Operation = {
    parameters: { name: string; in: string; schema: unknown }[];
    requestBody?: { content: { "application/json": { schema: unknown } } };
    responses: Record<string, { content: Record<string, { schema: unknown }> }>;
  };
  let paths: Record<string, Record<string, Operation>>;

  /** What the document itself demands of an answer, read back into a validator. */
  const shapeOf = (path: string, method: string, status: number) => {
    const schema = paths[path]?.[method]?.responses[status]?.content["application/json"]?.schema;
    return z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  };

  beforeAll(async () => {
    const answer = await nobody.raw("GET", "/api/v1/openapi.json");
    expect(answer.status).toBe(200);
    const document = (await answer.json()) as { openapi: string; paths: typeof paths };
    expect(document.openapi).toBe("3.1.0");
    paths = document.paths;
  });

  it("lists exactly the calls of the design", () => {
    const calls = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(calls.sort()).toEqual([
      "GET /api/v1/streams",
      "GET /api/v1/streams/search",
      "GET /api/v1/streams/{id}",
      "GET /api/v1/streams/{id}/playback",
      "POST /api/v1/sessions",
      "POST /api/v1/streams/start",
      "POST /api/v1/streams/{id}/backfill",
      "POST /api/v1/streams/{id}/end",
      "POST /api/v1/upload-test",
      "POST /api/v1/users",
      "PUT /api/v1/streams/{id}/backfill/{source}/{range}",
    ]);
  });

  it("demands the fields of the design of each call", () => {
    const start = paths["/api/v1/streams/start"]?.["post"];
    const schema = start?.requestBody?.content["application/json"].schema as Record<string, unknown>;
    expect(schema["required"]).toEqual(["title"]);
    expect(Object.keys(schema["properties"] as object)).toEqual([
      "title",
      "category",
      "tags",
      "latency_mode",
      "enable_recording",
      "enable_chat",
    ]);
    const search = paths["/api/v1/streams/search"]?.["get"];
    expect(search?.parameters.map(({ name }) => name)).toEqual([
      "q",
      "category",
      "min_viewers",
      "limit",
      "cursor",
    ]);
  });

  it("describes every answer, as the contracts do", async () => {
    const eve = { username: "eve", email: "eve@example.org", password: "correct horse eve" };
    const id = await (async () => {
      const started = await anna.startStream({ title: "Shapes", category: "Maths", tags: ["a", "b"] });
      await api.goLive(started.stream_key);
      return started.stream_id;
    })();
    const calls = [
      ["post", "/users", "/users", 201, rest.SessionAnswer, eve, nobody],
      ["post", "/sessions", "/sessions", 200, rest.SessionAnswer, eve, nobody],
      ["get", "/streams", "/streams", 200, rest.ListStreamsAnswer, undefined, nobody],
      [
        "get",
        "/streams/search",
        "/streams/search?q=shapes",
        200,
        rest.SearchStreamsAnswer,
        undefined,
        nobody,
      ],
      ["get", "/streams/{id}", `/streams/${id}`, 200, rest.StreamAnswer, undefined, nobody],
      [
        "get",
        "/streams/{id}/playback",
        `/streams/${id}/playback`,
        200,
        rest.PlaybackAnswer,
        undefined,
        nobody,
      ],
      ["post", "/streams/{id}/end", `/streams/${id}/end`, 200, rest.EndStreamAnswer, undefined, anna],
      ["post", "/streams/start", "/streams/start", 201, rest.StartStreamAnswer, { title: "Again" }, anna],
    ] as const;
    for (const [method, name, path, status, contract, body, client] of calls) {
      const answer = await client.raw(method.toUpperCase(), `/api/v1${path}`, body);
      expect(answer.status, `${method} ${path}`).toBe(status);
      const json: unknown = await answer.json();
      expect(contract.strict().parse(json), name).toEqual(json);
      expect(shapeOf(`/api/v1${name}`, method, status).parse(json), name).toEqual(json);
      expect(answer.headers.get("cache-control")).toBe("no-store");
    }
    await anna.endStream((await anna.startStream()).stream_id);
  });
});

describe("accounts over REST", () => {
  it("signs up once a name and once a mail address", async () => {
    const body = { username: "carla", email: "Carla@Example.org", password: "a long enough one" };
    expect((await nobody.raw("POST", "/api/v1/users", body)).status).toBe(201);
    await expectProblem(
      await nobody.raw("POST", "/api/v1/users", { ...body, email: "other@example.org" }),
      "username_taken",
    );
    await expectProblem(
      await nobody.raw("POST", "/api/v1/users", { ...body, username: "carla2", email: "carla@example.org" }),
      "email_taken",
    );
  });

  it("says which field is wrong", async () => {
    const answer = await nobody.raw("POST", "/api/v1/users", {
      username: "No!",
      email: "x",
      password: "short",
    });
    const problem = await expectProblem(answer, "invalid_request");
    expect(problem.errors?.map(({ path }) => path).sort()).toEqual(["email", "password", "username"]);
  });

  it("refuses reserved names and weak passwords", async () => {
    const body = { email: "x@example.org", password: "a long enough one" };
    await expectProblem(
      await nobody.raw("POST", "/api/v1/users", { ...body, username: "dashboard" }),
      "username_reserved",
    );
    await expectProblem(
      await nobody.raw("POST", "/api/v1/users", { ...body, username: "aaaaaaaaaa", password: "aaaaaaaaaa" }),
      "weak_password",
    );
  });

  it("gives a token that works, and none for a made-up one", async () => {
    const session = await nobody.call("POST", "/api/v1/sessions", rest.SessionAnswer, {
      username: "anna",
      password: "correct horse anna",
    });
    const again = new RestClient(api.url, session.token);
    const { stream_id } = await again.startStream({ title: "By token" });
    await again.endStream(stream_id);
    for (const token of ["x", `${session.token}x`, session.token.split(".")[0] ?? "", "a b", "%00"]) {
      const answer = await new RestClient(api.url, token).raw("POST", "/api/v1/streams/start", {
        title: "x",
      });
      expect(answer.headers.get("www-authenticate")).toContain("Bearer");
      await expectProblem(answer, "unauthenticated");
    }
  });
});

describe("a stream over REST", () => {
  it("goes from ready to live to ended, and gives its key to its owner only", async () => {
    const started = await anna.startStream({ title: "First", latency_mode: "ultra-low" });
    const again = await anna.startStream({ title: "Second <b>bold</b>", tags: ["One", "two", "one"] });
    expect(again.stream_id).toBe(started.stream_id);
    expect(again.stream_key).toBe(started.stream_key);
    expect(again.stream_key).toMatch(/^fl_[0-9A-Za-z]{32}$/);
    const host = new URL(api.url);
    expect(again.ingest_urls).toEqual({ rtmp: `rtmp://${host.hostname}:1935/live`, webrtc: null });
    expect(again.playback_url).toBe(`${api.url}/anna`);

    const ready = await nobody.stream(started.stream_id);
    expect(ready).toMatchObject({
      status: "ready",
      title: "Second <b>bold</b>",
      tags: ["one", "two"],
      started_at: null,
      manifest_url: `${api.url}/media/${started.stream_id}/master.m3u8`,
    });
    expect((await api.goLive(again.stream_key)) as string).toBe(started.stream_id);
    await expectProblem(
      await anna.raw("POST", "/api/v1/streams/start", { title: "Third" }),
      "stream_already_live",
    );
    const playback = await nobody.playback(started.stream_id);
    expect(playback).toMatchObject({
      status: "live",
      playback_urls: {
        hls: `${api.url}/media/${started.stream_id}/master.m3u8`,
        ll_hls: `${api.url}/media/${started.stream_id}/ll.m3u8`,
        dash: `${api.url}/media/${started.stream_id}/manifest.mpd`,
        whep: null,
      },
      qualities: [{ name: "source", resolution: "640x360" }],
      chat_url: null,
    });
    for (const path of ["", `/${started.stream_id}`, `/${started.stream_id}/playback`, "/search?q=second"]) {
      const text = await (await bob.raw("GET", `/api/v1/streams${path}`)).text();
      expect(text).not.toContain(again.stream_key);
      expect(text).not.toContain("fl_");
    }
    expect(await anna.endStream(started.stream_id)).toEqual({
      stream_id: started.stream_id,
      status: "ended",
    });
    expect((await anna.endStream(started.stream_id)).status).toBe("ended");
    expect((await nobody.stream(started.stream_id)).status).toBe("ended");
    expect(api.live.ended).toContain(started.stream_id);
  });

  it("belongs to its owner", async () => {
    const { stream_id, stream_key } = await anna.startStream({ title: "Mine" });
    await expectProblem(await bob.raw("POST", `/api/v1/streams/${stream_id}/end`), "forbidden");
    await expectProblem(await nobody.raw("POST", `/api/v1/streams/${stream_id}/end`), "unauthenticated");
    await expectProblem(await nobody.raw("POST", "/api/v1/streams/start", { title: "x" }), "unauthenticated");
    const bobs = await bob.startStream({ title: "Bob's" });
    expect(bobs.stream_id).not.toBe(stream_id);
    expect(bobs.stream_key).not.toBe(stream_key);
    expect((await nobody.stream(stream_id)).status).toBe("ready");
    await bob.endStream(bobs.stream_id);
    await anna.endStream(stream_id);
  });

  it("is not found under an id that no stream has", async () => {
    for (const id of ["AAAAAAAAAAAAAAAA", "x", "..%2f..%2fetc%2fpasswd", "a".repeat(200), "%00", "'--"]) {
      await expectProblem(await nobody.raw("GET", `/api/v1/streams/${id}`), "stream_not_found");
      await expectProblem(await nobody.raw("GET", `/api/v1/streams/${id}/playback`), "stream_not_found");
      await expectProblem(await anna.raw("POST", `/api/v1/streams/${id}/end`), "stream_not_found");
    }
  });
});

describe("lists", () => {
  it("are paged without repetition, most watched first, and searched by words", async () => {
    const names = ["list_a", "list_b", "list_c", "list_d", "list_e"];
    const ids: string[] = [];
    for (const [index, name] of names.entries()) {
      const client = await RestClient.signUp(api.url, name);
      const started = await client.startStream({
        title: `Painting 100% ${name}`,
        category: index < 3 ? "Art & Craft" : "Talk",
        tags: ["slow"],
      });
      ids.push(started.stream_id);
      const streamId = await api.goLive(started.stream_key);
      for (let viewer = 0; viewer < index; viewer++) {
        await api.domain.viewers.heartbeat(streamId, `viewer-${name}-${viewer}`);
      }
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const path: string = `/api/v1/streams?limit=2${cursor === null ? "" : `&cursor=${cursor}`}`;
      const page = await nobody.call("GET", path, rest.ListStreamsAnswer);
      expect(page.streams.length).toBeLessThanOrEqual(2);
      seen.push(...page.streams.map((stream) => stream.stream_id));
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(seen.filter((id) => ids.includes(id))).toEqual([...ids].reverse());
    expect(new Set(seen).size).toBe(seen.length);

    const search = async (query: string) =>
      await nobody.call("GET", `/api/v1/streams/search?${query}`, rest.SearchStreamsAnswer);
    expect((await search("q=painting&limit=2")).total_results).toBe(5);
    expect((await search("q=LIST_B%20slow")).streams.map((stream) => stream.stream_id)).toEqual([ids[1]]);
    expect((await search("q=100%25")).total_results).toBe(5);
    expect((await search("q=%25%25")).total_results).toBe(0);
    expect((await search("q=listXa")).total_results).toBe(0);
    expect((await search("q=painting&category=art%20%26%20craft")).total_results).toBe(3);
    expect((await search("q=painting&min_viewers=3")).total_results).toBe(2);
    const counted = (await search("q=list_e")).streams[0];
    expect(counted?.viewer_count).toBe(4);
    const byStart = await nobody.call(
      "GET",
      "/api/v1/streams?sort=started_at&limit=3",
      rest.ListStreamsAnswer,
    );
    expect(byStart.streams.map((stream) => stream.stream_id)).toEqual([ids[4], ids[3], ids[2]]);
    const next = await nobody.call(
      "GET",
      `/api/v1/streams?sort=started_at&limit=3&cursor=${byStart.next_cursor}`,
      rest.ListStreamsAnswer,
    );
    expect(next.streams.map((stream) => stream.stream_id)).toEqual([ids[1], ids[0]]);
    const category = await nobody.call("GET", "/api/v1/streams?category=talk", rest.ListStreamsAnswer);
    expect(category.streams).toHaveLength(2);
  });

  it("take any cursor for what it is, and no absurd limits", async () => {
    for (const cursor of [
      "",
      "x",
      "%00",
      "../..",
      Buffer.from("viewer_count 99999999999 aaaaaaaa").toString("base64url"),
    ]) {
      expect((await nobody.raw("GET", `/api/v1/streams?cursor=${cursor}`)).status).toBe(200);
    }
    for (const query of [
      "limit=0",
      "limit=1000",
      "limit=x",
      "limit=1&limit=2",
      "sort=id",
      `cursor=${"a".repeat(600)}`,
    ]) {
      await expectProblem(await nobody.raw("GET", `/api/v1/streams?${query}`), "invalid_request");
    }
    expect((await nobody.raw("GET", "/api/v1/streams/search?min_viewers=9999999999")).status).toBe(200);
  });
});

describe("bad input", () => {
  const post = (body: string, type = "application/json") =>
    fetch(`${api.url}/api/v1/users`, { method: "POST", body, headers: { "content-type": type } });

  it("is a problem with a code, quickly", async () => {
    await expectProblem(await post("{"), "invalid_json");
    await expectProblem(await post('{"__proto__": {"x": 1}}'), "invalid_json");
    await expectProblem(await post("[".repeat(20_000) + "]".repeat(20_000)), "invalid_json");
    await expectProblem(await post(`{"username":"${"a".repeat(100_000)}"}`), "payload_too_large");
    await expectProblem(
      await post("username=x", "application/x-www-form-urlencoded"),
      "unsupported_media_type",
    );
    for (const body of ["null", "[]", '"x"', "1", ""])
      await expectProblem(await post(body), "invalid_request");
    await expectProblem(await nobody.raw("GET", "/api/v1/nothing"), "not_found");
    await expectProblem(await nobody.raw("GET", "/api/v2/streams"), "not_found");
    const wrong = await nobody.raw("DELETE", "/api/v1/streams");
    expect(wrong.headers.get("allow")).toContain("GET");
    await expectProblem(wrong, "method_not_allowed");
  });

  it("in a stream's words is refused or kept as text", async () => {
    for (const body of [
      {},
      { title: "" },
      { title: " " },
      { title: "a".repeat(141) },
      { title: 1 },
      { title: "x", tags: ["a b"] },
      { title: "x", latency_mode: "fast" },
    ]) {
      await expectProblem(await anna.raw("POST", "/api/v1/streams/start", body), "invalid_request");
    }
    const title = `<script>alert("1")</script> \u202e 🎹 '; DROP TABLE users; --`;
    const { stream_id } = await anna.startStream({ title });
    expect((await nobody.stream(stream_id)).title).toBe(title);
    await anna.endStream(stream_id);
  });

  it("with a NUL is refused, not a fault of the server", async () => {
    const answer = await anna.raw("POST", "/api/v1/streams/start", { title: "a\u0000b" });
    await expectProblem(answer, "invalid_request");
    await expectProblem(await nobody.raw("GET", "/api/v1/streams/search?q=a%00b"), "invalid_request");
  });
});

describe("limits", () => {
  it("count by address and by token, and say when to come back", async () => {
    await using small = await TestApi.start(engine.database, { RATE_LIMIT_PER_MINUTE: "5" });
    const client = new RestClient(small.url);
    let answer = await client.raw("GET", "/api/v1/streams");
    for (let i = 0; i < 5; i++) answer = await client.raw("GET", "/api/v1/streams");
    const wait = Number(answer.headers.get("retry-after"));
    await expectProblem(answer, "rate_limited");
    expect(wait).toBeGreaterThanOrEqual(1);
    small.clock.advance(wait * 1000);
    expect((await client.raw("GET", "/api/v1/streams")).status).toBe(200);
  });
});

describe("PUBLIC_URL", () => {
  it("is the base of every address of an answer", async () => {
    await using named = await TestApi.start(engine.database, { PUBLIC_URL: "https://live.example.org/" });
    const { token } = await new RestClient(named.url).call("POST", "/api/v1/sessions", rest.SessionAnswer, {
      username: "bob",
      password: "correct horse bob",
    });
    const client = new RestClient(named.url, token);
    const started = await client.startStream();
    expect(started.playback_url).toBe("https://live.example.org/bob");
    expect(started.ingest_urls.rtmp).toBe("rtmp://live.example.org:1935/live");
    const { playback_urls } = await client.playback(started.stream_id);
    expect(playback_urls.hls).toBe(`https://live.example.org/media/${started.stream_id}/master.m3u8`);
    await client.endStream(started.stream_id);
  });
});

it("never logged a key, a password or a token", async () => {
  const { stream_key } = await anna.startStream({ title: "Secrets" });
  await api.goLive(stream_key);
  await api.publish("fl_00000000000000000000000000000000");
  await expectProblem(
    await nobody.raw("POST", "/api/v1/sessions", { username: "anna", password: "not my password" }),
    "invalid_credentials",
  );
  expect(api.log).toContain("stream live");
  expect(api.log).not.toContain("fl_");
  expect(api.log).not.toMatch(/correct horse|not my password|Bearer /);
});
