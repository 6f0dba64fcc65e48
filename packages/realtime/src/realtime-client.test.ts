import { type ClientMessageInput, REALTIME_CLOSE, type ServerMessage } from "@footlight/shared";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RealtimeClient, type SocketEvents, type TopicNews } from "./realtime-client.ts";

/** The far end of one socket after the other. */
class Wire {
  readonly sockets: { events: SocketEvents; sent: ClientMessageInput[]; isClosed: boolean }[] = [];

  connect = (events: SocketEvents) => {
    const socket = { events, sent: [] as ClientMessageInput[], isClosed: false };
    this.sockets.push(socket);
    return {
      send: (text: string) => void socket.sent.push(JSON.parse(text)),
      close: () => {
        socket.isClosed = true;
      },
    };
  };

  get last() {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error("nobody has connected");
    return socket;
  }

  say(message: ServerMessage): void {
    this.last.events.received(JSON.stringify(message));
  }

  welcome(): void {
    this.last.events.opened();
    this.say({ type: "welcome", me: { kind: "visitor" } });
  }

  take(): ClientMessageInput[] {
    return this.last.sent.splice(0);
  }
}

const TOPIC = "stream:abcdefgh1234";
const state = (epoch: number) => ({ ultra: { available: true, epoch } });
const snapshot = (epoch: number, seq: number, log = "L"): ServerMessage => ({
  ...{ type: "snapshot", topic: TOPIC, log, seq, state: state(epoch) },
});
const patch = (epoch: number, seq: number): ServerMessage => ({
  ...{ type: "patch", topic: TOPIC, seq, patch: { ultra: { epoch } } },
});

