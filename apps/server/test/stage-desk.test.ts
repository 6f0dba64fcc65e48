import {
  ChannelPage,
  InviteByLinkAnswer,
  MyStageInvitation,
  RedeemAnswer,
  StageDesk,
  StageInvitation,
  StageMe,
} from "@footlight/shared";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../src/testing/database.ts";
import { TestApi } from "../src/testing/test-api.ts";
import { TrpcCaller } from "../src/testing/trpc-caller.ts";

let engine: TestDatabase;
let api: TestApi;
let anna: TrpcCaller;
let bob: TrpcCaller;
let visitor: TrpcCaller;
let desk: StageDesk;

beforeAll(async () => {
  engine = await createTestDatabase("PGlite");
  api = await TestApi.start(engine.database);
  anna = new TrpcCaller(api.url);
  bob = new TrpcCaller(api.url);
  visitor = new TrpcCaller(api.url);
  await anna.signUp("anna");
  await bob.signUp("bob");
  desk = StageDesk.parse((await anna.mutate("stage.open")).data);
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

const link = async (input: object = {}) => {
  const { url, invitation } = InviteByLinkAnswer.parse((await anna.mutate("stage.inviteByLink", input)).data);
  const [page = "", token = ""] = url.split("#");
  return { page, token, invitation };
};
const redeem = (token: string, name = "Guest", stageId = desk.stageId) =>
  visitor.mutate("stage.redeem", { stageId, token, name });
const lookAt = (token: string) => visitor.mutate("stage.lookAt", { stageId: desk.stageId, token });
const meWith = (guestToken: string) =>
  visitor.as({ authorization: `Bearer ${guestToken}` }).query("stage.me", { stageId: desk.stageId });
const act = (participantId: string, action: string, who = anna) =>
  who.mutate("stage.act", { participantId, action });

describe("a stage", () => {
  it("is opened once a stream, by who is signed in", async () => {
    expect(StageDesk.parse((await anna.mutate("stage.open")).data).stageId).toBe(desk.stageId);
    expect((await visitor.mutate("stage.open")).status).toBe(401);
    expect((await bob.query("stage.desk")).data).toBeNull();
    expect((await bob.mutate("stage.close")).code).toBe("stage_not_found");
    const me = StageMe.parse((await anna.query("stage.me", { stageId: desk.stageId })).data);
    expect(me).toMatchObject({
      role: "host",
      participantId: "host",
      state: "on_stage",
      streamId: desk.streamId,
    });
  });
});

describe("a link", () => {
  it("carries its token where no server sees it, and it is nowhere but there", async () => {
    const { page, token } = await link({ name: "Carla" });
    expect(page).toBe(`${api.url}/stage/${desk.stageId}`);
    // Letters and digits: 5.95 bits each.
    expect(token.length * 5.95).toBeGreaterThan(128);
    expect((await lookAt(token)).data).toMatchObject({ hostUsername: "anna", hostDisplayName: "anna" });
    const answer = RedeemAnswer.parse((await redeem(token, "Carla")).data);
    expect([(await lookAt(token)).code, (await lookAt(`${token}x`)).code]).toEqual([
      "token_expired",
      "forbidden",
    ]);
    expect(answer.me).toMatchObject({
      name: "Carla",
      role: "guest",
      state: "green_room",
      hostUsername: "anna",
    });
    for (const secret of [token, answer.guestToken]) {
      expect(api.log).not.toContain(secret);
      expect(JSON.stringify((await anna.query("stage.desk")).data)).not.toContain(secret);
    }
  });

  it("lets one person in, whose session goes on; a second one gets 410", async () => {
    const { token } = await link();
    const both = await Promise.all([redeem(token, "One"), redeem(token, "Two")]);
    const [used] = both.filter((answer) => answer.status === 200);
    const [late] = both.filter((answer) => answer.status !== 200);
    expect(late).toMatchObject({ status: 410, code: "token_expired" });
    const { guestToken, me } = RedeemAnswer.parse(used?.data);
    expect(StageMe.parse((await meWith(guestToken)).data).participantId).toBe(me.participantId);
    expect((await redeem(token)).status).toBe(410);
  });

  it("is refused to strangers, when revoked, and when its time has run out", async () => {
    expect(await redeem("A".repeat(32))).toMatchObject({ status: 403, code: "forbidden" });
    expect((await redeem("short")).status).toBe(400);
    expect((await meWith("A".repeat(43))).status).toBe(401);
    const revoked = await link();
    const { invitationId } = revoked.invitation;
    expect((await bob.mutate("stage.revokeInvitation", { invitationId })).status).toBe(404);
    expect((await anna.mutate("stage.revokeInvitation", { invitationId })).status).toBe(200);
    expect((await redeem(revoked.token)).status).toBe(410);
    const short = await link({ lifeMinutes: 5 });
    api.clock.advance(5 * 60_000 + 1);
    expect((await redeem(short.token)).status).toBe(410);
  });

  it("works for its own stage only", async () => {
    const own = StageDesk.parse((await bob.mutate("stage.open")).data);
    const { token } = await link();
    expect((await redeem(token, "Eve", own.stageId)).status).toBe(403);
    expect((await redeem(token, "Eve", "no_such_stage" as typeof own.stageId)).status).toBe(404);
    expect((await redeem(token)).status).toBe(200);
    await bob.mutate("stage.close");
  });
});

describe("a guest", () => {
  it("is admitted, sent back and removed by the host and nobody else", async () => {
    const { token } = await link();
    const { guestToken, me } = RedeemAnswer.parse((await redeem(token)).data);
    const state = async () => StageMe.parse((await meWith(guestToken)).data).state;
    expect((await act(me.participantId, "admit", bob)).code).toBe("stage_not_found");
    expect((await act(me.participantId, "admit", visitor)).status).toBe(401);
    expect(await state()).toBe("green_room");
    expect((await act(me.participantId, "admit")).status).toBe(200);
    expect(await state()).toBe("on_stage");
    await act(me.participantId, "send_back");
    expect(await state()).toBe("green_room");
    expect((await act(me.participantId, "remove")).status).toBe(200);
    expect((await meWith(guestToken)).status).toBe(401);
    expect((await act(me.participantId, "admit")).status).toBe(404);
    expect((await act("host", "remove")).status).toBe(403);
  });

  it("finds no place on a full stage, and the link stays good", async () => {
    const spare = await link();
    const came: string[] = [];
    let full: Awaited<ReturnType<typeof redeem>> | undefined;
    while (full === undefined && came.length < 20) {
      const answer = await redeem((await link()).token);
      if (answer.status === 200) came.push(RedeemAnswer.parse(answer.data).me.participantId);
      else full = answer;
    }
    expect(full).toMatchObject({ status: 409, code: "stage_full" });
    expect((await redeem(spare.token)).code).toBe("stage_full");
    for (const participantId of came) await act(participantId, "remove");
    expect((await redeem(spare.token)).status).toBe(200);
  });
});

describe("a co-streaming channel", () => {
  const invite = async (coStream: boolean) =>
    StageInvitation.parse((await anna.mutate("stage.inviteByName", { username: "bob", coStream })).data);
  const page = async () => ChannelPage.parse((await visitor.query("channels.get", { username: "bob" })).data);
  const carry = (on: boolean) => bob.mutate("stage.carry", { stageId: desk.stageId, on });

  it("shows the host's stream on its page while both want it", async () => {
    const { invitationId } = await invite(true);
    const [mine] = MyStageInvitation.array().parse((await bob.query("stage.invitations")).data);
    expect(mine).toMatchObject({ invitationId, role: "co_host", hostUsername: "anna" });
    expect((await anna.mutate("stage.accept", { invitationId })).status).toBe(404);
    expect((await carry(true)).status).toBe(403);
    const me = StageMe.parse((await bob.mutate("stage.accept", { invitationId })).data);
    expect(me.role).toBe("co_host");
    expect((await page()).carries).toBeNull();
    expect((await carry(true)).status).toBe(200);
    expect(await page()).toMatchObject({
      carries: { username: "anna" },
      stream: { stream_id: desk.streamId, streamer: { username: "anna" } },
    });

    await carry(false);
    expect((await page()).carries).toBeNull();
    await carry(true);
    await act(me.participantId, "end_carry");
    expect((await page()).carries).toBeNull();
    expect((await carry(true)).status).toBe(403);
    await act(me.participantId, "remove");
  });

  it("needs the host's consent", async () => {
    const { invitationId } = await invite(false);
    await bob.mutate("stage.accept", { invitationId });
    expect((await carry(true)).status).toBe(403);
    const me = StageMe.parse((await bob.query("stage.me", { stageId: desk.stageId })).data);
    await act(me.participantId, "allow_carry");
    expect((await carry(true)).status).toBe(200);
  });

  it("is over with the stream, and so is the stage", async () => {
    expect((await page()).carries).toMatchObject({ username: "anna" });
    expect((await anna.mutate("dashboard.endStream")).status).toBe(200);
    expect((await page()).carries).toBeNull();
    expect((await anna.query("stage.desk")).data).toBeNull();
    expect((await bob.query("stage.me", { stageId: desk.stageId })).code).toBe("stage_not_found");
  });
});
