import { EventEmitter } from "node:events";
import { type MediaSource, type RealtimeMethod, StageId } from "@footlight/shared";
import type { types as mediasoup } from "mediasoup-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { someTrack } from "../../testing/stage-fixture.ts";
import type { RealtimeClient } from "../realtime-client.ts";
import { RealtimeFault } from "../realtime-fault.ts";
import type { SentTrack } from "./sending.ts";
import { StageMedia } from "./stage-media.ts";

/** A server that says yes, unless told otherwise, and a media stack that does as it is told. */
class FarEnd {
  readonly asked: string[] = [];
  /** Of the newest join. */
  terms: Record<string, unknown> = {};
  readonly transports: FakeTransport[] = [];
  readonly refusals = new Map<RealtimeMethod, RealtimeFault["code"]>();
  readonly missing = new Set<string>();
  /** What is answered when it resolves. */
  readonly late = new Map<RealtimeMethod | "the device", Promise<void>>();
  joins = 0;
  resumes = false;

  request = (async (method: RealtimeMethod, params: Record<string, unknown>) => {
    this.asked.push(method);
    await this.late.get(method);
    const refusal = this.refusals.get(method);
    if (refusal !== undefined) throw new RealtimeFault(refusal);
    switch (method) {
      case "stage.join": {
        this.terms = params;
        const resumed = this.resumes && params["joinId"] !== undefined;
        this.joins += 1;
        return { participantId: "adaada", joinId: `join${this.joins}`, resumed, routerRtpCapabilities: {} };
      }
      case "stage.createTransport":
        return { id: `${params["direction"]}${this.joins}`, iceCandidates: [] };
      case "stage.consume": {
        const wanted = params["producerIds"] as string[];
        const there = wanted.filter((id) => !this.missing.has(id));
        const consumers = there.map((id) => ({
          id: `c:${id}`,
          producerId: id,
          kind: "video",
          rtpParameters: {},
        }));
        return { consumers, missing: wanted.filter((id) => this.missing.has(id)) };
      }
      case "stage.produce":
        return { producerId: `p:${params["source"]}` };
      default:
        return {};
    }
  }) as unknown as RealtimeClient["request"];

  createDevice = async (): Promise<mediasoup.Device> => {
    await this.late.get("the device");
    const make = (terms: { id: string }) => {
      const transport = new FakeTransport(terms.id);
      this.transports.push(transport);
      return transport;
    };
    const device = { recvRtpCapabilities: {}, createSendTransport: make, createRecvTransport: make };
    return device as unknown as mediasoup.Device;
  };

  count(method: RealtimeMethod): number {
    return this.asked.filter((one) => one === method).length;
  }
}

class FakeTransport extends EventEmitter {
  readonly observer = new EventEmitter();
  readonly producers: FakeProducer[] = [];
  closed = false;

  constructor(readonly id: string) {
    super();
  }

  async consume({ id, producerId }: { id: string; producerId: string }) {
    return { id, producerId, track: someTrack(producerId), close: () => {} };
  }

  async produce({ track, appData }: { track: MediaStreamTrack; appData: object }): Promise<FakeProducer> {
    const { id } = await new Promise<{ id: string }>((resolve, reject) => {
      this.emit("produce", { kind: track.kind, rtpParameters: {}, appData }, resolve, reject);
    });
    const producer = new FakeProducer(id, track);
    this.producers.push(producer);
    return producer;
  }

  close(): void {
    this.closed = true;
    this.observer.emit("close");
  }
}

class FakeProducer extends EventEmitter {
  paused = false;

  constructor(
    readonly id: string,
    public track: MediaStreamTrack,
  ) {
    super();
  }

  async replaceTrack({ track }: { track: MediaStreamTrack }): Promise<void> {
    this.track = track;
  }
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }
  close(): void {}
}

