import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RestClient } from "../../server/src/testing/rest-client.ts";
import { TestServer } from "../../server/src/testing/test-server.ts";
import type { ToEngineControl } from "../src/contract/engine-control.ts";
import { ServerClient } from "../src/main/account/server-client.ts";
import { Topics } from "../src/main/ipc/topics.ts";
import { StageHost } from "../src/main/stage/stage-host.ts";
import { Line } from "./line.ts";

let server: TestServer;
let line: Line;
let client: ServerClient;
let account: { server: string; username: string | null; client: () => ServerClient | undefined };

beforeAll(async () => {
  server = await TestServer.start();
  line = await Line.to(Number(new URL(server.url).port));
  const address = `http://127.0.0.1:${new URL(line.url).port}`;
  await RestClient.signUp(server.url, "mira");
  const answer = await new ServerClient(address).signIn("mira", "correct horse mira");
  if (!answer.ok) throw new Error(answer.fault);
  client = new ServerClient(address, answer.value.token);
  account = { server: address, username: null, client: () => undefined };
});
afterAll(async () => {
  await line?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

/** A studio's main process, as far as its stage goes. */
function studio() {
  const topics = new Topics();
  const toEngine: ToEngineControl[] = [];
  const host = new StageHost({ account, topics, toEngine: (message) => toEngine.push(message) });
  const order = () => {
    const last = toEngine.findLast((message) => message.kind === "stage");
    return last?.kind === "stage" ? last.stage : null;
  };
  return { host, toEngine, order, shown: () => topics.latest("stage") };
}

/** As a guest's page does it with what stands behind the link's `#`. */
async function redeem(link: string, name: string): Promise<void> {
  const { pathname, hash } = new URL(link);
  const answer = await fetch(`${server.url}/trpc/stage.redeem`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ stageId: pathname.split("/").at(-1), token: hash.slice(1), name }),
  });
  expect(answer.status).toBe(200);
}

describe("the stage of who is signed in", () => {
  it("is opened, has guests on seats, outlives a broken line, and ends with its broadcast", async () => {
    using mira = studioOf(studio());
    expect(mira.shown()).toEqual({ state: "signed_out" });
    expect(await mira.host.open()).toEqual({ fault: null });
    Object.assign(account, { username: "mira", client: () => client });
    await mira.host.follow();
    expect(mira.shown()).toEqual({ state: "closed", fault: null });
    expect(mira.order()).toBeNull();
    expect(await mira.host.open()).toEqual({ fault: null });
    await expect.poll(mira.shown).toMatchObject({ state: "open", link: "open", people: [] });

    const { url } = await mira.host.inviteByLink("Ada");
    await expect.poll(mira.shown).toMatchObject({ invitations: [{ name: "Ada", username: null }] });
    await redeem(url ?? "", "Ada L.");
    await expect
      .poll(mira.shown)
      .toMatchObject({ invitations: [], people: [{ name: "Ada L.", seat: null }] });
    const participantId = Object.keys(mira.order()?.state.participants ?? {}).at(-1) ?? "";
    expect(await mira.host.act(participantId, "admit")).toEqual({ fault: null });
    await expect.poll(mira.shown).toMatchObject({ people: [{ state: "on_stage", seat: 1, online: false }] });
    mira.host.seat(participantId, 4);
    expect(mira.order()).toMatchObject({ isConnected: true, seats: { [participantId]: 4 } });

    line.cut();
    await expect.poll(mira.shown).toMatchObject({ state: "open", link: "lost" });
    expect(mira.order()?.isConnected).toBe(false);
    expect(await mira.host.act(participantId, "mute")).toEqual({ fault: "unreachable" });
    line.isDown = false;
    await expect.poll(mira.shown, { timeout: 10_000 }).toMatchObject({ link: "open", people: [{ seat: 4 }] });

    // Another studio of the same account finds it open.
    using another = studioOf(studio());
    await another.host.follow();
    await expect.poll(another.shown).toMatchObject({ state: "open", people: [{ name: "Ada L.", seat: 1 }] });

    await client.endStream();
    await expect.poll(mira.shown).toEqual({ state: "closed", fault: null });
    await expect.poll(another.shown).toEqual({ state: "closed", fault: null });
    expect(mira.order()).toBeNull();
  });

  it("says why something did not come about, and asks the server for the engine", async () => {
    Object.assign(account, { username: "mira", client: () => client });
    using mira = studioOf(studio());
    await mira.host.follow();
    await mira.host.open();
    await expect.poll(mira.shown).toMatchObject({ state: "open", link: "open" });
    expect(await mira.host.inviteByName("!!")).toEqual({ fault: "not_a_username" });
    expect(await mira.host.inviteByName("nobody_here")).toEqual({ fault: "channel_not_found" });
    expect(await mira.host.inviteByName("@Mira")).toEqual({ fault: "forbidden" });

    const ask = (id: string, method: "stage.join" | "stage.resumeConsumers", params: object) =>
      mira.host.take({ kind: "stage-request", id, method, params });
    const answer = (id: string) =>
      mira.toEngine.find((message) => message.kind === "stage-answer" && message.id === id);
    ask("early", "stage.resumeConsumers", { consumerIds: ["c"] });
    await expect.poll(() => answer("early")).toMatchObject({ fault: "join_again" });
    ask("join", "stage.join", { stageId: mira.order()?.stageId });
    await expect
      .poll(() => answer("join"))
      .toMatchObject({ result: { participantId: "host", resumed: false } });

    mira.host.take({ kind: "stage-trouble", code: "rtc_full" });
    expect(mira.shown()).toMatchObject({ trouble: "rtc_full" });
    mira.host.take({ kind: "ready", compositor: "canvas2d" });
    expect(mira.shown()).toMatchObject({ trouble: null });
    Object.assign(account, { username: null, client: () => undefined });
    await mira.host.follow();
    expect(mira.shown()).toEqual({ state: "signed_out" });
  });
});

const studioOf = <T extends { host: StageHost }>(parts: T): T & Disposable => ({
  ...parts,
  [Symbol.dispose]: () => parts.host[Symbol.dispose](),
});
