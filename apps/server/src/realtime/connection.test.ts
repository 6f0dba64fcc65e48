import { EventEmitter } from "node:events";
import { REALTIME_CLOSE, REALTIME_LIMITS } from "@footlight/shared";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import type { WebSocket } from "ws";
import { RealtimeConnection } from "./connection.ts";
import { MessageBudget } from "./message-budget.ts";
import { Topics } from "./topics.ts";

/** As much of a socket as a connection uses, with a reader that may be slow. */
class PaperSocket extends EventEmitter {
  readonly sent: string[] = [];
  bufferedAmount = 0;
  closedWith: number | undefined;
  send(text: string): void {
    this.sent.push(text);
  }
  close(code: number): void {
    this.closedWith = code;
    this.emit("close", code);
  }
  terminate(): void {}
  says(message: object): void {
    this.emit("message", Buffer.from(JSON.stringify(message)), false);
  }
}

function connect() {
  let nowMs = 0;
  const ended: number[] = [];
  const socket = new PaperSocket();
  const logger = pino({ level: "silent" });
  const source = {
    refuses: async () => undefined,
    open: async () => ({ state: {}, close: () => {} }),
  };
  const connection = new RealtimeConnection(
    socket as unknown as WebSocket,
    { address: "192.0.2.1", userAgent: undefined, sessionToken: undefined },
    {
      topics: new Topics({ sources: { stream: source, stage: source }, logger }),
      methods: {
        session: () => ({
          call: async () => ({}),
          end: (code) => void ended.push(code),
        }),
      },
      identity: { session: async () => undefined, guest: async () => undefined },
      clock: { nowMs: () => nowMs, monotonicMs: () => nowMs },
      logger,
    },
  );
  const pass = (ms: number) => {
    nowMs += ms;
    connection.tick();
  };
  return { socket, connection, pass, ended };
}

const greeted = async () => {
  const all = connect();
  all.socket.says({ type: "hello" });
  await expect.poll(() => all.socket.sent.length).toBe(1);
  return all;
};

describe("a connection", () => {
  it("that never says hello is closed", () => {
    const { socket, pass, ended } = connect();
    pass(REALTIME_LIMITS.helloMs);
    expect(socket.closedWith).toBeUndefined();
    pass(1);
    expect(socket.closedWith).toBe(REALTIME_CLOSE.silent);
    expect(ended).toEqual([]);
  });

  it("is asked for a sign of life when it is idle, and closed without one", async () => {
    const { socket, pass, ended } = await greeted();
    pass(REALTIME_LIMITS.pingMs);
    expect(socket.sent.at(-1)).toBe('{"type":"ping"}');
    socket.says({ type: "pong" });
    pass(REALTIME_LIMITS.silenceMs);
    expect(socket.closedWith).toBeUndefined();
    pass(1);
    expect(socket.closedWith).toBe(REALTIME_CLOSE.silent);
    expect(ended).toEqual([REALTIME_CLOSE.silent]);
  });

  it("that does not read is dropped, and gets nothing more", async () => {
    const { socket, connection, ended } = await greeted();
    socket.bufferedAmount = 2 * 1024 * 1024;
    connection.send("one");
    expect(socket.closedWith).toBe(REALTIME_CLOSE.tooSlow);
    connection.send("two");
    expect(socket.sent).toHaveLength(1);
    connection.close("goingAway");
    expect(ended).toEqual([REALTIME_CLOSE.tooSlow]);
  });

  it("may hold so many topics and no more", async () => {
    const { socket } = await greeted();
    for (let i = 0; i <= REALTIME_LIMITS.topics; i++) {
      socket.says({ type: "subscribe", topic: `stream:topic_no_${i}` });
    }
    await expect.poll(() => socket.closedWith).toBe(REALTIME_CLOSE.tooManyTopics);
  });

  it("says who its peer is when it breaks", async () => {
    const { socket, ended } = await greeted();
    socket.emit("close", 1006);
    expect(ended).toEqual([1006]);
  });
});

describe("a budget", () => {
  const perWindow = REALTIME_LIMITS.messagesInTenSeconds;

  it("is used up by a burst, and there again after ten seconds", () => {
    const budget = new MessageBudget();
    for (let i = 0; i < perWindow; i++) expect(budget.take(5_000)).toBe(true);
    expect(budget.take(5_001)).toBe(false);
    expect(budget.take(30_000)).toBe(true);
  });

  it("is not doubled at the border of two windows", () => {
    const budget = new MessageBudget();
    budget.take(0);
    for (let i = 1; i < perWindow; i++) expect(budget.take(9_900)).toBe(true);
    let taken = 0;
    while (budget.take(10_100)) taken += 1;
    expect(taken).toBeLessThan(5);
  });
});