describe("StageMedia", () => {
  let far: FarEnd;
  let media: StageMedia;
  beforeEach(() => {
    vi.useFakeTimers();
    far = new FarEnd();
    const stageId = StageId.parse("stage_12345");
    media = new StageMedia({ stageId, takesOver: true, realtime: far, createDevice: far.createDevice });
  });
  afterEach(() => {
    media.close();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  const settle = () => vi.advanceTimersByTimeAsync(0);
  const wish = async (receive: string[], send: Partial<Record<MediaSource, SentTrack>> | null = null) => {
    const sent = send && new Map(Object.entries(send) as [MediaSource, SentTrack][]);
    media.wish({ receive: new Set(receive), send: sent });
    await settle();
  };
  const received = () => [...media.state.get().tracks.keys()];

  it("receives what is wished, asks for the rest only, and lets go of what is not", async () => {
    await wish(["a", "b"]);
    expect(received()).toEqual(["a", "b"]);
    await wish(["b", "c"]);
    expect(received()).toEqual(["b", "c"]);
    expect(far.count("stage.join")).toBe(1);
    expect(far.count("stage.createTransport")).toBe(1);
    expect(far.count("stage.closeConsumers")).toBe(1);
  });

  it("asks again for what is not there yet, but not for ever", async () => {
    far.missing.add("late");
    await wish(["late"]);
    expect(received()).toEqual([]);
    far.missing.clear();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(received()).toEqual(["late"]);
    far.missing.add("never");
    await wish(["late", "never"]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(far.count("stage.consume")).toBeLessThan(15);
  });

  it("sends, replaces a track in its producer, pauses, and ends", async () => {
    const [one, two] = [someTrack("one"), someTrack("two")];
    await wish([], { camera: { track: one, paused: false } });
    const [producer] = far.transports[0]?.producers ?? [];
    expect(producer?.track).toBe(one);
    await wish([], { camera: { track: two, paused: true } });
    expect(producer).toMatchObject({ track: two, paused: true });
    expect(far.count("stage.produce")).toBe(1);
    expect(far.count("stage.setProducerPaused")).toBe(1);
    await wish([], {});
    expect(far.count("stage.closeProducer")).toBe(1);
    await wish([], null);
    expect(far.transports[0]?.closed).toBe(true);
    expect(far.asked.at(-1)).toBe("stage.closeProducer");
  });

  it("keeps its media over a new socket that the server takes up again", async () => {
    await wish(["a"]);
    far.resumes = true;
    media.disconnected();
    media.reconnected();
    await settle();
    expect(far.count("stage.join")).toBe(2);
    expect(far.transports.map(({ closed }) => closed)).toEqual([false]);
    expect(far.count("stage.consume")).toBe(1);
  });

  it.each(["stage.join", "the device", "stage.createTransport"] as const)(
    "leaves nothing open when it ends before %s is there",
    async (method) => {
      let answer = () => {};
      far.late.set(
        method,
        new Promise((resolve) => {
          answer = resolve;
        }),
      );
      await wish(["a"], { camera: { track: someTrack("one"), paused: false } });
      media.close();
      answer();
      await settle();
      expect(far.transports.filter(({ closed }) => !closed)).toEqual([]);
      expect(far.count("stage.produce")).toBe(0);
    },
  );

  it("builds anew where the server has let go of them, or says so", async () => {
    await wish(["a"]);
    media.reconnected();
    await settle();
    expect(far.transports.map(({ closed }) => closed)).toEqual([true, false]);
    media.rebuild();
    expect(received()).toEqual([]);
    await settle();
    expect(received()).toEqual(["a"]);
    far.refusals.set("stage.consume", "join_again");
    await wish(["a", "b"]);
    expect(media.state.get().trouble).toBe("join_again");
    far.refusals.clear();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(received()).toEqual(["a", "b"]);
    expect(media.state.get().trouble).toBeNull();
  });

  it("comes in another window's place once, and after that only when asked to", async () => {
    await wish(["a"]);
    expect(far.terms).toMatchObject({ takeOver: true });
    media.rebuild();
    await settle();
    expect(far.terms).toMatchObject({ joinId: "join1", anew: true, takeOver: false });
    far.refusals.set("stage.join", "joined_elsewhere");
    media.rebuild();
    await settle();
    expect(media.state.get().trouble).toBe("joined_elsewhere");
    const before = far.asked.length;
    await vi.advanceTimersByTimeAsync(10_000);
    // It looks whether the other one has gone, now and then.
    expect(far.asked.length - before).toBe(3);
    far.refusals.clear();
    media.takeOver();
    await settle();
    expect(far.terms).toMatchObject({ takeOver: true });
    expect(received()).toEqual(["a"]);
  });

  it("lets a request wait for the join, and fail where none comes", async () => {
    far.refusals.set("stage.join", "rtc_unavailable");
    await wish([]);
    const asked = media.request("stage.ask", {});
    await settle();
    expect(far.count("stage.ask")).toBe(0);
    far.refusals.clear();
    await vi.advanceTimersByTimeAsync(1_000);
    await expect(asked).resolves.toEqual({});
    media.disconnected();
    const failed = expect(media.request("stage.ask", {})).rejects.toMatchObject({ code: "network" });
    await vi.advanceTimersByTimeAsync(10_000);
    await failed;
  });

  it("is quiet once it is closed", async () => {
    await wish(["a"]);
    const waiting = expect(media.request("stage.leave", {})).resolves.toEqual({});
    await waiting;
    media.close();
    await expect(media.request("stage.ask", {})).rejects.toMatchObject({ code: "network" });
    const before = far.asked.length;
    await wish(["a", "b"]);
    expect(far.asked).toHaveLength(before);
    expect(far.transports.every(({ closed }) => closed)).toBe(true);
  });
});
