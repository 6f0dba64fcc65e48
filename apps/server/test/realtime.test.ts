import { request } from "node:http";
import {
  InviteByLinkAnswer,
  REALTIME_CLOSE,
  REALTIME_LIMITS,
  RedeemAnswer,
  StageDesk,
  stageTopic,
  streamTopic,
  type Topic,
} from "@footlight/shared";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RealtimeClient } from "../src/testing/realtime-client.ts";
import { TestServer } from "../src/testing/test-server.ts";
import { TrpcCaller } from "../src/testing/trpc-caller.ts";

let server: TestServer;
let anna: TrpcCaller;
let desk: StageDesk;
let topic: Topic;

beforeAll(async () => {
  server = await TestServer.start();
  anna = new TrpcCaller(server.url);
  await anna.signUp("anna");
  desk = StageDesk.parse((await anna.mutate("stage.open")).data);
  topic = stageTopic(desk.stageId);
}, 120_000);
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const cookie = (caller: TrpcCaller) => ({ cookie: caller.cookie ?? "" });
const asAnna = (headers: Readonly<Record<string, string>> = {}) =>
  RealtimeClient.connect(server.url, { headers: { ...cookie(anna), ...headers } });

async function newGuest(name: string) {
  const { url } = InviteByLinkAnswer.parse((await anna.mutate("stage.inviteByLink", {})).data);
  const token = url.split("#")[1];
  const answer = await new TrpcCaller(server.url).mutate("stage.redeem", {
    stageId: desk.stageId,
    token,
    name,
  });
  return RedeemAnswer.parse(answer.data);
}
const asGuest = (guestToken: string) =>
  RealtimeClient.connect(server.url, { hello: { auth: { kind: "guest", token: guestToken } } });

