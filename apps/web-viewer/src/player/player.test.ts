import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { EngineEvent, EngineFactory, EngineHints, EngineWindow } from "./engine.ts";
import { PlayerMemory } from "./memory.ts";
import { Player } from "./player.ts";

class FakeVideo extends EventTarget {
  volume = 1;
  muted = false;
  paused = true;
  seeking = false;
  currentTime = 0;
  playbackRate = 1;
  videoWidth = 640;
  videoHeight = 360;
  buffered = { length: 0, start: () => 0, end: () => 0 };
  refuseSound = false;
  getVideoPlaybackQuality = () => ({ droppedVideoFrames: 1, totalVideoFrames: 100 });
  play = async () => {
    if (this.refuseSound && !this.muted) throw new DOMException("gesture", "NotAllowedError");
    this.paused = false;
    this.dispatchEvent(new Event("playing"));
  };
  pause = () => {
    this.paused = true;
    this.dispatchEvent(new Event("pause"));
  };
  asVideo = () => this as unknown as HTMLVideoElement;
}

const AT_THE_EDGE: EngineWindow = {
  startMs: 1_000_000,
  liveMs: 1_100_000,
  positionMs: 1_100_000,
  bufferedMs: [],
  live: true,
};
const BEHIND: EngineWindow = { ...AT_THE_EDGE, positionMs: 1_050_000, live: false };

const setUp = () => {
  const video = new FakeVideo();
  const engines: {
    log: string[];
    emit: (event: EngineEvent) => void;
    hints: EngineHints;
    window: EngineWindow;
  }[] = [];
  const create: EngineFactory = async (_tier, _video, emit, hints) => {
    const log: string[] = [];
    const fake = { log, emit, hints, window: AT_THE_EDGE };
    engines.push(fake);
    return {
      name: "fake",
      load: (url) => log.push(`load ${url}`),
      select: (quality) => log.push(`select ${quality}`),
      toLive: () => log.push("live"),
      seek: (dateMs) => log.push(`seek ${dateMs}`),
      hold: () => log.push("hold"),
      window: () => fake.window,
      noteStall: () => log.push("stall"),
      fade: () => log.push("fade"),
      figures: () => ({
        latencyS: 2.4,
        targetS: 2.3,
        bitrateBps: 1,
        throughputBps: 9_000_000,
        clock: "arrival",
      }),
      close: () => log.push("close"),
    };
  };
  const memory = new PlayerMemory(null);
  const screen = { take: () => video.asVideo(), show: () => {}, giveBack: () => {} };
  const player = new Player(screen, create, memory);
  const state = () => player.snapshot.get().state;
  const settle = () => vi.advanceTimersByTimeAsync(0);
  return { video, engines, player, state, settle, memory };
};
const SOURCE = { url: "/a.m3u8", rungs: ["source", "160p"] };
const quality = (id: string) => ({ id, label: id, height: 1, fps: 30, bitrateBps: 1, source: false });

