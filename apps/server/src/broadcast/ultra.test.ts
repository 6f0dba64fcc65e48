import { StreamId } from "@footlight/shared";
import { pino } from "pino";
import { afterEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../platform/clock.ts";
import type { PublisherView, StreamIdentity } from "../stream/live-stream.ts";
import type { RtcDemand } from "../stream/rtc.ts";
import type { StreamEvent, Subscription } from "../stream/subscription.ts";
import { Ultra } from "./ultra.ts";

const streamId = StreamId.parse("stream-0001");
const TRACKS: StreamEvent = {
  type: "tracks",
  tracks: { video: undefined, audio: undefined, expectsVideo: true, expectsAudio: false },
  restart: true,
  frameRate: undefined,
};

afterEach(() => {
  vi.useRealTimers();
});

/** The hub as a feed sees it: a stream whose publisher is there, and nothing comes. */
function setUp() {
  vi.useFakeTimers();
  let demand: RtcDemand = () => false;
  let protocol: "rtmp" | "whip" = "rtmp";
  const log: string[] = [];
  const pushes: ((event: StreamEvent) => void)[] = [];
  const subscribe = (): Subscription => {
    log.push("subscribed");
    let end = (): void => {};
    const events: StreamEvent[] = [TRACKS];
    let wake = (): void => {};
    let over = false;
    pushes.push((event) => {
      events.push(event);
      wake();
    });
    end = () => {
      over = true;
      wake();
    };
    return {
      droppedUnits: 0,
      close: () => {
        if (!over) log.push("unsubscribed");
        end();
      },
      async *[Symbol.asyncIterator]() {
        while (!over) {
          const event = events.shift();
          if (event !== undefined) yield event;
          else await new Promise<void>((resolve) => (wake = resolve));
        }
      },
    };
  };
  const ultra = new Ultra({
    hub: {
      subscribe,
      publisher: () => ({ request: { protocol } }) as unknown as PublisherView,
    },
    rooms: {
      onDemand: (listener) => (demand = listener),
      feed: () => {
        log.push("fed");
        return {
          configure: async () => ({ video: { payloadType: 108, ssrc: 1 }, audio: undefined }),
          send: () => {},
          tellClock: () => {},
          close: () => log.push("unfed"),
        };
      },
    },
    ffmpegPath: "false",
    clock: systemClock,
    logger: pino({ level: "silent" }),
  });
  const open = (latencyMode: StreamIdentity["latencyMode"] = "ultra-low"): void =>
    ultra.opened({ streamId, username: "ada", latencyMode, recording: false, epochMs: 0 });
  return {
    ...{ ultra, log, open },
    comesBy: (next: "rtmp" | "whip") => {
      protocol = next;
      for (const push of pushes) push(TRACKS);
    },
    wanted: (peers: number) => demand(streamId, peers),
    pass: (ms: number) => vi.advanceTimersByTimeAsync(ms),
  };
}

describe("Ultra", () => {
  it("feeds from the first viewer to some seconds after the last", async () => {
    const { log, open, wanted, pass } = setUp();
    open();
    expect(wanted(1)).toBe(true);
    wanted(2);
    await pass(0);
    expect(log).toEqual(["subscribed", "fed"]);
    wanted(0);
    await pass(4_900);
    wanted(1);
    await pass(10_000);
    expect(log).toEqual(["subscribed", "fed"]);
    wanted(0);
    await pass(5_000);
    expect(log).toEqual(["subscribed", "fed", "unsubscribed", "unfed"]);
    wanted(1);
    await pass(0);
    expect(log.slice(4)).toEqual(["subscribed", "fed"]);
  });

  it("says no where nothing runs, and begins when it does", async () => {
    const { log, open, wanted, pass } = setUp();
    expect(wanted(1)).toBe(false);
    await pass(0);
    expect(log).toEqual([]);
    open();
    await pass(0);
    expect(log).toEqual(["subscribed", "fed"]);
  });

  it("refuses viewers of a stream without this tier at no cost, but feeds its stage", async () => {
    const { log, open, wanted, pass } = setUp();
    open("low");
    expect(wanted(1)).toBe(false);
    wanted(0);
    await pass(10_000);
    expect(log).toEqual([]);
    wanted(1);
    await pass(0);
    expect(log).toEqual(["subscribed", "fed"]);
  });

  it("leaves the room to a publisher who came by WHIP, and takes it again after", async () => {
    const { log, open, wanted, pass, comesBy } = setUp();
    comesBy("whip");
    open();
    wanted(1);
    await pass(0);
    expect(log).toEqual(["subscribed"]);
    comesBy("rtmp");
    await pass(0);
    expect(log).toEqual(["subscribed", "fed"]);
    comesBy("whip");
    await pass(0);
    expect(log).toEqual(["subscribed", "fed", "unfed"]);
  });

  it("ends with the stream", async () => {
    const { ultra, log, open, wanted, pass } = setUp();
    open();
    wanted(1);
    await pass(0);
    await ultra.closed(streamId);
    expect(log).toEqual(["subscribed", "fed", "unsubscribed", "unfed"]);
    await ultra.closed(streamId);
    wanted(0);
    await pass(10_000);
    expect(log).toHaveLength(4);
  });
});
