import type { Tier } from "@footlight/shared";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { EngineEvent, EngineFactory, EngineWindow } from "./engine.ts";
import { PlayerMemory } from "./memory.ts";
import { Player } from "./player.ts";
import type { UltraState } from "./ultra-link.ts";

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
  getVideoPlaybackQuality = () => ({ droppedVideoFrames: 0, totalVideoFrames: 0 });
  play = async () => {
    if (!this.paused) return;
    this.paused = false;
    this.dispatchEvent(new Event("loadeddata"));
    this.dispatchEvent(new Event("playing"));
  };
  pause = () => {
    if (this.paused) return;
    this.paused = true;
    this.dispatchEvent(new Event("pause"));
  };
}

interface FakeEngine {
  readonly tier: Tier;
  readonly video: FakeVideo;
  readonly log: string[];
  readonly emit: (event: EngineEvent) => void;
  window: EngineWindow;
  /** Whether media come. */
  flows: boolean;
}

const EDGE = { startMs: 0, liveMs: 100_000, positionMs: 100_000, bufferedMs: [], live: true };
const SOURCE = {
  url: "/ll.m3u8",
  standardUrl: "/m.m3u8",
  whepUrl: "/whep/s",
  streamId: "stream-0001",
  startedAtMs: 0,
  rungs: ["source"],
};

const SOURCE_QUALITY = { id: "source", label: "360p", height: 360, fps: 30, bitrateBps: 1, source: true };

const setUp = () => {
  const engines: FakeEngine[] = [];
  const create: EngineFactory = async (tier, video, emit) => {
    const log: string[] = [];
    const engine = { tier, video: video as unknown as FakeVideo, log, emit, window: EDGE, flows: false };
    engines.push(engine);
    return {
      name: tier,
      load: () => {},
      select: (quality) => log.push(`select ${quality}`),
      toLive: () => log.push("live"),
      seek: (dateMs) => log.push(`seek ${dateMs}`),
      hold: () => log.push("hold"),
      fade: () => log.push("fade"),
      noteStall: () => {},
      window: () => engine.window,
      flows: async () => engine.flows,
      figures: () => ({
        ...{ latencyS: null, targetS: null, bitrateBps: null, throughputBps: null, clock: "arrival" },
      }),
      close: () => log.push("close"),
    };
  };
  let tell: (state: UltraState) => void = () => {};
  const memory = new PlayerMemory(null);
  const screen = {
    take: () => new FakeVideo() as unknown as HTMLVideoElement,
    show: () => {},
    giveBack: () => {},
  };
  const player = new Player(screen, create, memory, {
    watchUltra: (_streamId, onState) => {
      tell = onState;
      return () => {};
    },
  });
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  /** The newest engine says that it can be played, and its first frame is presented. */
  const plays = async (tier: Tier): Promise<FakeEngine> => {
    const engine = engines.findLast((one) => one.tier === tier && !one.log.includes("close"));
    if (!engine) throw new Error(`no ${tier} is on its way`);
    engine.emit({ type: "ready" });
    // Long enough for a browser that presents nothing, and for a paused one.
    await pass(1_500);
    return engine;
  };
  const inUltra = async (): Promise<FakeEngine> => {
    player.load(SOURCE);
    await pass(0);
    await plays("low");
    return plays("ultra");
  };
  const made = () => engines.map(({ tier }) => tier).join();
  const epoch = (value: number, clock: UltraState["clock"] = null) =>
    tell({ epoch: value, available: true, clock });
  return { player, engines, pass, plays, inUltra, made, epoch, tier: () => player.snapshot.get().tier };
};