describe("Player", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("loads, plays when the engine is ready, and ends with the stream", async () => {
    const { engines, player, state, settle } = setUp();
    expect(state()).toEqual({ kind: "idle" });
    player.load(SOURCE);
    expect(state()).toEqual({ kind: "loading" });
    await settle();
    expect(engines[0]?.log).toEqual(["load /a.m3u8"]);
    engines[0]?.emit({ type: "ready" });
    await settle();
    expect(state()).toEqual({ kind: "playing" });
    engines[0]?.emit({ type: "ended" });
    expect(state()).toEqual({ kind: "ended" });
  });

  it("knows what was just chosen of the volume, before the browser's event says so", () => {
    const { player } = setUp();
    player.setMuted(true);
    expect(player.snapshot.get()).toMatchObject({ muted: true, volume: 1 });
    player.setVolume(0.4);
    expect(player.snapshot.get()).toMatchObject({ muted: false, volume: 0.4 });
  });

  it("mutes itself where the browser refuses sound, and says so until it is unmuted", async () => {
    const { video, engines, player, state, settle } = setUp();
    video.refuseSound = true;
    player.load(SOURCE);
    await settle();
    engines[0]?.emit({ type: "ready" });
    await settle();
    expect(state()).toEqual({ kind: "playing" });
    expect(player.snapshot.get().mutedByBrowser).toBe(true);
    player.setMuted(false);
    expect(video.muted).toBe(false);
    expect(player.snapshot.get().mutedByBrowser).toBe(false);
  });

  it("plays the standard tier on a line that does not carry the low one, and comes back", async () => {
    const { engines, player, settle } = setUp();
    player.load({ ...SOURCE, url: "/ll.m3u8", standardUrl: "/a.m3u8" });
    await settle();
    engines[0]?.emit({ type: "starved" });
    await settle();
    expect(engines[1]?.log).toEqual(["load /a.m3u8"]);
    expect(player.snapshot.get().lean).toBe(true);
    expect(player.figures().tier).toBe("standard");
    engines[1]?.emit({ type: "relieved" });
    await settle();
    expect(engines).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(60_000);
    engines.at(-1)?.emit({ type: "relieved" });
    await settle();
    expect(engines.at(-1)?.log).toEqual(["load /ll.m3u8"]);
    expect(player.snapshot.get().lean).toBe(false);
  });

  it("has nowhere to go from the standard tier", async () => {
    const { engines, player, settle } = setUp();
    player.load({ ...SOURCE, standardUrl: SOURCE.url });
    await settle();
    engines[0]?.emit({ type: "starved" });
    await settle();
    expect(engines).toHaveLength(1);
  });

  it("saves data where that is wanted, from the next engine on", async () => {
    const { engines, player, settle } = setUp();
    player.load({ ...SOURCE, url: "/ll.m3u8", standardUrl: "/a.m3u8" });
    await settle();
    expect(engines[0]?.hints.maxLines).toBeNull();
    player.setDataSaver(true);
    await settle();
    expect(engines[1]?.log).toEqual(["load /a.m3u8"]);
    expect(engines[1]?.hints.maxLines).toBe(480);
    player.setDataSaver(false);
    await settle();
    expect(engines[2]?.log).toEqual(["load /ll.m3u8"]);
  });

  it("builds a new engine after a failure, waiting longer each time, and gives up in the end", async () => {
    const { engines, player, state, settle } = setUp();
    player.load(SOURCE);
    await settle();
    engines[0]?.emit({ type: "failed", failure: "network" });
    expect(state()).toEqual({ kind: "recovering", attempt: 1 });
    expect(engines[0]?.log.at(-1)).toBe("close");
    await vi.advanceTimersByTimeAsync(300);
    expect(engines).toHaveLength(2);
    for (let tries = 0; tries < 7; tries++) {
      engines.at(-1)?.emit({ type: "failed", failure: "network" });
      await vi.advanceTimersByTimeAsync(8_000);
    }
    engines.at(-1)?.emit({ type: "failed", failure: "network" });
    expect(state()).toEqual({ kind: "failed", failure: "network" });
    player.retry();
    expect(state()).toEqual({ kind: "loading" });
  });

  it("does not retry what cannot work", async () => {
    const { engines, player, state, settle } = setUp();
    player.load(SOURCE);
    await settle();
    engines[0]?.emit({ type: "failed", failure: "unsupported" });
    expect(state()).toEqual({ kind: "failed", failure: "unsupported" });
  });

  it("hears nothing from an engine that it has closed", async () => {
    const { engines, player, state, settle } = setUp();
    player.load(SOURCE);
    await settle();
    player.load({ url: "/b.m3u8", rungs: [] });
    await settle();
    engines[0]?.emit({ type: "failed", failure: "unsupported" });
    expect(state()).toEqual({ kind: "loading" });
    expect(engines[1]?.log).toEqual(["load /b.m3u8"]);
  });

  it("loads anew when the stream's qualities changed, not when it is told the same again", async () => {
    const { engines, player, settle } = setUp();
    player.load(SOURCE);
    await settle();
    player.load({ url: "/a.m3u8", rungs: ["160p", "source"] });
    await settle();
    expect(engines).toHaveLength(1);
    player.load({ url: "/a.m3u8", rungs: ["160p"] });
    await settle();
    expect(engines).toHaveLength(2);
  });

  it("keeps the chosen quality over a rebuild, and falls back to auto when it is gone", async () => {
    const { engines, player, settle } = setUp();
    player.load(SOURCE);
    await settle();
    player.select("160p");
    engines[0]?.emit({ type: "qualities", qualities: [quality("160p"), quality("source")] });
    expect(engines[0]?.log.at(-1)).toBe("select 160p");
    engines[0]?.emit({ type: "qualities", qualities: [quality("source")] });
    expect(player.snapshot.get().selected).toBe("auto");
  });

  it("counts a stall and tells the engine, but not a seek's waiting", async () => {
    const { video, engines, player, state, settle } = setUp();
    player.load(SOURCE);
    await settle();
    engines[0]?.emit({ type: "ready" });
    await settle();
    video.seeking = true;
    video.dispatchEvent(new Event("waiting"));
    expect(state()).toEqual({ kind: "playing" });
    video.seeking = false;
    video.dispatchEvent(new Event("waiting"));
    expect(state()).toEqual({ kind: "buffering" });
    expect(engines[0]?.log.at(-1)).toBe("stall");
    expect(player.figures().stalls).toBe(1);
    video.dispatchEvent(new Event("playing"));
    expect(state()).toEqual({ kind: "playing" });
  });

  it("knows its tier by the playlist that it plays", () => {
    const { player } = setUp();
    const tierOf = (url: string) => {
      player.load({ url, rungs: [] });
      return player.figures().tier;
    };
    expect(tierOf("/media/s/master.m3u8")).toBe("standard");
    expect(tierOf("/media/s/ll.m3u8")).toBe("low");
    expect(tierOf("https://cdn.example.org/media/s/ll.m3u8?token=x")).toBe("low");
  });

  it("tears a frozen engine down", async () => {
    const { video, engines, player, state, settle } = setUp();
    player.load(SOURCE);
    await settle();
    engines[0]?.emit({ type: "ready" });
    await settle();
    video.dispatchEvent(new Event("waiting"));
    await vi.advanceTimersByTimeAsync(15_000);
    expect(state().kind).toBe("recovering");
  });

  it("leaves the engine of an interrupted stream alone, and tries anew when the stream is back", async () => {
    const { video, engines, player, state, settle } = setUp();
    player.load(SOURCE);
    await settle();
    engines[0]?.emit({ type: "ready" });
    await settle();
    player.load({ ...SOURCE, waiting: true });
    video.dispatchEvent(new Event("waiting"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(state()).toEqual({ kind: "buffering" });
    expect(engines).toHaveLength(1);
    for (let tries = 0; tries < 20; tries++) {
      engines.at(-1)?.emit({ type: "failed", failure: "network" });
      await vi.advanceTimersByTimeAsync(8_000);
    }
    expect(state()).toEqual({ kind: "loading" });
    player.load(SOURCE);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(state().kind).toBe("recovering");
  });

  const playing = async () => {
    const made = setUp();
    made.player.load({ ...SOURCE, startedAtMs: 900_000 });
    await made.settle();
    const [engine] = made.engines;
    if (!engine) throw new Error("no engine was made");
    engine.emit({ type: "ready" });
    await made.settle();
    return { ...made, engine };
  };

  it("keeps the place over a pause, whoever paused, and goes live where the place is gone", async () => {
    const { video, engine, player, state, settle } = await playing();
    video.pause();
    expect(state()).toEqual({ kind: "paused" });
    expect(engine.log.at(-1)).toBe("hold");
    engine.window = BEHIND;
    player.toggle();
    await settle();
    expect(state()).toEqual({ kind: "playing" });
    expect(engine.log.at(-1)).toBe("hold");
    player.pause();
    engine.window = { ...BEHIND, positionMs: 999_000 };
    player.toggle();
    await settle();
    expect(engine.log.at(-1)).toBe("live");
  });

  it("seeks by the stream's time, not into what is being deleted", async () => {
    const { engine, player } = await playing();
    player.seek(150);
    expect(engine.log.at(-1)).toBe("seek 1050000");
    player.seek(0);
    expect(engine.log.at(-1)).toBe("seek 1006000");
    engine.window = BEHIND;
    player.seekBy(-10);
    expect(engine.log.at(-1)).toBe("seek 1040000");
    expect(player.timeline()).toMatchObject({ startS: 100, endS: 200, positionS: 150, live: false });
    player.toLive();
    expect(engine.log.at(-1)).toBe("live");
  });

  it("gives the next engine the place of a viewer who has rewound, but not another stream's", async () => {
    const { engine, engines, player, settle } = await playing();
    engine.window = BEHIND;
    engine.emit({ type: "failed", failure: "network" });
    await vi.advanceTimersByTimeAsync(300);
    engines[1]?.emit({ type: "ready" });
    await settle();
    expect(engines[1]?.log).toEqual(["load /a.m3u8", "seek 1050000"]);
    player.load({ url: "/b.m3u8", rungs: [] });
    await settle();
    engines[2]?.emit({ type: "ready" });
    await settle();
    expect(engines[2]?.log).toEqual(["load /b.m3u8"]);
  });

  it("closes twice without harm, also while its engine is still being made", async () => {
    const { engines, player, settle } = setUp();
    player.load(SOURCE);
    player.close();
    player.close();
    await settle();
    expect(engines[0]?.log).toEqual(["close"]);
  });
});
