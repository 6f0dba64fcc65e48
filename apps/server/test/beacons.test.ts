import { type Audience, BEACON_LIMITS, Dashboard, type StreamId } from "@footlight/shared";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../src/testing/database.ts";
import { TestApi } from "../src/testing/test-api.ts";
import { TrpcCaller } from "../src/testing/trpc-caller.ts";

let engine: TestDatabase;
let api: TestApi;
let anna: TrpcCaller;
let streamId: StreamId;

beforeAll(async () => {
  engine = await createTestDatabase("PostgreSQL");
  api = await TestApi.start(engine.database);
  anna = new TrpcCaller(api.url);
  await anna.signUp("anna");
  const { data } = await anna.mutate("dashboard.revealKey");
  streamId = await api.goLive((data as { streamKey: string }).streamKey);
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});
beforeEach(() => {
  // Nobody of the test before is watching any more.
  api.clock.advance(61_000);
  api.beacons.length = 0;
});

const SAMPLE = {
  intervalMs: 5_000,
  latencyMs: 840,
  bufferMs: 610,
  stallMs: 250,
  stalls: 1,
  quality: "source",
  droppedFrames: 3,
  totalFrames: 150,
  deliveryMs: 17,
};
const beaconOf = (viewerId: string, sample: object = {}) => ({
  streamId,
  viewerId,
  tier: "low",
  samples: [{ ...SAMPLE, ...sample }],
});
const post = (body: string | object, headers: Record<string, string> = {}, url = api.url) =>
  fetch(`${url}/beacons`, {
    method: "POST",
    // What `navigator.sendBeacon` says of a string.
    headers: { "content-type": "text/plain;charset=UTF-8", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
const audience = async (): Promise<Audience | null> =>
  Dashboard.parse((await anna.query("dashboard.get")).data).audience;

describe("a beacon", () => {
  it("shows in the streamer's dashboard, as any page may send it", async () => {
    const answer = await post(beaconOf("viewer-one"), { origin: "https://blog.example.org" });
    expect(answer.status).toBe(204);
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.getSetCookie()).toEqual([]);
    await post(beaconOf("viewer-two", { latencyMs: 1_240, stallMs: 0 }), {
      "content-type": "application/json",
    });
    expect(await audience()).toEqual({
      viewers: 2,
      clock: "arrival",
      stallRatio: 0.025,
      droppedRatio: 0.02,
      tiers: [
        {
          tier: "low",
          viewers: 2,
          latencyMs: { median: 840, p95: 1_240 },
          stages: { ingest: null, transcode: null, packaging: null, delivery: 17, buffer: 610 },
        },
      ],
      qualities: [{ name: "source", viewers: 2 }],
    });
    expect(api.beacons).toEqual(["taken", "taken"]);
    api.clock.advance(30_000);
    expect(await audience()).toMatchObject({ viewers: 0, tiers: [] });
  });

  it("may be asked for beforehand", async () => {
    const answer = await fetch(`${api.url}/beacons`, { method: "OPTIONS" });
    expect(answer.status).toBe(204);
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(answer.headers.get("access-control-allow-methods")).toContain("POST");
    expect(answer.headers.get("access-control-allow-headers")).toContain("Content-Type");
    expect((await fetch(`${api.url}/beacons`)).status).toBe(405);
  });

  it("of a stream that does not run is let go without a word", async () => {
    const ended = { ...beaconOf("viewer-one"), streamId: "AAAAAAAAAAAAAAAA" };
    api.live.ended.push(ended.streamId as StreamId);
    expect((await post(ended)).status).toBe(204);
    expect(api.beacons).toEqual(["not_running"]);
  });
});

describe("nonsense", () => {
  const deep = `${"[".repeat(1_500)}${"]".repeat(1_500)}`;
  it.each<[string, () => string | object]>([
    ["nothing", () => ""],
    ["no JSON", () => "{"],
    ["null", () => "null"],
    ["a number", () => "1e999"],
    ["deep nesting", () => deep],
    ["a prototype", () => `{"__proto__":{"streamId":"${streamId}"}}`],
    ["a delay of days", () => beaconOf("viewer-one", { latencyMs: 86_400_000 })],
    ["a negative delay", () => beaconOf("viewer-one", { latencyMs: -5 })],
    ["text for a number", () => beaconOf("viewer-one", { latencyMs: "5" })],
    ["a picture that stood longer than it played", () => beaconOf("viewer-one", { stallMs: 5_001 })],
    ["markup", () => beaconOf("viewer-one", { quality: "<img src=x>" })],
    ["a viewer without a name", () => beaconOf("")],
    ["another stream's path", () => ({ ...beaconOf("viewer-one"), streamId: "../../etc" })],
    ["too many samples", () => ({ ...beaconOf("viewer-one"), samples: Array(7).fill(SAMPLE) })],
  ])("(%s) is answered 400, counted and not shown", async (_what, body) => {
    const answer = await post(body());
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: "invalid_request" });
    expect(api.beacons).toEqual(["invalid"]);
    expect(await audience()).toMatchObject({ viewers: 0, stallRatio: null, tiers: [], qualities: [] });
  });

  it("of another type is not read", async () => {
    const answer = await post("a=1", { "content-type": "application/x-www-form-urlencoded" });
    expect(answer.status).toBe(415);
    expect(api.beacons).toEqual(["invalid"]);
  });

  it("that is large is not read either", async () => {
    const body = JSON.stringify({ ...beaconOf("viewer-one"), pad: "x".repeat(BEACON_LIMITS.bodyBytes) });
    expect((await post(body)).status).toBe(413);
    expect(api.beacons).toEqual(["too_large"]);
  });

  it("does not reach the other routes' reading of bodies", async () => {
    const answer = await fetch(`${api.url}/api/v1/sessions`, {
      method: "POST",
      headers: { "content-type": "text/plain" },
      body: JSON.stringify({ username: "anna", password: "correct horse anna" }),
    });
    expect(answer.status).toBe(415);
  });
});