describe("Player over tiers", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("shows the low tier at once, and WebRTC as soon as that has a picture", async () => {
    const { player, engines, pass, plays, made, tier } = setUp();
    player.load(SOURCE);
    await pass(0);
    expect(made()).toBe("low,ultra");
    const low = await plays("low");
    expect([tier(), player.snapshot.get().state.kind]).toEqual(["low", "playing"]);
    const ultra = await plays("ultra");
    expect([tier(), player.snapshot.get().state.kind]).toEqual(["ultra", "playing"]);
    expect(low.log.at(-1)).toBe("close");
    expect([low.video.muted, ultra.video.muted]).toEqual([true, false]);
    await pass(60_000);
    expect(engines).toHaveLength(2);
  });

  it("plays on in the low tier where WebRTC does not come, and tries again after a while", async () => {
    const { player, engines, pass, plays, made, tier } = setUp();
    player.load(SOURCE);
    await pass(0);
    await plays("low");
    engines[1]?.emit({ type: "failed", failure: "network", retryAfterMs: 20_000 });
    expect(engines[1]?.log.at(-1)).toBe("close");
    await pass(19_000);
    expect(made()).toBe("low,ultra");
    await pass(2_000);
    expect(made()).toBe("low,ultra,ultra");
    await plays("ultra");
    expect(tier()).toBe("ultra");
  });

  it.each([
    { failure: "missing", tries: "low,ultra,ultra", why: "a source that was missing is there" },
    { failure: "network", tries: "low,ultra", why: "others have a source: the line is as it was" },
  ] as const)("$failure, then $why: $tries", async ({ failure, tries }) => {
    const { player, engines, pass, plays, made, epoch } = setUp();
    player.load(SOURCE);
    await pass(0);
    await plays("low");
    engines[1]?.emit({ type: "failed", failure });
    epoch(9, { rtpTimestamp: 0, wallMs: 0, source: "arrival" });
    await pass(1_000);
    expect(made()).toBe(tries);
  });

  it("keeps the last picture of a WebRTC that broke until the low tier has one", async () => {
    const { engines, pass, plays, inUltra, tier, player } = setUp();
    const ultra = await inUltra();
    ultra.emit({ type: "failed", failure: "network" });
    await pass(0);
    expect(ultra.log).not.toContain("close");
    expect(engines.at(-1)?.tier).toBe("low");
    await plays("low");
    expect([tier(), player.snapshot.get().state.kind]).toEqual(["low", "playing"]);
    expect(ultra.log).toContain("close");
  });

  it("connects anew at once when the source is another, with the low tier meanwhile", async () => {
    const { pass, plays, inUltra, made, epoch, tier } = setUp();
    epoch(5);
    await inUltra();
    epoch(5);
    await pass(1_000);
    expect(made()).toBe("low,ultra");
    epoch(6);
    await pass(0);
    expect(made()).toBe("low,ultra,low,ultra");
    await plays("low");
    await plays("ultra");
    expect(tier()).toBe("ultra");
  });

  it("stays connected where the news of another source are for others", async () => {
    const { pass, inUltra, made, epoch, tier } = setUp();
    const ultra = await inUltra();
    epoch(5);
    ultra.flows = true;
    epoch(6);
    await pass(10_000);
    expect([made(), tier()]).toEqual(["low,ultra", "ultra"]);
  });

  it("holds nothing against WebRTC where it breaks off with its source", async () => {
    const { pass, inUltra, made, epoch } = setUp();
    const ultra = await inUltra();
    epoch(5);
    epoch(6);
    ultra.emit({ type: "failed", failure: "network" });
    await pass(0);
    expect(made()).toBe("low,ultra,low,ultra");
  });

  it("says that it waits while nothing comes from the streamer, and plays on when it does", async () => {
    const { player, inUltra } = setUp();
    const ultra = await inUltra();
    ultra.emit({ type: "still" });
    expect([player.snapshot.get().state.kind, player.figures().stalls]).toEqual(["buffering", 1]);
    ultra.emit({ type: "moving" });
    expect(player.snapshot.get().state.kind).toBe("playing");
  });

  it("says once that it has less than was wished, and once that it is back", async () => {
    const { player, pass, plays, inUltra } = setUp();
    const notice = () => player.snapshot.get().tierNotice;
    const ultra = await inUltra();
    ultra.emit({ type: "starved" });
    await pass(0);
    await plays("low");
    await pass(2_000);
    expect(notice()).toEqual({ kind: "fell", reason: "poor" });
    await pass(10_000);
    await plays("ultra");
    expect(notice()).toEqual({ kind: "back" });
    player.setTier("low");
    await pass(5_000);
    expect(notice()).toEqual({ kind: "back" });
  });

  it("says why nobody gets into WebRTC, but not while the streamer is away or by the viewer's choice", async () => {
    const { player, engines, pass, plays } = setUp();
    const notice = () => player.snapshot.get().tierNotice;
    player.load({ ...SOURCE, waiting: true });
    await pass(0);
    await plays("low");
    engines[1]?.emit({ type: "failed", failure: "network" });
    await pass(3_000);
    expect(notice()).toBeNull();
    player.load({ ...SOURCE, waiting: false });
    await pass(0);
    engines[2]?.emit({ type: "failed", failure: "full" });
    await pass(2_000);
    expect(notice()).toEqual({ kind: "fell", reason: "full" });
    player.setTier("low");
    expect(notice()).toBeNull();
  });

  it("rewinds by the low tier, as far as was asked in all, and comes back when live again", async () => {
    const { player, pass, plays, inUltra, tier } = setUp();
    const ultra = await inUltra();
    player.seekBy(-10);
    player.seekBy(-10);
    await pass(0);
    expect(player.timeline()).toMatchObject({ positionS: 80, live: false });
    const low = await plays("low");
    expect(low.log).toContain("seek 80000");
    expect(tier()).toBe("low");
    expect(ultra.log.at(-1)).toBe("close");
    low.window = { ...EDGE, positionMs: 80_000, live: false };
    await pass(60_000);
    expect(tier()).toBe("low");
    low.window = EDGE;
    player.toLive();
    await pass(500);
    await plays("ultra");
    expect(tier()).toBe("ultra");
  });

  it("pauses in the low tier, standing still, and plays on there", async () => {
    const { player, pass, plays, inUltra, tier } = setUp();
    await inUltra();
    player.pause();
    await pass(0);
    const low = await plays("low");
    expect([tier(), player.snapshot.get().state.kind]).toEqual(["low", "paused"]);
    expect(low.video.paused).toBe(true);
    expect(low.log).toEqual(["seek 100000", "hold"]);
    low.window = { ...EDGE, live: false };
    await player.play();
    await pass(5_000);
    expect([tier(), player.snapshot.get().state.kind]).toEqual(["low", "playing"]);
  });

  it("does not change the tier of who has paused or rewound meanwhile", async () => {
    const { player, engines, pass, plays, made, tier } = setUp();
    player.load(SOURCE);
    await pass(0);
    const low = await plays("low");
    player.pause();
    expect(engines[1]?.log.at(-1)).toBe("close");
    await pass(10_000);
    await player.play();
    await pass(500);
    expect(made()).toBe("low,ultra,ultra");
    player.seekBy(-10);
    expect(engines[2]?.log.at(-1)).toBe("close");
    low.window = { ...EDGE, positionMs: 90_000, live: false };
    await pass(10_000);
    expect([made(), tier()]).toEqual(["low,ultra,ultra", "low"]);
  });

  it("stays in WebRTC for who plays on at once after a pause", async () => {
    const { player, pass, inUltra, engines, tier } = setUp();
    await inUltra();
    player.pause();
    await pass(100);
    await player.play();
    await pass(5_000);
    expect(tier()).toBe("ultra");
    expect(engines.at(-1)?.log.at(-1)).toBe("close");
  });

  it("obeys the viewer's choice, keeps it, and gives a quality of HLS to who asks for one", async () => {
    const { player, pass, plays, inUltra, engines, tier } = setUp();
    await inUltra();
    player.setTier("standard");
    await pass(0);
    await plays("standard");
    expect(tier()).toBe("standard");
    player.setTier("auto");
    await pass(0);
    await plays("ultra");
    expect(tier()).toBe("ultra");
    player.select("source");
    await pass(0);
    const low = engines.at(-1);
    low?.emit({ type: "qualities", qualities: [SOURCE_QUALITY] });
    expect([low?.tier, low?.log]).toEqual(["low", ["select source"]]);
  });

  it("saves data in the standard tier alone", async () => {
    const { player, pass, inUltra, plays, tier } = setUp();
    await inUltra();
    player.setDataSaver(true);
    await pass(0);
    await plays("standard");
    await pass(5_000);
    expect(tier()).toBe("standard");
  });
});
