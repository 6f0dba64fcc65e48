import type { StreamId } from "@footlight/shared";
import { pino } from "pino";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../platform/clock.ts";
import { StreamHub } from "./hub.ts";
import type { AdmittedStream, PublishLease, PublishRequest, PublishResult } from "./publish.ts";
import { StreamKey } from "./stream-key.ts";
import type { StreamEvent, Subscription } from "./subscription.ts";
import type { IncomingUnit, TrackSet } from "./unit.ts";

const streamId = "stream-0001" as StreamId;
const tracks: TrackSet = {
  video: {
    kind: "video",
    codec: "h264",
    config: new Uint8Array(),
    width: 320,
    height: 180,
    claimedFrameRate: { num: 30, den: 1 },
    codecString: "avc1.42e01f",
  },
  audio: undefined,
  expectsVideo: true,
  expectsAudio: false,
};
const frame = (index: number, keyframe = index % 60 === 0): IncomingUnit => ({
  kind: "video",
  dts90k: Math.round((index * 1000) / 30) * 90,
  pts90k: Math.round((index * 1000) / 30) * 90,
  keyframe,
  data: new Uint8Array(100),
});

const hubs: StreamHub[] = [];
afterEach(async () => {
  await Promise.all(hubs.splice(0).map((hub) => hub.close()));
});

function setUp(
  options: { graceMs?: number; endsWithGoodbye?: boolean; key?: string; closing?: Promise<void> } = {},
) {
  const log: string[] = [];
  const stream: AdmittedStream = {
    streamId,
    username: "ada",
    latencyMode: "low",
    graceMs: options.graceMs ?? 5_000,
    endsWithGoodbye: options.endsWithGoodbye ?? false,
    recording: false,
    epochMs: undefined,
  };
  const note = (word: string) => async () => {
    log.push(word);
  };
  const hub = new StreamHub({
    gate: {
      admit: async (request) =>
        request.key.reveal() === "right"
          ? { kind: "admitted", stream }
          : { kind: "refused", code: "wrong_key" },
      refused: (_request, _stream, code) => log.push(`refused:${code}`),
    },
    lifecycle: { live: note("live"), interrupted: note("interrupted"), ended: note("ended") },
    observer: {
      opened: () => log.push("opened"),
      closed: async (_id, how) => {
        log.push(`closed:${how}`);
        await options.closing;
      },
    },
    clock: systemClock,
    logger: pino({ level: "silent" }),
    onDropped: () => {},
  });
  hubs.push(hub);
  return { hub, log };
}

const request = (key = "right"): PublishRequest => ({
  key: new StreamKey(key),
  protocol: "rtmp",
  remoteAddress: "127.0.0.1",
  encoder: undefined,
});

function accepted(result: PublishResult): PublishLease {
  if (result.kind !== "accepted") throw new Error(`refused: ${result.code}`);
  return result.lease;
}

function feed(lease: PublishLease, from: number, to: number): void {
  for (let index = from; index < to; index += 1) lease.push(frame(index));
}

async function take(subscription: Subscription, count: number): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for await (const event of subscription) {
    events.push(event);
    if (events.length === count) break;
  }
  return events;
}

describe("publishing", () => {
  it("opens nothing for a wrong key", async () => {
    const { hub, log } = setUp();
    expect(await hub.publish(request("wrong"))).toEqual({ kind: "refused", code: "wrong_key" });
    expect(hub.running).toBe(0);
    expect(log).toEqual([]);
  });

  it("is live with the first media, not with the connection", async () => {
    const { hub, log } = setUp();
    const lease = accepted(await hub.publish(request()));
    expect(log).toEqual(["opened"]);
    lease.setTracks(tracks);
    feed(lease, 0, 20);
    await hub.close();
    const written = log.filter((word) => ["live", "interrupted", "ended"].includes(word));
    expect(written).toEqual(["live", "interrupted"]);
    expect(lease.revoked.reason).toBe("server_closing");
  });

  it("refuses a second encoder while the first sends, and tells the dashboard", async () => {
    const { hub, log } = setUp();
    const lease = accepted(await hub.publish(request()));
    lease.setTracks(tracks);
    let index = 0;
    const sending = setInterval(() => lease.push(frame(index++)), 33);
    const second = await hub.publish(request());
    clearInterval(sending);
    expect(second).toEqual({ kind: "refused", code: "key_in_use" });
    expect(log).toContain("refused:key_in_use");
    expect(lease.revoked.aborted).toBe(false);
  });

  it("lets a newcomer take over from a silent one, as the same stream", async () => {
    const { hub, log } = setUp();
    const first = accepted(await hub.publish(request()));
    first.setTracks(tracks);
    feed(first, 0, 30);
    const second = accepted(await hub.publish(request()));
    expect(first.revoked.reason).toBe("taken_over");
    expect(second.streamId).toBe(streamId);
    second.setTracks(tracks);
    feed(second, 0, 30);
    expect(log.filter((word) => word === "opened")).toHaveLength(1);
    expect(log).not.toContain("ended");
  });

  it("ends after the grace, and not before", async () => {
    const { hub, log } = setUp({ graceMs: 60 });
    const lease = accepted(await hub.publish(request()));
    lease.setTracks(tracks);
    feed(lease, 0, 30);
    lease.close("connection_lost");
    const again = accepted(await hub.publish(request()));
    again.setTracks(tracks);
    feed(again, 0, 30);
    again.close("unpublished");
    await expect.poll(() => log.at(-1)).toBe("ended");
    expect(log).toEqual(["opened", "live", "interrupted", "live", "interrupted", "closed:ended", "ended"]);
    expect(hub.running).toBe(0);
  });

  it("ends with the goodbye of a publisher that says it at the end alone", async () => {
    const { hub, log } = setUp({ graceMs: 60_000, endsWithGoodbye: true });
    const lost = accepted(await hub.publish(request()));
    lost.setTracks(tracks);
    feed(lost, 0, 30);
    lost.close("connection_lost");
    const lease = accepted(await hub.publish(request()));
    lease.setTracks(tracks);
    feed(lease, 0, 30);
    lease.close("unpublished");
    await expect.poll(() => log.at(-1)).toBe("ended");
    expect(log).toEqual(["opened", "live", "interrupted", "live", "interrupted", "closed:ended", "ended"]);
  });

  it("forgets a publisher that never sent anything, without ending its stream", async () => {
    const { hub, log } = setUp({ graceMs: 30 });
    accepted(await hub.publish(request())).close("connection_lost");
    await expect.poll(() => hub.running).toBe(0);
    expect(log).toEqual(["opened", "closed:suspended"]);
  });
});