describe("a flood", () => {
  it("of one viewer is cut off, and others are heard", async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 50; n += 1) statuses.push((await post(beaconOf("viewer-one"))).status);
    expect(statuses.slice(0, 30)).toEqual(Array(30).fill(204));
    // One more each 2 s is right, and a busy machine may take some.
    const refused = statuses.filter((status) => status === 429).length;
    expect(refused).toBeGreaterThanOrEqual(10);
    expect(api.beacons.filter((result) => result === "limited")).toHaveLength(refused);
    expect((await post(beaconOf("viewer-two"))).status).toBe(204);
    expect(await audience()).toMatchObject({ viewers: 2 });
  });

  it("of one address is cut off, whoever it says it is", async () => {
    await using small = await TestApi.start(engine.database, { RATE_LIMIT_PER_MINUTE: "2" });
    const statuses: number[] = [];
    for (let n = 0; n < 40; n += 1) {
      statuses.push((await post(beaconOf(`viewer-${n}`), {}, small.url)).status);
    }
    expect(statuses.slice(0, 20)).toEqual(Array(20).fill(204));
    const refused = statuses.filter((status) => status === 429).length;
    expect(refused).toBeGreaterThanOrEqual(10);
    expect(small.beacons.filter((result) => result === "limited")).toHaveLength(refused);
  });
});

describe("the server's time", () => {
  it("is told to the millisecond, fresh, to everybody", async () => {
    const before = api.clock.nowMs();
    const answer = await fetch(`${api.url}/time`);
    const text = await answer.text();
    expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Date.parse(text)).toBeGreaterThanOrEqual(Math.floor(before));
    expect(Date.parse(text)).toBeLessThanOrEqual(api.clock.nowMs());
    expect(answer.headers.get("content-type")).toMatch(/^text\/plain/);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  });
});
