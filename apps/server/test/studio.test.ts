import {
  BACKFILL_LIMITS,
  type ChannelPage,
  STUDIO_ENCODER,
  STUDIO_LIMITS,
  StudioStartAnswer,
  StudioStream,
} from "@footlight/shared";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createTestDatabase, type TestDatabase } from "../src/testing/database.ts";
import { TestApi } from "../src/testing/test-api.ts";
import { TrpcCaller } from "../src/testing/trpc-caller.ts";

/** What the studio asks of the server, without media. */
let engine: TestDatabase;
let api: TestApi;
let sam: TrpcCaller;
let authorization: string;

beforeAll(async () => {
  engine = await createTestDatabase("PostgreSQL");
  api = await TestApi.start(engine.database);
  const browser = new TrpcCaller(api.url);
  await browser.signUp("sam");
  const token = decodeURIComponent(browser.cookie?.replace(/^[^=]*=/, "") ?? "");
  // As the desktop app: no cookie, no page, a token.
  authorization = `Bearer ${token}`;
  sam = new TrpcCaller(api.url, { authorization });
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

const start = async (options: object) =>
  StudioStartAnswer.parse((await sam.mutate("studio.start", { title: "On air", ...options })).data);
const stream = async () => StudioStream.nullable().parse((await sam.query("studio.stream")).data);
const graceMs = async (key: string, encoder?: string) => {
  const admission = await api.publish(key, encoder === undefined ? {} : { encoder });
  return admission.kind === "admitted" ? admission.stream.graceMs : admission.code;
};

describe("the studio", () => {
  it("makes its stream ready, changes it, and is told where it stands", async () => {
    expect(await stream()).toBeNull();
    const first = await start({ visibility: "rehearsal", delayS: 30, category: "Crafts", tags: ["clay"] });
    expect(first).toMatchObject({ watchPath: "/sam", ingest: { rtmps: null } });
    expect(await stream()).toMatchObject({
      status: "ready",
      visibility: "rehearsal",
      delayS: 30,
      graceS: 90,
      tags: ["clay"],
    });
    // The same stream, and what is not said again is not so any more.
    const second = await start({ graceS: 20 });
    expect(second).toEqual(first);
    expect(await stream()).toMatchObject({
      visibility: "public",
      delayS: 0,
      graceS: 20,
      category: "",
      tags: [],
    });
    for (const bad of [
      { delayS: -1 },
      { delayS: 1.5 },
      { graceS: 91 },
      { visibility: "secret" },
      { title: "" },
    ]) {
      const answer = await sam.mutate("studio.start", { title: "x", ...bad });
      expect([bad, answer.code]).toEqual([bad, "invalid_request"]);
    }
    const stranger = new TrpcCaller(api.url);
    for (const call of ["start", "describe", "makePublic", "panic", "end"]) {
      const input = { title: "x", category: "", tags: [] };
      expect([call, (await stranger.mutate(`studio.${call}`, input)).code]).toEqual([
        call,
        "unauthenticated",
      ]);
    }
  });

  it("is waited for, as long as it asked or its encoder's name says; others as before", async () => {
    const { streamKey } = await start({ graceS: 0 });
    expect(await graceMs(streamKey, "OBS 31")).toBe(5_000);
    expect(await graceMs(streamKey, `FMLE/3.0 (compatible; ${STUDIO_ENCODER})`)).toBe(90_000);
    await start({ graceS: 20 });
    expect(await graceMs(streamKey, "OBS 31")).toBe(20_000);
    await start({ graceS: 1 });
    expect(await graceMs(streamKey, "OBS 31")).toBe(5_000);
    // A start by REST says nothing of it.
    await sam.mutate("studio.start", { title: "x" });
    expect(await graceMs(streamKey)).toBe(STUDIO_LIMITS.graceS * 1_000);
  });

  it("changes the words of what is on air, and nothing else", async () => {
    const { streamKey } = await start({ title: "Before" });
    await api.goLive(streamKey);
    const words = { title: "After", category: "Music", tags: ["live"] };
    expect((await sam.mutate("studio.describe", words)).status).toBe(200);
    expect(await stream()).toMatchObject({ ...words, status: "live" });
    const page = (await sam.query("channels.get", { username: "sam" })).data as ChannelPage;
    expect([page.title, page.rehearsal]).toEqual(["After", false]);
    expect((await sam.mutate("studio.start", { title: "x" })).code).toBe("stream_already_live");
    // Without a delay all is out already.
    expect((await sam.mutate("studio.panic")).code).toBe("stream_not_live");
    expect((await sam.mutate("studio.makePublic")).data).toMatchObject({ visibility: "public" });
    expect((await sam.mutate("studio.end", {})).status).toBe(200);
    for (const [call, input] of [
      ["end", {}],
      ["describe", words],
      ["makePublic", undefined],
    ] as const) {
      expect([call, (await sam.mutate(`studio.${call}`, input)).code]).toEqual([call, "stream_not_live"]);
    }
  });

  it("comes back to what it was after a line that was away for too long, and not after it was ended", async () => {
    const { streamId, streamKey } = await start({ visibility: "rehearsal", delayS: 30, graceS: 20 });
    await api.goLive(streamKey);
    // The grace is over.
    await api.domain.lifecycle.ended(streamId);
    expect(await graceMs(streamKey)).toBe(20_000);
    const again = await stream();
    expect(again).toMatchObject({ status: "ready", visibility: "rehearsal", delayS: 30 });
    expect(again?.streamId).not.toBe(streamId);
    const visitor = new TrpcCaller(api.url);
    const page = (await visitor.query("channels.get", { username: "sam" })).data as ChannelPage;
    expect(page.stream?.stream_id).not.toBe(again?.streamId);
    const rest = await fetch(`${api.url}/api/v1/streams/${again?.streamId}`);
    expect(rest.status).toBe(404);
    await sam.mutate("studio.end", {});
    api.clock.advance(61_000);
    expect(await graceMs(streamKey)).toBe(5_000);
    expect(await stream()).toMatchObject({ visibility: "public", delayS: 0 });
    await sam.mutate("studio.end", {});
  });

  it("opens a delayed rehearsal later than its answer", async () => {
    const { streamKey } = await start({ visibility: "rehearsal", delayS: 30 });
    await api.goLive(streamKey);
    let out = (_cut: boolean) => {};
    api.live.cutPast = () => new Promise((resolve) => (out = resolve));
    for (let click = 0; click < 2; click += 1) {
      expect((await sam.mutate("studio.makePublic")).data).toMatchObject({ visibility: "rehearsal" });
    }
    out(true);
    await vi.waitFor(async () => expect(await stream()).toMatchObject({ visibility: "public" }));
    await sam.mutate("studio.end", {});
  });

  it("sends afterwards what is lacking while the stream is young", async () => {
    const { streamId, streamKey } = await start({});
    await api.goLive(streamKey);
    await sam.mutate("studio.end", {});
    const ask = async () => {
      const answer = await fetch(`${api.url}/api/v1/streams/${streamId}/backfill`, {
        method: "POST",
        headers: { authorization, "content-type": "application/json" },
        body: JSON.stringify({
          source: 1,
          ranges: [
            { from: 5, to: 9 },
            { from: 7, to: 12 },
          ],
        }),
      });
      return [answer.status, (await answer.json()) as { missing?: unknown; code?: string }] as const;
    };
    // What is asked twice is answered once.
    expect(await ask()).toEqual([200, expect.objectContaining({ missing: [{ from: 5, to: 12 }] })]);
    api.clock.advance((BACKFILL_LIMITS.openAfterEndS - 5) * 1_000);
    expect((await ask())[0]).toBe(200);
    api.clock.advance(10_000);
    expect(await ask()).toEqual([410, expect.objectContaining({ code: "backfill_closed" })]);
  });
});