describe("subscribing", () => {
  it("starts with the tracks and the cached GOP, on exact frames", async () => {
    const { hub } = setUp();
    const lease = accepted(await hub.publish(request()));
    lease.setTracks(tracks);
    feed(lease, 0, 80);
    const events = await take(hub.subscribe(streamId, "test") as Subscription, 21);
    expect(events[0]).toMatchObject({ type: "tracks", restart: true, frameRate: { num: 30, den: 1 } });
    const units = events.flatMap((event) => (event.type === "unit" ? [event.unit] : []));
    expect(units[0]?.keyframe).toBe(true);
    expect(units).toHaveLength(20);
    for (const unit of units) expect(unit.dts90k % 3_000).toBe(0);
  });

  it("goes on after a reconnect: time goes forward, the new tracks come first", async () => {
    const { hub } = setUp();
    const first = accepted(await hub.publish(request()));
    const subscription = hub.subscribe(streamId, "test") as Subscription;
    first.setTracks(tracks);
    feed(first, 0, 40);
    first.close("connection_lost");
    const second = accepted(await hub.publish(request()));
    second.setTracks(tracks);
    feed(second, 0, 40);
    const events = await take(subscription, 83);
    expect(events.map((event) => event.type).filter((type) => type !== "unit")).toEqual([
      "tracks",
      "interrupted",
      "tracks",
    ]);
    const times = events.flatMap((event) => (event.type === "unit" ? [event.unit.dts90k] : []));
    expect(times).toHaveLength(80);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(new Set(times).size).toBe(80);
  });

  it("drops for a slow consumer only, up to a keyframe, and counts it", async () => {
    const { hub } = setUp();
    const lease = accepted(await hub.publish(request()));
    lease.setTracks(tracks);
    const slow = hub.subscribe(streamId, "slow") as Subscription;
    feed(lease, 0, 3_030);
    expect(slow.droppedUnits).toBeGreaterThan(2_900);
    feed(lease, 3_030, 3_090);
    const events = await take(slow, 40);
    const first = events.find((event) => event.type === "unit");
    expect(first).toMatchObject({ unit: { keyframe: true } });
  });
});

describe("the end and who comes meanwhile", () => {
  function held() {
    let letGo = (): void => {};
    const closing = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    return { closing, letGo };
  }

  async function endingStream() {
    const { closing, letGo } = held();
    const made = setUp({ closing });
    const lease = accepted(await made.hub.publish(request()));
    lease.setTracks(tracks);
    feed(lease, 0, 20);
    return { ...made, letGo, ended: made.hub.end(streamId) };
  }

  it("asks the domain again for an encoder that comes while its stream ends", async () => {
    const { hub, log, letGo, ended } = await endingStream();
    const next = hub.publish(request());
    letGo();
    await ended;
    expect((await next).kind).toBe("accepted");
    expect(log.filter((word) => word !== "live")).toEqual(["opened", "closed:ended", "ended", "opened"]);
  });

  it("ends once, and all who asked for it see it through", async () => {
    const { hub, log, letGo, ended } = await endingStream();
    const again = hub.end(streamId).then(() => log.push("seen"));
    const closed = hub.close();
    letGo();
    await Promise.all([ended, again, closed]);
    expect(log.filter((word) => word !== "live")).toEqual(["opened", "closed:ended", "ended", "seen"]);
  });

  it("writes down that a feed too short to be judged has come and gone", async () => {
    const { hub, log } = setUp();
    const lease = accepted(await hub.publish(request()));
    lease.setTracks(tracks);
    feed(lease, 0, 5);
    lease.close("connection_lost");
    await hub.close();
    expect(log.filter((word) => !word.startsWith("closed"))).toEqual(["opened", "live", "interrupted"]);
  });
});

