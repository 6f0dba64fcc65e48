import {
  InviteByLinkAnswer,
  REALTIME_CLOSE,
  type RealtimeResult,
  RedeemAnswer,
  StageDesk,
  stageTopic,
  streamTopic,
  type Topic,
} from "@footlight/shared";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FfmpegPublisher } from "../src/testing/ffmpeg-publisher.ts";
import { RealtimeClient } from "../src/testing/realtime-client.ts";
import { TestServer } from "../src/testing/test-server.ts";
import { TrpcCaller } from "../src/testing/trpc-caller.ts";
import { WeriftPublisher } from "../src/testing/werift-peer.ts";
import { FFMPEG } from "./publisher-tools.ts";
import { StageReceiver, StageSender, StageVoice } from "./stage-tools.ts";

let server: TestServer;
let anna: TrpcCaller;
let desk: StageDesk;
let topic: Topic;

beforeAll(async () => {
  server = await TestServer.start({
    RTC_WORKERS: "1",
    RTC_ICE_SERVERS: "turn:turn.example.net ada open",
  });
  anna = new TrpcCaller(server.url);
  await anna.signUp("anna");
}, 120_000);
beforeEach(async () => {
  desk = StageDesk.parse((await anna.mutate("stage.open")).data);
  topic = stageTopic(desk.stageId);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

type Joined = RealtimeResult<"stage.join">;
type Connect = Parameters<typeof RealtimeClient.connect>[1];

/** Somebody who reads of the stage and has joined it. */
class Person implements Disposable {
  private constructor(
    readonly client: RealtimeClient,
    readonly joined: Joined,
  ) {}

  static async come(options: Connect, joinId?: string): Promise<Person> {
    const client = await RealtimeClient.connect(server.url, options);
    await client.subscribe(topic);
    const joined = await client.request("stage.join", { stageId: desk.stageId, ...(joinId && { joinId }) });
    return new Person(client, joined);
  }

  get stage() {
    return this.client.stage(topic);
  }

  get self() {
    return this.stage.participants[this.joined.participantId];
  }

  send(): Promise<StageSender> {
    return StageSender.start(this.client);
  }

  async receive(producers: object): Promise<StageReceiver> {
    const producerIds = Object.values(producers);
    await this.client.until(() => producerIds.every((id) => JSON.stringify(this.stage).includes(id)));
    return await StageReceiver.start(this.client, this.joined, producerIds);
  }

  [Symbol.dispose](): void {
    this.client[Symbol.dispose]();
  }
}

/** H.264 without B-frames, a keyframe a second, and AAC. */
const OBS = (
  "-re -f lavfi -i testsrc2=size=320x180:rate=30 -re -f lavfi -i sine=sample_rate=48000 " +
  "-c:v libx264 -preset ultrafast -tune zerolatency -profile:v baseline -g 30 -pix_fmt yuv420p -c:a aac"
).split(" ");

const host = () => Person.come({ headers: { cookie: anna.cookie ?? "" } });
const helloOf = (guestToken: string): Connect => ({ hello: { auth: { kind: "guest", token: guestToken } } });
async function invited(name: string) {
  const { url } = InviteByLinkAnswer.parse((await anna.mutate("stage.inviteByLink", {})).data);
  const redeemed = { stageId: desk.stageId, token: url.split("#")[1], name };
  return RedeemAnswer.parse((await new TrpcCaller(server.url).mutate("stage.redeem", redeemed)).data);
}
const act = (participantId: string, action: string) => anna.mutate("stage.act", { participantId, action });
const pause = (person: Person, producerId: string, paused: boolean) =>
  person.client.request("stage.setProducerPaused", { producerId, paused });

async function onStage(name: string) {
  const { guestToken, me } = await invited(name);
  const person = await Person.come(helloOf(guestToken));
  await act(me.participantId, "admit");
  await person.client.until(() => person.self?.state === "on_stage");
  return { person, guestToken, id: me.participantId };
}

describe("a guest", () => {
  it("sends and receives nothing of the stage before the host admits", async () => {
    using anchor = await host();
    await using sending = await anchor.send();
    const { guestToken, me } = await invited("Gwen");
    using guest = await Person.come(helloOf(guestToken));
    expect(guest.joined.participantId).toBe(me.participantId);
    await guest.client.until(() => guest.self?.online === true);
    expect(guest.self).toMatchObject({ name: "Gwen", state: "green_room", role: "guest" });
    const direction = { direction: "send" };
    await expect(guest.client.request("stage.createTransport", direction)).rejects.toThrow("not_on_stage");
    await expect(guest.client.request("stage.raiseHand", { raised: true })).rejects.toThrow("not_on_stage");
    await expect(guest.receive(sending.producers)).rejects.toThrow("not for us");

    await guest.client.request("stage.ask", {});
    await anchor.client.until(() => anchor.stage.participants[me.participantId]?.state === "waiting");
    await act(me.participantId, "admit");
    await guest.client.until(() => guest.self?.state === "on_stage");
    await using hearing = await guest.receive(sending.producers);
    await hearing.flows();
    await expect(pause(guest, sending.producers.audio, true)).rejects.toThrow("not_found");
  });

  it("is heard and seen, muted by the host whatever they do themselves, and sent back", async () => {
    using anchor = await host();
    await using anchorSends = await anchor.send();
    const { person: guest, id } = await onStage("Hugo");
    using _guest = guest;
    await using sending = await guest.send();
    await using seen = await anchor.receive(sending.producers);
    await using hearing = await guest.receive(anchorSends.producers);
    await Promise.all([seen.flows(), hearing.flows()]);

    const microphone = () => anchor.stage.participants[id]?.producers[sending.producers.audio];
    expect(microphone()).toEqual({ kind: "audio", source: "microphone", paused: false });
    await act(id, "mute");
    await anchor.client.until(() => microphone()?.paused === true);
    await pause(guest, sending.producers.audio, false);
    // What was on its way has come.
    await seen.stack.receives("video", 5);
    const heard = seen.stack.packets.audio;
    await seen.stack.receives("video", 20);
    expect(seen.stack.packets.audio).toBe(heard);
    await act(id, "unmute");
    await seen.stack.receives("audio", 10);

    await guest.client.request("stage.raiseHand", { raised: true });
    await anchor.client.until(() => (anchor.stage.participants[id]?.handRaisedAt ?? 0) > 0);
    await act(id, "lower_hand");
    await anchor.client.until(() => anchor.stage.participants[id]?.handRaisedAt === null);

    await act(id, "send_back");
    await anchor.client.until(() => Object.keys(anchor.stage.participants[id]?.producers ?? {}).length === 0);
    await expect(guest.send()).rejects.toThrow("not_on_stage");
    // Four round trips of a stream of 30 pictures a second.
    const left = hearing.stack.packets.video;
    for (let trip = 0; trip < 4; trip++) await act(id, "lower_hand");
    expect(hearing.stack.packets.video).toBe(left);
    await expect(guest.receive(anchorSends.producers)).rejects.toThrow("not for us");
  });

  it("keeps place and media over a broken socket, and not over a new page", async () => {
    using anchor = await host();
    const { person: guest, guestToken, id } = await onStage("Ines");
    await using sending = await guest.send();
    await using seen = await anchor.receive(sending.producers);
    await seen.flows();
    guest.client.socket.terminate();
    using back = await Person.come(helloOf(guestToken), guest.joined.joinId);
    expect(back.joined).toMatchObject({ resumed: true, joinId: guest.joined.joinId, participantId: id });
    expect(back.self?.producers).toHaveProperty(sending.producers.video);
    await seen.flows();
    await pause(back, sending.producers.audio, true);
    await anchor.client.until(
      () => anchor.stage.participants[id]?.producers[sending.producers.audio]?.paused === true,
    );

    using anew = await Person.come(helloOf(guestToken));
    expect(anew.joined.resumed).toBe(false);
    await anchor.client.until(() => Object.keys(anchor.stage.participants[id]?.producers ?? {}).length === 0);
    await expect(pause(back, sending.producers.audio, false)).rejects.toThrow("join_again");
    expect(anew.self?.state).toBe("on_stage");
    await act(id, "remove");
    await anew.client.closed;
  });
});

describe("a voice", () => {
  it("shows how loud it is and whose it is, until it is silent", async () => {
    using anchor = await host();
    const { person: guest, id } = await onStage("Vic");
    using _guest = guest;
    await using voice = await StageVoice.start(guest.client);
    const seen = () => anchor.stage.participants[id];
    await anchor.client.until(() => seen()?.level === -20 && anchor.stage.activeSpeaker === id);
    await anchor.client.until(() => seen()?.network === "good");
    voice.silence();
    await anchor.client.until(() => seen()?.level === -127);
    await act(id, "remove");
  });
});

describe("the host", () => {
  it("may go and come back: the others stay", async () => {
    const { person: guest, id } = await onStage("Jo");
    using _guest = guest;
    await using sending = await guest.send();
    const first = await host();
    await guest.client.until(() => guest.stage.host.present);
    first.client.socket.close(1001);
    await guest.client.until(() => !guest.stage.host.present);
    expect(guest.self).toMatchObject({ state: "on_stage", online: true });
    using again = await host();
    await guest.client.until(() => guest.stage.host.present);
    await using seen = await again.receive(sending.producers);
    await seen.flows();
    await act(id, "remove");
  });

  it("is in one window at a time, and another one takes the place only when it shall", async () => {
    const join = (person: Person, how: object) =>
      person.client.request("stage.join", { stageId: desk.stageId, takeOver: false, ...how });
    using first = await host();
    const second = await host();
    const ours = { joinId: first.joined.joinId, anew: true };
    await expect(join(first, ours)).rejects.toThrow("joined_elsewhere");
    // Of the same window, on a line that the server does not know to be dead yet.
    using again = await Person.come({ headers: { cookie: anna.cookie ?? "" } }, second.joined.joinId);
    expect(again.joined.resumed).toBe(true);
    const { joinId } = again.joined;
    expect(await join(again, { joinId, anew: true })).toMatchObject({ resumed: false });
    await expect(join(first, ours)).rejects.toThrow("joined_elsewhere");
    second.client.socket.close(1001);
    again.client.socket.close(1001);
    await first.client.until(() => !first.stage.host.present);
    expect(await join(first, ours)).toMatchObject({ resumed: false });
  });

  it("alone sends the programme, by WHIP or here, and who waits may see it", async () => {
    const { person: guest } = await onStage("Kim");
    using _guest = guest;
    const { guestToken } = await invited("Lea");
    using waiting = await Person.come(helloOf(guestToken));
    const { streamKey } = (await anna.mutate("dashboard.revealKey")).data as { streamKey: string };
    using viewer = await RealtimeClient.connect(server.url);
    const stream = streamTopic(desk.streamId);
    await viewer.subscribe(stream);
    const watched = viewer.stream(stream).ultra.epoch;
    await using publisher = new WeriftPublisher({ keyframeEveryMs: 1_000 });
    const answer = await fetch(`${server.url}/whip`, {
      method: "POST",
      headers: { authorization: `Bearer ${streamKey}`, "content-type": "application/sdp" },
      body: await publisher.offer(),
    });
    expect(answer.status).toBe(201);
    const session = new URL(answer.headers.get("location") ?? "", server.url);
    await publisher.answer(await answer.text());
    await publisher.connected();
    publisher.start();
    await waiting.client.until(() => Object.keys(waiting.stage.programme).length === 2);
    await viewer.until(() => viewer.stream(stream).ultra.epoch > watched);
    await using watching = await waiting.receive(Object.keys(waiting.stage.programme));
    await watching.flows();

    const terms = await guest.client.request("stage.createTransport", { direction: "send" });
    expect(terms.iceServers).toEqual([
      { urls: ["turn:turn.example.net"], username: "ada", credential: "open" },
    ]);
    const rtpParameters = {
      codecs: [{ mimeType: "audio/opus", payloadType: 111, clockRate: 48_000, channels: 2 }],
    };
    const produce = (source: string, kind = "audio") =>
      guest.client.request("stage.produce", { transportId: terms.id, kind, source, rtpParameters });
    await expect(produce("programme")).rejects.toThrow("forbidden");
    await expect(produce("camera")).rejects.toThrow("invalid_request");
    await expect(produce("camera", "video")).rejects.toThrow("invalid_request");
    await fetch(session, { method: "DELETE", headers: { authorization: `Bearer ${streamKey}` } });
    await waiting.client.until(() => Object.keys(waiting.stage.programme).length === 0);
    // The stage outlives its stream's encoder for the grace, and not the stream.
    expect(await waiting.client.closed).toBe(REALTIME_CLOSE.unauthenticated);
    expect(waiting.client.refused(topic)).toBe("stage_not_found");
  });
});

describe("the room", () => {
  const gauge = async (name: string) => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    return Number(new RegExp(`^footlight_${name} (\\d+)$`, "m").exec(text)?.[1]);
  };

  it("is let go of when the last one has left", async () => {
    const anchor = await host();
    await using _sending = await anchor.send();
    expect(await gauge("rtc_rooms")).toBe(1);
    await anchor.client.request("stage.leave", {});
    await expect(anchor.send()).rejects.toThrow("join_again");
    await expect.poll(() => gauge("rtc_rooms"), { timeout: 20_000 }).toBe(0);
    anchor.client.socket.close(1000);
    await expect.poll(() => gauge("realtime_connections"), { timeout: 20_000 }).toBe(0);
  });
});

describe("a media worker that dies", () => {
  it("is told of at once, and everybody builds anew", async () => {
    using anchor = await host();
    await using sending = await anchor.send();
    const { person: guest, guestToken } = await onStage("Mia");
    using _guest = guest;
    const { epoch } = guest.stage.media;
    const pid = /"pid":(\d+),"msg":"media worker runs"/.exec(server.output)?.[1];
    process.kill(Number(pid), "SIGKILL");
    await guest.client.until(() => guest.stage.media.available && guest.stage.media.epoch > epoch, 5_000);
    await expect(pause(anchor, sending.producers.audio, true)).rejects.toThrow("join_again");

    using anchorAgain = await host();
    using guestAgain = await Person.come(helloOf(guestToken), guest.joined.joinId);
    expect(guestAgain.joined.resumed).toBe(false);
    await using resent = await anchorAgain.send();
    await using hearing = await guestAgain.receive(resent.producers);
    await hearing.flows();
  });
});

describe("a host with OBS", () => {
  it("is received by guests, whatever tiers viewers have", async () => {
    const { streamKey } = (await anna.mutate("dashboard.revealKey")).data as { streamKey: string };
    const { guestToken } = await invited("Ned");
    using guest = await Person.come(helloOf(guestToken));
    const publisher = FfmpegPublisher.start(FFMPEG, OBS, server.rtmpUrl(streamKey));
    await guest.client.until(() => Object.keys(guest.stage.programme).length === 2, 30_000);
    await using watching = await guest.receive(Object.keys(guest.stage.programme));
    await watching.flows();
    await publisher.kill();
  });
});
