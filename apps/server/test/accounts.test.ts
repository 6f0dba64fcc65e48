import { LinkAnswer, Me, OperatorUsersPage, rest, ServerInfo } from "@footlight/shared";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestDatabase, ENGINES, type TestDatabase } from "../src/testing/database.ts";
import { RestClient } from "../src/testing/rest-client.ts";
import { TestApi } from "../src/testing/test-api.ts";
import { TrpcCaller } from "../src/testing/trpc-caller.ts";

const passwordOf = (username: string) => `correct horse ${username}`;
const meOf = async (caller: TrpcCaller) => (await caller.query("account.me")).data;

describe.each(ENGINES)("accounts on %s", (engineName) => {
  let engine: TestDatabase;

  beforeAll(async () => {
    engine = await createTestDatabase(engineName);
  });
  beforeEach(async () => {
    await engine.database.empty();
  });
  afterAll(async () => {
    await engine[Symbol.asyncDispose]();
  });

  /** Cases of password hashes alone, which take a core each and know no database. */
  const once = (name: string, test: () => Promise<void>): void => {
    if (engineName === "PGlite") it(name, test);
  };
  const start = async (env: Readonly<Record<string, string>> = {}) =>
    await TestApi.start(engine.database, env);
  const signedUp = async (api: TestApi, username: string) => {
    const caller = new TrpcCaller(api.url);
    const answer = await caller.signUp(username);
    if (answer.status !== 200) throw new Error(answer.text);
    return caller;
  };
  const signIn = async (api: TestApi, username: string, password: string) =>
    await new TrpcCaller(api.url).mutate("account.signIn", { username, password });

  describe("registration", () => {
    it("makes the first account the operator's, also of several at once", async () => {
      await using api = await start();
      const info = async () => ServerInfo.parse((await new TrpcCaller(api.url).query("server.info")).data);
      expect(await info()).toMatchObject({ registration: "open", needsOperator: true, mail: true });
      const answers = await Promise.all(
        ["one", "two", "three"].map((name) => new TrpcCaller(api.url).signUp(name)),
      );
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(answers.filter(({ data }) => Me.parse(data).operator)).toHaveLength(1);
      expect((await info()).needsOperator).toBe(false);
      expect(Me.parse((await new TrpcCaller(api.url).signUp("four")).data).operator).toBe(false);
    });

    it("gives one name to one of several at once", async () => {
      await using api = await start();
      await signedUp(api, "operator1");
      const answers = await Promise.all(
        [1, 2, 3, 4].map((n) =>
          new TrpcCaller(api.url).signUp("wanted", { email: `wanted${n}@example.org` }),
        ),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      for (const { code } of answers.filter(({ status }) => status !== 200))
        expect(code).toBe("username_taken");
    });

    it("when closed lets in the first account only", async () => {
      await using api = await start({ REGISTRATION: "closed" });
      await signedUp(api, "owner");
      expect((await new TrpcCaller(api.url).signUp("late")).code).toBe("registration_closed");
      const rest_ = await new RestClient(api.url).raw("POST", "/api/v1/users", {
        username: "late",
        email: "late@example.org",
        password: passwordOf("late"),
      });
      expect(rest_.status).toBe(403);
    });

    it("by invitation works once, and is not used up by a sign-up that fails", async () => {
      await using api = await start({ REGISTRATION: "invited" });
      const operator = await signedUp(api, "owner");
      expect((await new TrpcCaller(api.url).signUp("guest1")).code).toBe("registration_closed");
      const made = await operator.mutate("operator.createInvite");
      const { token, url } = LinkAnswer.parse(made.data);
      expect(url).toBe(`${api.url}/signup?invite=${token}`);
      const visitor = new TrpcCaller(api.url);
      expect((await visitor.query("account.checkInvite", { invite: token })).data).toEqual({ valid: true });
      expect((await visitor.signUp("owner", { invite: token, email: "x@example.org" })).code).toBe(
        "username_taken",
      );
      expect((await visitor.signUp("login", { invite: token })).code).toBe("username_reserved");
      const both = await Promise.all([
        new TrpcCaller(api.url).signUp("guest1", { invite: token }),
        new TrpcCaller(api.url).signUp("guest2", { invite: token }),
      ]);
      expect(both.map(({ code }) => code).sort()).toEqual(["registration_closed", undefined]);
      expect((await visitor.query("account.checkInvite", { invite: token })).data).toEqual({ valid: false });
      const other = LinkAnswer.parse((await operator.mutate("operator.createInvite")).data);
      api.clock.advance(15 * 24 * 3600 * 1000);
      expect((await visitor.signUp("guest3", { invite: other.token })).code).toBe("registration_closed");
    });
  });

  describe("signing in", () => {
    once("answers alike, in like time, for an unknown name and a wrong password", async () => {
      await using api = await start({ LOGIN_ATTEMPTS_PER_MINUTE: "1000" });
      await signedUp(api, "known");
      const timed = async (username: string) => {
        const begun = performance.now();
        const answer = await new RestClient(api.url).raw("POST", "/api/v1/sessions", {
          username,
          password: "wrong one",
        });
        const text = await answer.text();
        return { ms: performance.now() - begun, status: answer.status, text };
      };
      const names = {
        wrong: "known",
        unknown: "unknown",
        mail: "nobody@example.org",
        impossible: "No such name!",
      };
      const times: Record<keyof typeof names, number[]> = {
        wrong: [],
        unknown: [],
        mail: [],
        impossible: [],
      };
      const texts = new Set<string>();
      await timed("known");
      for (let round = 0; round < 9; round++) {
        for (const kind of Object.keys(names) as (keyof typeof names)[]) {
          const { ms, status, text } = await timed(names[kind]);
          times[kind].push(ms);
          texts.add(`${status} ${text}`);
        }
      }
      expect([...texts]).toEqual([expect.stringMatching(/^401 .*invalid_credentials/)]);
      const best = (kind: keyof typeof names) => Math.min(...times[kind]);
      for (const kind of ["unknown", "mail", "impossible"] as const) {
        // The hash takes tens of milliseconds; whoever skips it is several times faster.
        expect(best(kind) / best("wrong"), kind).toBeGreaterThan(0.6);
        expect(best(kind) / best("wrong"), kind).toBeLessThan(1.7);
      }
    });

    it("works by name in any case and by mail address", async () => {
      await using api = await start();
      await signedUp(api, "someone");
      for (const name of ["someone", "SomeOne", " someone ", "SOMEONE@example.org"]) {
        expect((await signIn(api, name, passwordOf("someone"))).status, name).toBe(200);
      }
    });

    it("is throttled by account, from wherever, and says when to come back", async () => {
      await using api = await start({ LOGIN_ATTEMPTS_PER_MINUTE: "4" });
      await signedUp(api, "target");
      const wrong = await Promise.all([1, 2, 3, 4, 5, 6].map(() => signIn(api, "target", "wrong")));
      const codes = wrong.map(({ code }) => code);
      expect(codes.filter((code) => code === "invalid_credentials")).toHaveLength(4);
      const limited = wrong.find(({ code }) => code === "rate_limited");
      expect(limited?.status).toBe(429);
      const wait = Number(limited?.headers.get("retry-after"));
      expect(wait).toBeGreaterThan(0);
      expect((await signIn(api, "target", passwordOf("target"))).code).toBe("rate_limited");
      const byRest = await new RestClient(api.url).raw("POST", "/api/v1/sessions", {
        username: "TARGET",
        password: passwordOf("target"),
      });
      expect(byRest.status).toBe(429);
      expect(Number(byRest.headers.get("retry-after"))).toBeGreaterThan(0);
      api.clock.advance(wait * 1000);
      expect((await signIn(api, "target", passwordOf("target"))).status).toBe(200);
    });

    once("is throttled by address, whatever the names, and not by success", async () => {
      await using api = await start({ LOGIN_ATTEMPTS_PER_MINUTE: "3" });
      await signedUp(api, "regular");
      for (let n = 0; n < 12; n++) {
        expect((await signIn(api, "regular", passwordOf("regular"))).status).toBe(200);
      }
      const answers = [];
      for (let n = 0; n < 10; n++) answers.push((await signIn(api, `guess${n}`, "wrong")).code);
      expect(answers.slice(0, 9)).toEqual(Array(9).fill("invalid_credentials"));
      expect(answers[9]).toBe("rate_limited");
    });
  });

  describe("passwords", () => {
    it("change with the old one, and end every other session", async () => {
      await using api = await start();
      const caller = await signedUp(api, "changer");
      const { token } = await new RestClient(api.url).call("POST", "/api/v1/sessions", rest.SessionAnswer, {
        username: "changer",
        password: passwordOf("changer"),
      });
      const input = { currentPassword: "not it", newPassword: "another long one" };
      expect((await caller.mutate("account.changePassword", input)).code).toBe("invalid_credentials");
      const right = { ...input, currentPassword: passwordOf("changer") };
      expect(
        (await caller.mutate("account.changePassword", { ...right, newPassword: "changer@example.org" }))
          .code,
      ).toBe("weak_password");
      expect((await caller.mutate("account.changePassword", right)).status).toBe(200);
      expect(await meOf(caller)).toMatchObject({ username: "changer" });
      expect(
        (await new RestClient(api.url, token).raw("POST", "/api/v1/streams/start", { title: "x" })).status,
      ).toBe(401);
      expect((await signIn(api, "changer", passwordOf("changer"))).code).toBe("invalid_credentials");
      expect((await signIn(api, "changer", "another long one")).status).toBe(200);
    });

    it("are reset by mail, without telling who has an account", async () => {
      await using api = await start({ PUBLIC_URL: "https://live.example.org" });
      const caller = await signedUp(api, "forgetful");
      const visitor = new TrpcCaller(api.url);
      const ask = async (email: string) => await visitor.mutate("account.requestReset", { email });
      const [known, unknown] = [await ask("Forgetful@example.org"), await ask("nobody@example.org")];
      expect(known.text).toBe(unknown.text);
      await expect.poll(() => api.mails.length).toBe(1);
      expect(api.mails[0]?.to).toBe("forgetful@example.org");
      const [, token = ""] =
        /https:\/\/live\.example\.org\/reset\?token=(\w+)/.exec(api.mails[0]?.text ?? "") ?? [];
      const reset = async (newPassword: string, link = token) =>
        await visitor.mutate("account.resetPassword", { token: link, newPassword });
      expect((await reset("short")).code).toBe("invalid_request");
      expect((await reset("forgetful")).code).toBe("weak_password");
      expect((await reset("a brand new one", "A".repeat(32))).code).toBe("token_expired");
      expect((await reset("a brand new one")).status).toBe(200);
      expect((await reset("and another one")).code).toBe("token_expired");
      expect(await meOf(caller)).toBeNull();
      expect((await signIn(api, "forgetful", "a brand new one")).status).toBe(200);
      for (let n = 0; n < 5; n++) await ask("forgetful@example.org");
      await api.domain.passwords.close();
      expect(api.mails.length).toBeLessThanOrEqual(3);
      expect(api.log).not.toContain(token);
    });

    it("are reset by the operator's link, which lapses", async () => {
      await using api = await start();
      const operator = await signedUp(api, "boss");
      await signedUp(api, "staffer");
      const page = OperatorUsersPage.parse((await operator.query("operator.users")).data);
      expect(page.users.map(({ username, operator: is }) => [username, is])).toEqual([
        ["boss", true],
        ["staffer", false],
      ]);
      const userId = page.users[1]?.userId;
      const link = LinkAnswer.parse((await operator.mutate("operator.createResetLink", { userId })).data);
      const newer = LinkAnswer.parse((await operator.mutate("operator.createResetLink", { userId })).data);
      const visitor = new TrpcCaller(api.url);
      const reset = async (token: string) =>
        await visitor.mutate("account.resetPassword", { token, newPassword: "given by the boss" });
      expect((await reset(link.token)).code).toBe("token_expired");
      api.clock.advance(25 * 3600 * 1000);
      expect((await reset(newer.token)).code).toBe("token_expired");
      expect((await operator.mutate("operator.createResetLink", { userId: "x" })).code).toBe("not_found");
    });

    it("cannot be mailed to where a forged Host header says", async () => {
      await using api = await start();
      await signedUp(api, "victim");
      await fetch(`${api.url}/trpc/account.requestReset`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-forwarded-host": "evil.example.org" },
        body: JSON.stringify({ email: "victim@example.org" }),
      });
      await expect.poll(() => api.mails.length).toBe(1);
      expect(api.mails[0]?.text).toContain("/reset?token=");
      expect(api.mails[0]?.text).not.toMatch(/https?:/);
    });
  });

  it("signs out everywhere", async () => {
    await using api = await start();
    const phone = await signedUp(api, "roamer");
    const desk = new TrpcCaller(api.url);
    await desk.mutate("account.signIn", { username: "roamer", password: passwordOf("roamer") });
    await phone.mutate("account.signOutEverywhere");
    expect(await meOf(desk)).toBeNull();
    expect(await meOf(phone)).toBeNull();
  });

  it("deletes an account with its channel, key, running stream and media", async () => {
    await using api = await start();
    const boss = await signedUp(api, "boss");
    const leaver = await signedUp(api, "leaver");
    const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]).toString("base64");
    await leaver.mutate("dashboard.uploadAvatar", { data: jpeg });
    await boss.mutate("follows.follow", { username: "leaver" });
    const { streamKey } = (await leaver.mutate("dashboard.revealKey")).data as { streamKey: string };
    const streamId = await api.goLive(streamKey);
    await api.blobs.put(`streams/${streamId}/source/0.m4s`, Buffer.from("x"));
    await engine.database.repositories.segments.addSegment({
      streamId,
      seq: 0,
      start90k: 0,
      duration90k: 1,
      run: 0,
      sizes: { source: 1 },
    });
    expect((await leaver.mutate("account.deleteAccount", { password: "wrong" })).code).toBe(
      "invalid_credentials",
    );
    expect((await leaver.mutate("account.deleteAccount", { password: passwordOf("leaver") })).status).toBe(
      200,
    );
    expect(api.live.ended).toEqual([streamId]);
    expect(await api.publish(streamKey)).toMatchObject({ code: "wrong_key" });
    expect(await meOf(leaver)).toBeNull();
    expect((await boss.query("channels.get", { username: "leaver" })).code).toBe("channel_not_found");
    expect((await new RestClient(api.url).raw("GET", `/api/v1/streams/${streamId}`)).status).toBe(404);
    expect(api.blobs.blobs.size).toBe(0);
    expect((await signIn(api, "leaver", passwordOf("leaver"))).code).toBe("invalid_credentials");
    expect((await new TrpcCaller(api.url).signUp("leaver")).status).toBe(200);
    // Nobody else could run the server.
    expect((await boss.mutate("account.deleteAccount", { password: passwordOf("boss") })).code).toBe(
      "forbidden",
    );
  });
});