describe("a socket", () => {
  it("is greeted for who it is, and a cookie counts on our own pages only", async () => {
    using visitor = await RealtimeClient.connect(server.url);
    expect(await visitor.welcome()).toEqual({ kind: "visitor" });
    const host = new URL(server.url).host;
    for (const [headers, kind] of [
      [{}, "account"],
      [{ origin: server.url }, "account"],
      [{ origin: `https://${host}` }, "account"],
      [{ origin: "https://evil.example" }, "visitor"],
      [{ origin: server.url, "sec-fetch-site": "cross-site" }, "visitor"],
    ] as const) {
      using socket = await asAnna(headers);
      expect((await socket.welcome()).kind, JSON.stringify(headers)).toBe(kind);
    }
  });

  it("is closed with a code that says why", async () => {
    const closed = async (hello: boolean, act: (client: RealtimeClient) => void) => {
      using client = await RealtimeClient.connect(server.url, hello ? {} : { hello: null });
      if (hello) await client.welcome();
      act(client);
      return await client.closed;
    };
    const { badMessage, tooBig, unauthenticated, tooManyMessages } = REALTIME_CLOSE;
    expect(await closed(false, (client) => client.socket.send("not json"))).toBe(badMessage);
    expect(await closed(true, (client) => client.socket.send("[]"))).toBe(badMessage);
    expect(await closed(true, (client) => client.socket.send(Buffer.from('{"type":"pong"}')))).toBe(
      badMessage,
    );
    expect(await closed(false, (client) => client.send({ type: "pong" }))).toBe(badMessage);
    expect(await closed(true, (client) => client.send({ type: "hello" }))).toBe(badMessage);
    expect(
      await closed(true, (client) => client.socket.send("x".repeat(REALTIME_LIMITS.messageBytes + 1))),
    ).toBe(tooBig);
    const stranger = { kind: "guest", token: "A".repeat(43) } as const;
    expect(await closed(false, (client) => client.send({ type: "hello", auth: stranger }))).toBe(
      unauthenticated,
    );
    const flood = (client: RealtimeClient) => {
      for (let i = 0; i <= REALTIME_LIMITS.messagesInTenSeconds; i++) client.send({ type: "pong" });
    };
    expect(await closed(true, flood)).toBe(tooManyMessages);
  });

  it("holds few topics, however often one is asked for", async () => {
    using one = await RealtimeClient.connect(server.url);
    await one.welcome();
    for (let i = 0; i < 33; i++) one.send({ type: "subscribe", topic: streamTopic(desk.streamId) });
    await one.until(() => one.messages.filter(({ type }) => type === "snapshot").length === 33);
    expect(one.closeCode).toBeUndefined();
  });

  it("outlives a request that is nonsense", async () => {
    using client = await RealtimeClient.connect(server.url);
    for (const params of [undefined, null, 7, { stageId: "../x" }, { stageId: { $gt: "" } }]) {
      await expect(client.request("stage.join", params ?? null)).rejects.toThrow("invalid_request");
    }
    await expect(client.request("stage.produce", {})).rejects.toThrow(/join_again|invalid_request/);
    await expect(client.request("stage.join", { stageId: desk.stageId })).rejects.toThrow("unauthenticated");
    expect(client.closeCode).toBeUndefined();
  });

  it("takes garbage of every kind, and the others do not notice", async () => {
    using other = await RealtimeClient.connect(server.url);
    await other.welcome();
    let seed = 11;
    const random = (below: number) => {
      seed = (seed * 48271) % 2147483647;
      return seed % below;
    };
    const hello = JSON.stringify({ type: "hello", resume: [{ topic: "stage:abcdefgh", log: "x", seq: 1 }] });
    const garbage = [
      ...Array.from({ length: 20 }, () => {
        const bytes = Buffer.from(hello);
        for (let i = 0; i < 3; i++) bytes[random(bytes.length)] = 32 + random(90);
        return bytes.toString();
      }),
      "",
      "[".repeat(60_000),
      `{"type":"hello","resume":${"[".repeat(30_000)}${"]".repeat(30_000)}}`,
      '{"__proto__":{"type":"hello"}}',
      '{"type":"hello","auth":{"kind":"session","token":"\\u0000"}}',
      JSON.stringify({
        type: "hello",
        resume: [{ topic: "stream:__proto__", log: "constructor", seq: 9e15 }],
      }),
    ];
    for (const text of garbage) {
      using client = await RealtimeClient.connect(server.url, { hello: null });
      client.socket.send(text);
      // What was hit where it does not matter is greeted; the rest is shown the door.
      await client.until(() => client.closeCode !== undefined || client.messages.length > 0);
      expect([undefined, REALTIME_CLOSE.badMessage], text.slice(0, 100)).toContain(client.closeCode);
    }
    await other.subscribe(streamTopic(desk.streamId));
    expect(server.output).not.toContain('"level":60');
  });

  it("is one of our own path's; other upgrades are answered as if they had not asked", async () => {
    const answer = await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const body = JSON.stringify({ username: "nobody", password: "nothing at all" });
      const asking = request(
        `${server.url}/api/v1/sessions`,
        {
          method: "POST",
          headers: {
            connection: "Upgrade, HTTP2-Settings",
            upgrade: "h2c",
            "http2-settings": "AAEAAEAAAAIAAAAA",
            "content-type": "application/json",
            "content-length": body.length,
          },
        },
        (response) => {
          let text = "";
          response.on("data", (chunk: Buffer) => {
            text += chunk.toString();
          });
          response.on("end", () => resolve({ status: response.statusCode, body: text }));
        },
      );
      asking.on("error", reject);
      asking.end(body);
    });
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toMatchObject({ code: "invalid_credentials" });
    await expect(RealtimeClient.connect(`${server.url}/elsewhere`)).rejects.toThrow(
      /server response: (200|404|503)/,
    );
  });
});