it("sound that joins a picture breaks nothing: no frame is lost, the cached GOP stays", async () => {
  const { hub } = setUp();
  const lease = accepted(await hub.publish(request()));
  lease.setTracks(tracks);
  feed(lease, 0, 20);
  const early = hub.subscribe(streamId, "early") as Subscription;
  const sound: TrackSet["audio"] = {
    kind: "audio",
    codec: "aac",
    config: Uint8Array.of(0x11, 0x90),
    sampleRate: 48_000,
    channels: 2,
    codecString: "mp4a.40.2",
  };
  lease.setTracks({ ...tracks, audio: sound, expectsAudio: true });
  feed(lease, 20, 25);
  const seen = await take(early, 27);
  expect(seen.flatMap((event) => (event.type === "tracks" ? [event.restart] : []))).toEqual([true, false]);
  const times = seen.flatMap((event) => (event.type === "unit" ? [event.unit.dts90k] : []));
  expect(times.slice(1).map((time, i) => time - (times[i] ?? 0))).toEqual(Array(24).fill(3_000));
  const late = await take(hub.subscribe(streamId, "late") as Subscription, 2);
  expect(late[1]).toMatchObject({ type: "unit", unit: { keyframe: true, dts90k: times[0] } });
});

describe("standing in for a publisher", () => {
  /** A stream that ran and waits for its encoder. */
  async function interrupted(options: Parameters<typeof setUp>[0] = {}) {
    const made = setUp(options);
    const lease = accepted(await made.hub.publish(request()));
    lease.setTracks(tracks);
    feed(lease, 0, 20);
    lease.close("connection_lost");
    return made;
  }

  it("feeds a stream that stays interrupted, and tells of the picture it takes the place of", async () => {
    const { hub, log } = await interrupted();
    const subscription = hub.subscribe(streamId, "test") as Subscription;
    const standIn = hub.standIn(streamId);
    expect(standIn).toMatchObject({ username: "ada", picture: { width: 320, height: 180 } });
    expect(hub.standIn(streamId), "the place is taken").toBeUndefined();
    standIn?.lease.setTracks(tracks);
    for (let index = 0; index < 20; index += 1) standIn?.lease.push(frame(index));
    const [first, second] = await take(subscription, 2);
    expect([first?.type, second?.type]).toEqual(["tracks", "unit"]);
    expect(hub.isStoodIn(streamId)).toBe(true);
    expect(hub.publisher(streamId)).toBeUndefined();
    await hub.end(streamId);
    expect(standIn?.lease.revoked.reason).toBe("ended");
    expect(log).toEqual(["opened", "live", "interrupted", "closed:ended", "ended"]);
  });

  it("tells of the largest picture of an encoder that follows its line", async () => {
    const { hub } = setUp();
    const lease = accepted(await hub.publish(request()));
    const sized = (height: number): TrackSet => {
      const { video } = tracks;
      if (video === undefined) throw new Error("no picture");
      return { ...tracks, video: { ...video, width: (height * 16) / 9, height, adaptive: true } };
    };
    lease.setTracks(sized(360));
    feed(lease, 0, 20);
    for (const height of [720, 180]) lease.setTracks(sized(height));
    lease.close("connection_lost");
    expect(hub.standIn(streamId)?.picture).toMatchObject({ width: 1_280, height: 720 });
  });

  it("gives the place back at once to whoever publishes", async () => {
    const { hub, log } = await interrupted();
    const standIn = hub.standIn(streamId);
    standIn?.lease.setTracks(tracks);
    for (let index = 0; index < 20; index += 1) standIn?.lease.push(frame(index));
    const lease = accepted(await hub.publish(request()));
    expect(standIn?.lease.revoked.reason).toBe("taken_over");
    expect(hub.standIn(streamId)).toBeUndefined();
    standIn?.lease.close("connection_lost");
    lease.setTracks(tracks);
    feed(lease, 0, 20);
    await hub.close();
    expect(log.filter((word) => word === "live")).toHaveLength(2);
  });

  it("does not prolong the grace", async () => {
    const { hub } = await interrupted({ graceMs: 30 });
    const standIn = hub.standIn(streamId);
    await expect.poll(() => hub.running).toBe(0);
    expect(standIn?.lease.revoked.reason).toBe("ended");
  });

  it("is not for streams that are fed, never ran or are not there; a place that was let go is free", async () => {
    const { hub } = await interrupted();
    hub.standIn(streamId)?.lease.close("connection_lost");
    expect(hub.isStoodIn(streamId)).toBe(false);
    expect(hub.standIn(streamId)).toBeDefined();
    expect(hub.standIn("stream-0002" as StreamId)).toBeUndefined();
    const fresh = setUp();
    const lease = accepted(await fresh.hub.publish(request()));
    expect(fresh.hub.standIn(streamId), "fed").toBeUndefined();
    lease.close("connection_lost");
    expect(fresh.hub.standIn(streamId), "never ran").toBeUndefined();
  });
});