describe("RealtimeClient", () => {
  let wire: Wire;
  let client: RealtimeClient;
  let news: TopicNews<"stream">[];
  const epochs = () => news.map((one) => (one.kind === "state" ? one.state.ultra.epoch : one.code));
  const subscribe = () => client.subscribe("stream", "abcdefgh1234", (one) => news.push(one));

  beforeEach(() => {
    vi.useFakeTimers();
    wire = new Wire();
    news = [];
    client = new RealtimeClient({ connect: wire.connect, random: () => 1 });
  });
  afterEach(() => {
    client.close();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it("connects with the first topic, says hello first, and tells snapshot and patches", () => {
    expect(wire.sockets).toHaveLength(0);
    subscribe();
    wire.welcome();
    expect(wire.take()).toEqual([
      { type: "hello", resume: [] },
      { type: "subscribe", topic: TOPIC },
    ]);
    wire.say(snapshot(1, 7));
    wire.say(patch(2, 8));
    wire.say({ type: "ping" });
    expect(epochs()).toEqual([1, 2]);
    expect(wire.take()).toEqual([{ type: "pong" }]);
    subscribe();
    expect(epochs()).toEqual([1, 2, 2]);
    expect(wire.take()).toEqual([]);
  });

  it("asks for a new snapshot where a patch is missing, once", () => {
    subscribe();
    wire.welcome();
    wire.say(snapshot(1, 7));
    wire.take();
    wire.say(patch(3, 9));
    wire.say(patch(4, 10));
    expect(wire.take()).toEqual([{ type: "subscribe", topic: TOPIC }]);
    expect(epochs()).toEqual([1]);
    wire.say(snapshot(4, 10));
    wire.say(patch(5, 11));
    expect(epochs()).toEqual([1, 4, 5]);
  });

  it("comes back after a break with what it has, later each time", async () => {
    subscribe();
    wire.welcome();
    wire.say(snapshot(1, 7));
    wire.last.events.closed(1006);
    expect(client.link.get().kind).toBe("lost");
    await vi.advanceTimersByTimeAsync(250);
    expect(wire.sockets).toHaveLength(2);
    wire.last.events.closed(1006);
    await vi.advanceTimersByTimeAsync(499);
    expect(wire.sockets).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(wire.sockets).toHaveLength(3);
    wire.welcome();
    expect(wire.take()).toEqual([{ type: "hello", resume: [{ topic: TOPIC, log: "L", seq: 7 }] }]);
    wire.say({ type: "resumed", topic: TOPIC, log: "L", seq: 7 });
    wire.say(patch(2, 8));
    expect(epochs()).toEqual([1, 2]);
  });

  it("waits long where the server refused what it does, but not when the network is back", async () => {
    subscribe();
    wire.welcome();
    wire.last.events.closed(REALTIME_CLOSE.badMessage);
    await vi.advanceTimersByTimeAsync(7_999);
    expect(wire.sockets).toHaveLength(1);
    client.retryNow();
    expect(wire.sockets).toHaveLength(2);
  });

  it("notices a connection that is dead by its silence", async () => {
    subscribe();
    wire.welcome();
    await vi.advanceTimersByTimeAsync(44_000);
    wire.say({ type: "ping" });
    await vi.advanceTimersByTimeAsync(44_000);
    expect(client.link.get().kind).toBe("open");
    await vi.advanceTimersByTimeAsync(1_250);
    expect(wire.sockets).toHaveLength(2);
    expect(wire.sockets[0]?.isClosed).toBe(true);
  });

  it("hears nothing more from a socket that it has left", async () => {
    subscribe();
    wire.welcome();
    const old = wire.last;
    old.events.closed(1006);
    await vi.advanceTimersByTimeAsync(250);
    wire.welcome();
    old.events.received(JSON.stringify(snapshot(9, 1)));
    old.events.closed(1006);
    expect(epochs()).toEqual([]);
    expect(client.link.get().kind).toBe("open");
  });

  it("matches answers with requests, and gives each its deadline", async () => {
    const raised = client.request("stage.raiseHand", { raised: true });
    const asked = client.request("stage.ask", {});
    const unanswered = client.request("stage.leave", {}, 1_000);
    wire.welcome();
    const ids = wire.take().flatMap((message) => (message.type === "request" ? message.id : []));
    wire.say({ type: "response_problem", id: ids[1] ?? -1, problem: { code: "not_on_stage" } });
    wire.say({ type: "response", id: ids[0] ?? -1, result: {} });
    await expect(raised).resolves.toEqual({});
    await expect(asked).rejects.toMatchObject({ code: "not_on_stage" });
    const failed = expect(unanswered).rejects.toMatchObject({ code: "network" });
    await vi.advanceTimersByTimeAsync(1_000);
    await failed;
  });

  it("fails what was sent when the connection breaks, and keeps what was not", async () => {
    subscribe();
    wire.welcome();
    const sent = client.request("stage.ask", {});
    wire.last.events.closed(1006);
    await expect(sent).rejects.toMatchObject({ code: "network" });
    const kept = client.request("stage.ask", {});
    await vi.advanceTimersByTimeAsync(250);
    wire.welcome();
    const request = wire.take().find((message) => message.type === "request");
    wire.say({ type: "response", id: request?.type === "request" ? request.id : -1, result: {} });
    await expect(kept).resolves.toEqual({});
  });

  it("is over when its token is void", async () => {
    subscribe();
    wire.welcome();
    const asked = client.request("stage.ask", {});
    wire.last.events.closed(REALTIME_CLOSE.unauthenticated);
    await expect(asked).rejects.toMatchObject({ code: "network" });
    expect(client.link.get()).toEqual({ kind: "closed", reason: "unauthenticated" });
    await expect(client.request("stage.ask", {})).rejects.toMatchObject({ code: "network" });
    expect(wire.sockets).toHaveLength(1);
  });

  it("lets go after the last topic, and begins anew", () => {
    const stop = subscribe();
    wire.welcome();
    stop();
    stop();
    expect(wire.last.isClosed).toBe(true);
    expect(client.link.get().kind).toBe("idle");
    subscribe();
    expect(wire.sockets).toHaveLength(2);
  });

  it("tells a refusal, and lives with what it does not understand", () => {
    subscribe();
    wire.welcome();
    wire.last.events.received("{");
    wire.last.events.received('{"type":"unheard_of"}');
    wire.say({ type: "refused", topic: TOPIC, problem: { code: "stream_not_found" } });
    expect(epochs()).toEqual(["stream_not_found"]);
    expect(client.link.get().kind).toBe("open");
  });
});