describe("a session that ends elsewhere", () => {
  it("takes its sockets along, and the seat on the stage; another session's stay", async () => {
    const carol = new TrpcCaller(server.url);
    await carol.signUp("carol");
    const { stageId } = StageDesk.parse((await carol.mutate("stage.open")).data);
    const elsewhere = new TrpcCaller(server.url);
    const signIn = { username: "carol", password: "correct horse carol" };
    await elsewhere.mutate("account.signIn", signIn);
    const { token } = (await (
      await fetch(`${server.url}/api/v1/sessions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(signIn),
      })
    ).json()) as { token: string };

    using watching = await RealtimeClient.connect(server.url, { headers: cookie(elsewhere) });
    await watching.subscribe(stageTopic(stageId));
    using seated = await RealtimeClient.connect(server.url, { headers: cookie(carol) });
    await seated.request("stage.join", { stageId });
    const isSeated = () => watching.stage(stageTopic(stageId)).host.present;
    await watching.until(() => isSeated());

    await carol.mutate("account.signOut");
    expect(await seated.closed).toBe(REALTIME_CLOSE.goingAway);
    await watching.until(() => !isSeated());
    expect(watching.closeCode).toBeUndefined();

    using app = await RealtimeClient.connect(server.url, { hello: { auth: { kind: "session", token } } });
    expect(await app.welcome()).toMatchObject({ kind: "account" });
    await elsewhere.mutate("account.signOutEverywhere");
    expect(await app.closed).toBe(REALTIME_CLOSE.unauthenticated);
    expect(await watching.closed).toBe(REALTIME_CLOSE.goingAway);
  });
});

describe("a topic", () => {
  it("of a stream is anybody's, of a stage its people's", async () => {
    using visitor = await RealtimeClient.connect(server.url);
    const stream = streamTopic(desk.streamId);
    await visitor.subscribe(stream);
    expect(visitor.stream(stream).ultra).toMatchObject({ available: false, clock: null });
    await visitor.subscribe("stream:no_such_stream");
    expect(visitor.refused("stream:no_such_stream")).toBe("stream_not_found");
    await visitor.subscribe(topic);
    expect(visitor.refused(topic)).toBe("unauthenticated");

    const bob = new TrpcCaller(server.url);
    await bob.signUp("bob");
    using stranger = await RealtimeClient.connect(server.url, { headers: cookie(bob) });
    await stranger.subscribe(topic);
    expect(stranger.refused(topic)).toBe("forbidden");
  });

  it("tells everybody the same, as it changes, and goes on where a broken connection left it", async () => {
    using host = await asAnna();
    await host.subscribe(topic);
    expect(host.stage(topic)).toMatchObject({
      streamId: desk.streamId,
      layout: { kind: "grid" },
      slate: false,
    });
    const { me, guestToken } = await newGuest("Gus");
    await host.until(() => host.stage(topic).participants[me.participantId]?.name === "Gus");

    const guest = await asGuest(guestToken);
    expect(await guest.welcome()).toMatchObject({
      kind: "guest",
      name: "Gus",
      participantId: me.participantId,
    });
    await guest.subscribe(topic);
    expect(guest.stage(topic)).toEqual(host.stage(topic));
    guest.socket.terminate();
    const position = guest.position(topic);
    await anna.mutate("stage.setLayout", { kind: "spotlight", spotlight: me.participantId });
    await anna.mutate("stage.act", { participantId: me.participantId, action: "admit" });
    await host.until(() => host.stage(topic).participants[me.participantId]?.state === "on_stage");

    using back = await RealtimeClient.connect(server.url, { hello: null });
    back.adopt(topic, guest);
    back.send({ type: "hello", auth: { kind: "guest", token: guestToken }, resume: [position] });
    expect(await back.message("resumed")).toMatchObject({ log: position.log, seq: position.seq });
    await back.until(() => back.position(topic).seq === host.position(topic).seq);
    expect(back.stage(topic)).toEqual(host.stage(topic));
    expect(back.messages.some(({ type }) => type === "snapshot")).toBe(false);
    expect(back.stage(topic).layout).toEqual({ kind: "spotlight", spotlight: me.participantId });

    // What is not remembered is told anew.
    for (const lost of [
      { ...position, log: "another" },
      { ...position, seq: 1_000_000 },
    ]) {
      using fresh = await RealtimeClient.connect(server.url, {
        hello: { auth: { kind: "guest", token: guestToken }, resume: [lost] },
      });
      expect((await fresh.message("snapshot")).seq).toBe(host.position(topic).seq);
    }
  });

  it("is closed to a guest who is removed, at once and for good", async () => {
    const { me, guestToken } = await newGuest("Rex");
    using guest = await asGuest(guestToken);
    await guest.subscribe(topic);
    await anna.mutate("stage.act", { participantId: me.participantId, action: "remove" });
    expect(await guest.closed).toBe(REALTIME_CLOSE.unauthenticated);
    expect(guest.refused(topic)).toBe("removed_from_stage");
    using again = await asGuest(guestToken);
    expect(await again.closed).toBe(REALTIME_CLOSE.unauthenticated);
  });

  it("ends with its stage", async () => {
    const { guestToken } = await newGuest("Last");
    using guest = await asGuest(guestToken);
    await guest.subscribe(topic);
    using host = await asAnna();
    await host.subscribe(topic);
    await anna.mutate("stage.close");
    expect(await guest.closed).toBe(REALTIME_CLOSE.unauthenticated);
    await host.until(() => host.refused(topic) === "stage_not_found");
  });
});

describe("the server's end", () => {
  it("is told, so that clients come back to the next one", async () => {
    using client = await RealtimeClient.connect(server.url);
    await client.welcome();
    const [exit, code] = await Promise.all([server.stop(), client.closed]);
    expect(exit).toBe(0);
    expect(code).toBe(REALTIME_CLOSE.goingAway);
  });
});
