import { createHash } from "node:crypto";
import { request } from "node:http";
import type { FlvTag } from "@footlight/protocols/flv/flv-file.ts";
import {
  BACKFILL_LIMITS,
  BackfillPieceAnswer,
  BackfillPlan,
  UPLOAD_TEST_LIMITS,
  UploadTestAnswer,
} from "@footlight/shared";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { withClock } from "../src/testing/capture-publisher.ts";
import { RestClient } from "../src/testing/rest-client.ts";
import { testTags } from "../src/testing/rtmp-publisher-media.ts";
import { TestServer } from "../src/testing/test-server.ts";
import { openChannel, publish, type TestChannel, VIDEO } from "./publisher-tools.ts";

const SOURCE = 0xfeedbeef;
const LAST = 119;

let server: TestServer;
let channel: TestChannel;
/** Four seconds, the pictures numbered as a studio does. */
let tags: (FlvTag & { readonly counter?: number })[];

beforeAll(async () => {
  let counter = 0;
  const [made, started] = await Promise.all([
    testTags({ seconds: 4 }),
    TestServer.start({ RECONNECT_GRACE_MS: "60000" }),
  ]);
  server = started;
  channel = await openChannel(server, "bea");
  tags = made.map((tag) => {
    if (tag.type !== VIDEO || tag.body[1] !== 1) return tag;
    const clock = { captureUs: Date.now() * 1_000, frame: counter, source: SOURCE };
    return { ...withClock(tag, clock), counter: counter++ };
  });
  expect(counter).toBe(LAST + 1);
}, 60_000);
afterAll(() => server[Symbol.asyncDispose]());

const isHeader = ({ type, body }: FlvTag): boolean => type === 18 || body[1] === 0;
/** Headers, and what was sent from one picture up to another. */
function between(from: number, to: number): (FlvTag & { readonly counter?: number })[] {
  const at = (counter: number) => tags.findIndex((tag) => tag.counter === counter);
  return [...tags.filter(isHeader), ...tags.slice(at(from), at(to) + 1).filter((tag) => !isHeader(tag))];
}

function flv(list: readonly FlvTag[]): Buffer {
  const parts: Uint8Array[] = [Buffer.from([0x46, 0x4c, 0x56, 1, 5, 0, 0, 0, 9, 0, 0, 0, 0])];
  for (const { type, timestamp, body } of list) {
    const head = Buffer.alloc(11);
    head[0] = type;
    head.writeUIntBE(body.length, 1, 3);
    head.writeUIntBE(timestamp, 4, 3);
    const back = Buffer.alloc(4);
    back.writeUInt32BE(11 + body.length);
    parts.push(head, body, back);
  }
  return Buffer.concat(parts);
}

const ask = (ranges: unknown, { source = SOURCE, id = channel.id, user = channel.user } = {}) =>
  user.raw("POST", `/api/v1/streams/${id}/backfill`, { source, ranges });
async function missing(source = SOURCE): Promise<unknown> {
  const answer = await ask([{ from: 0, to: LAST }], { source });
  return BackfillPlan.parse(await answer.json()).missing;
}

interface Sent {
  readonly range?: string;
  readonly source?: number | string;
  readonly headers?: Record<string, string>;
  readonly user?: RestClient;
}
function put(
  bytes: Uint8Array,
  { range = "30-59", source = SOURCE, headers = {}, user = channel.user }: Sent = {},
) {
  const sha256 = createHash("sha256").update(bytes).digest("base64");
  return fetch(`${server.url}/api/v1/streams/${channel.id}/backfill/${source}/${range}`, {
    method: "PUT",
    headers: {
      authorization: `Bearer ${user.token}`,
      "content-type": "video/x-flv",
      "content-digest": `sha-512=:YQ==:, sha-256=:${sha256}:`,
      ...headers,
    },
    body: new Uint8Array(bytes),
  });
}
const codeOf = async (answer: Response | Promise<Response>) => {
  const { status, code } = (await (await answer).json()) as { status: number; code: string };
  return [status, code];
};

