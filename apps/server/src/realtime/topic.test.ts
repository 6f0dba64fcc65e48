import { mergePatch, REALTIME_LIMITS, ServerMessage, type Topic as TopicName } from "@footlight/shared";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { Topic } from "./topic.ts";
import { type TopicOutlet, type TopicSource, Topics } from "./topics.ts";

const NAME: TopicName = "stream:abcdefgh";

class Reader {
  readonly caller = { kind: "visitor" } as const;
  readonly messages: ServerMessage[] = [];
  readonly refusals: string[] = [];
  send(text: string): void {
    this.messages.push(ServerMessage.parse(JSON.parse(text)));
  }
  refuse(_topic: TopicName, code: string): void {
    this.refusals.push(code);
  }
  get state(): unknown {
    let state: Parameters<typeof mergePatch>[0];
    for (const message of this.messages) {
      if (message.type === "snapshot") state = message.state as typeof state;
      if (message.type === "patch") state = mergePatch(state, message.patch as NonNullable<typeof state>);
    }
    return state;
  }
}

describe("a topic", () => {
  it("gives who comes its state, and everybody what changes, numbered without gaps", () => {
    const topic = new Topic(NAME, "log", { n: 0, who: { a: 1, b: null } });
    const [early, late] = [new Reader(), new Reader()];
    topic.join(early);
    topic.publish({ n: 1, who: { a: 1, b: null } });
    topic.publish({ n: 1, who: { a: 1 } });
    topic.join(late);
    topic.publish({ n: 1, who: { b: 2 } });
    expect(early.messages.map((message) => "seq" in message && message.seq)).toEqual([0, 1, 2]);
    expect(late.messages.map(({ type }) => type)).toEqual(["snapshot", "patch"]);
    expect(early.state).toEqual({ n: 1, who: { b: 2 } });
    expect(late.state).toEqual(early.state);
  });

  it("remembers a bounded number of patches for who comes back", () => {
    const topic = new Topic(NAME, "log", { n: 0 });
    const changes = REALTIME_LIMITS.history + 10;
    for (let n = 1; n <= changes; n++) topic.publish({ n });
    const join = (log: string, seq: number) => {
      const reader = new Reader();
      topic.join(reader, { topic: NAME, log, seq });
      return reader.messages;
    };
    expect(join("log", changes)).toMatchObject([{ type: "resumed", seq: changes }]);
    const missed = join("log", changes - REALTIME_LIMITS.history);
    expect(missed).toHaveLength(1 + REALTIME_LIMITS.history);
    expect(missed[1]).toMatchObject({ type: "patch", seq: 11, patch: { n: 11 } });
    for (const [log, seq] of [
      ["log", 9],
      ["log", changes + 1],
      ["another", changes],
    ] as const) {
      expect(join(log, seq)).toMatchObject([{ type: "snapshot", seq: changes, state: { n: changes } }]);
    }
  });
});

class Source implements TopicSource {
  opened = 0;
  closed = 0;
  outlet: TopicOutlet | undefined;
  refusal: "forbidden" | undefined;
  async refuses() {
    return this.refusal;
  }
  async open(_id: string, outlet: TopicOutlet) {
    this.opened += 1;
    this.outlet = outlet;
    const close = () => {
      this.closed += 1;
    };
    return { state: { opened: this.opened }, close };
  }
}

describe("topics", () => {
  const make = (idleMs: number) => {
    const source = new Source();
    const sources = { stream: source, stage: source };
    return { source, topics: new Topics({ sources, logger: pino({ level: "silent" }), idleMs }) };
  };

  it("run once for all of their readers, and end some time after the last one", async () => {
    const { source, topics } = make(1);
    const [one, two] = [new Reader(), new Reader()];
    await Promise.all([topics.join(NAME, one), topics.join(NAME, two)]);
    expect(source.opened).toBe(1);
    await topics.leave(NAME, one);
    expect(topics.size).toBe(1);
    await topics.leave(NAME, two);
    await expect.poll(() => source.closed).toBe(1);
    expect(topics.size).toBe(0);
  });

  it("are taken up again by who comes back before that", async () => {
    const { source, topics } = make(60_000);
    const reader = new Reader();
    await topics.join(NAME, reader);
    await topics.leave(NAME, reader);
    const [snapshot] = reader.messages;
    if (snapshot?.type !== "snapshot") throw new Error("no snapshot");
    source.outlet?.publish({ opened: 1, meanwhile: true });
    const again = new Reader();
    await topics.join(NAME, again, { topic: NAME, log: snapshot.log, seq: snapshot.seq });
    expect(again.messages.map(({ type }) => type)).toEqual(["resumed", "patch"]);
    topics[Symbol.dispose]();
    await expect.poll(() => source.closed).toBe(1);
  });

  it("ask again who may read when that has changed", async () => {
    const { source, topics } = make(60_000);
    const reader = new Reader();
    await topics.join(NAME, reader);
    source.outlet?.recheck();
    source.refusal = "forbidden";
    source.outlet?.recheck();
    await expect.poll(() => reader.refusals).toEqual(["forbidden"]);
    source.outlet?.publish({ secret: true });
    expect(reader.messages).toHaveLength(1);
    expect(await topics.join(NAME, reader)).toBe("forbidden");
    topics[Symbol.dispose]();
  });
});