describe("backfill", { timeout: 30_000 }, () => {
  const lost = [
    { from: 30, to: 59 },
    { from: 90, to: 90 },
  ];

  it("is asked for exactly what a broken line kept back, by its numbers", async () => {
    expect(await missing()).toEqual([{ from: 0, to: LAST }]);
    const first = await publish(server, channel.key);
    for (const tag of between(0, 29)) first.tag(tag);
    await vi.waitFor(async () => expect(await missing()).toEqual([{ from: 30, to: LAST }]), {
      timeout: 5_000,
    });
    first.destroy();
    const second = await publish(server, channel.key);
    for (const tag of between(60, LAST)) if (tag.counter !== 90) second.tag(tag);
    await vi.waitFor(async () => expect(await missing()).toEqual(lost), { timeout: 5_000 });
    second.destroy();
    // Another life of the counter is another row of numbers.
    expect(await missing(7)).toEqual([{ from: 0, to: LAST }]);
  });

  it("takes nothing that is not a lacking piece, and says why", async () => {
    const good = flv(between(30, 59));
    const cut = good.subarray(0, -5);
    const other = await RestClient.signUp(server.url, "otto");
    const big = Buffer.alloc(BACKFILL_LIMITS.pieceBytes + 1);
    const wrong = { "content-digest": `sha-256=:${createHash("sha256").digest("base64")}:` };
    const cases: [string, Promise<Response>, number, string][] = [
      ["no digest", put(good, { headers: { "content-digest": "sha-512=:YQ==:" } }), 400, "invalid_request"],
      ["another digest", put(good, { headers: wrong }), 422, "digest_mismatch"],
      [
        "another type",
        put(good, { headers: { "content-type": "text/plain" } }),
        415,
        "unsupported_media_type",
      ],
      ["too large", put(big), 413, "payload_too_large"],
      ["no token", put(good, { headers: { authorization: "" } }), 401, "unauthenticated"],
      ["another's stream", put(good, { user: other }), 403, "forbidden"],
      ["a range backwards", put(good, { range: "59-30" }), 400, "invalid_request"],
      ["no range", put(good, { range: "x" }), 400, "invalid_request"],
      ["source 0", put(good, { source: 0 }), 400, "invalid_request"],
      ["more than is lacking", put(good, { range: "29-59" }), 409, "not_missing"],
      ["cut off", put(cut), 422, "bad_piece"],
      ["fewer pictures", put(flv(between(31, 59))), 422, "bad_piece"],
      ["other pictures", put(flv(between(60, 89))), 422, "bad_piece"],
      ["another source", put(good, { source: 9 }), 422, "bad_piece"],
      ["no FLV", put(Buffer.alloc(1_000, 1)), 422, "bad_piece"],
      ["nothing", put(Buffer.alloc(0)), 422, "bad_piece"],
      ["no ranges", ask([]), 400, "invalid_request"],
      ["too many", ask(Array(65).fill({ from: 0, to: 1 })), 400, "invalid_request"],
      ["a number past the end", ask([{ from: 0, to: 2 ** 32 }]), 400, "invalid_request"],
      ["no such stream", ask([{ from: 0, to: 1 }], { id: "nosuchstream1" }), 404, "stream_not_found"],
      ["asked by another", ask([{ from: 0, to: 1 }], { user: other }), 403, "forbidden"],
    ];
    for (const [name, answer, status, code] of cases) {
      expect([name, ...(await codeOf(answer))]).toEqual([name, status, code]);
    }
    expect(await missing()).toEqual(lost);
  });

  it("takes each lacking piece once, whole, and knows of it after a restart", async () => {
    const piece = flv(between(30, 59));
    // The same at once: one of the two is there already.
    const answers = await Promise.all([put(piece), put(piece)].map(async (answer) => (await answer).json()));
    const states = answers.map((answer) => BackfillPieceAnswer.parse(answer)).map(({ state }) => state);
    expect(states.sort()).toEqual(["held", "stored"]);
    expect(await missing()).toEqual([{ from: 90, to: 90 }]);
    await server.stop();
    await server.startAgain();
    expect(await missing()).toEqual([{ from: 90, to: 90 }]);
    expect(await (await put(piece)).json()).toMatchObject({ from: 30, to: 59, state: "held" });
    const last = flv(between(90, 90));
    expect(await (await put(last, { range: "90-90" })).json()).toEqual({
      from: 90,
      to: 90,
      bytes: last.length,
      state: "stored",
    });
    expect(await missing()).toEqual([]);
  });
});

describe("the upload test", () => {
  const upload = (
    body: Uint8Array<ArrayBuffer> | string | ReadableStream,
    headers: Record<string, string> = {},
  ) =>
    fetch(`${server.url}/api/v1/upload-test`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${channel.user.token}`,
        "content-type": "application/octet-stream",
        ...headers,
      },
      body,
      ...(body instanceof ReadableStream ? { duplex: "half" } : {}),
    });
  /** So many pieces, the next one when the last was taken. */
  const pieces = (count: number, bytes: number) => {
    let left = count;
    return new ReadableStream({
      pull: (controller) => {
        if (left-- > 0) controller.enqueue(new Uint8Array(bytes));
        else controller.close();
      },
    });
  };

  /** One that has begun and goes on until it is told to end. */
  const openUpload = () => {
    let end = () => {};
    const body = new ReadableStream({
      start: (controller) => {
        controller.enqueue(new Uint8Array(1000));
        end = () => controller.close();
      },
    });
    return { answer: upload(body), end: () => end() };
  };

  it("counts what comes, and how fast", async () => {
    const answer = UploadTestAnswer.parse(await (await upload(pieces(40, 100_000))).json());
    expect(answer.bytes).toBe(4_000_000);
    expect(answer.bps / ((answer.bytes * 8_000) / answer.duration_ms)).toBeCloseTo(1, 1);
    expect(UploadTestAnswer.parse(await (await upload(new Uint8Array(0))).json())).toEqual({
      bytes: 0,
      duration_ms: 0,
      bps: 0,
    });
  });

  it("reads no more than is enough, and lets the connection go", async () => {
    const answer = await new Promise<{ connection: string | undefined; text: string }>((resolve, reject) => {
      const { token = "" } = channel.user;
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/octet-stream" };
      const sending = request(`${server.url}/api/v1/upload-test`, { method: "POST", agent: false, headers });
      const more = () => {
        if (!sending.destroyed) sending.write(Buffer.alloc(1024 * 1024), () => setImmediate(more));
      };
      sending.on("response", async (response) => {
        // From here on writing fails, as it should.
        sending.off("error", reject).on("error", () => {});
        const text = (await response.setEncoding("utf8").toArray()).join("");
        resolve({ connection: response.headers.connection, text });
      });
      sending.on("error", reject);
      more();
    });
    expect(answer.connection).toBe("close");
    expect(UploadTestAnswer.parse(JSON.parse(answer.text)).bytes).toBe(UPLOAD_TEST_LIMITS.bytes);
  });

  it("is for who has an account, for bytes, now and then, and one at a time", async () => {
    expect(await codeOf(upload("x", { authorization: "Bearer made-up" }))).toEqual([401, "unauthenticated"]);
    expect(await codeOf(upload("x", { "content-type": "application/json" }))).toEqual([
      415,
      "unsupported_media_type",
    ]);
    const slow = openUpload();
    const refused = async () => (await upload(new Uint8Array(10))).status;
    await expect.poll(refused, { interval: 200 }).toBe(429);
    slow.end();
    expect((await slow.answer).status).toBe(200);
    let last: Response | undefined;
    for (let i = 0; i < 12 && last?.status !== 429; i += 1) last = await upload(new Uint8Array(10));
    expect(last?.status).toBe(429);
    expect(Number(last?.headers.get("retry-after"))).toBeGreaterThan(0);
  });
});
