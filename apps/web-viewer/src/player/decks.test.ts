import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DeckPlan } from "./deck.ts";
import { Decks } from "./decks.ts";
import type { EngineEvent, EngineFactory } from "./engine.ts";

class FakeVideo extends EventTarget {
  volume = 1;
  muted = false;
  paused = true;
  present: (() => void) | undefined;
  play = async () => {
    this.paused = false;
    this.dispatchEvent(new Event("playing"));
  };
  pause = () => {
    this.paused = true;
  };
  requestVideoFrameCallback = (callback: () => void) => {
    this.present = callback;
    return 1;
  };
}

const setUp = () => {
  const log: string[] = [];
  const videos: FakeVideo[] = [];
  const emits: ((event: EngineEvent) => void)[] = [];
  const nameOf = (video: unknown) => videos.indexOf(video as FakeVideo);
  const screen = {
    take: () => {
      const video = new FakeVideo();
      videos.push(video);
      return video as unknown as HTMLVideoElement;
    },
    show: (video: HTMLVideoElement) => log.push(`show ${nameOf(video)}`),
    giveBack: (video: HTMLVideoElement) => log.push(`back ${nameOf(video)}`),
  };
  const create: EngineFactory = async (_tier, video, emit) => {
    emits.push(emit);
    const nothing = () => {};
    return {
      ...{ name: "fake", load: nothing, select: nothing, toLive: nothing, hold: nothing },
      ...{ noteStall: nothing, fade: nothing, window: () => null },
      seek: (dateMs) => log.push(`seek ${nameOf(video)} ${dateMs}`),
      figures: () => ({
        ...{ latencyS: null, targetS: null, bitrateBps: null, throughputBps: null, clock: "arrival" },
      }),
      close: () => log.push(`close ${nameOf(video)}`),
    };
  };
  const sound = {
    applyTo: (video: HTMLVideoElement) => void Object.assign(video, { volume: 0.6, muted: false }),
  };
  const heard: string[] = [];
  const decks = new Decks(screen, create, sound, ({ type }, { video }) =>
    heard.push(`${nameOf(video)} ${type}`),
  );
  const open = async (tier: DeckPlan["tier"], atMs: number | null = null) => {
    const deck = decks.open({ tier, url: `/${tier}`, atMs, hints: HINTS });
    await vi.advanceTimersByTimeAsync(0);
    return deck;
  };
  const video = (index: number) => {
    const found = videos[index];
    if (!found) throw new Error(`there is no video ${index}`);
    return found;
  };
  return { decks, open, video, emits, log, heard };
};
const HINTS = { throughputBps: null, maxLines: null, startedAtMs: null, rtpClock: () => null };

describe("Decks", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("begins in front and heard where there is no picture to keep", async () => {
    const { open, video, log, decks } = setUp();
    const first = await open("low");
    expect(decks.front).toBe(first);
    expect(video(0)).toMatchObject({ volume: 0.6, muted: false });
    const second = await open("standard");
    expect(decks.front).toBe(second);
    expect(log).toEqual(["show 0", "show 1", "close 0", "back 0"]);
  });

  it("keeps the picture and the sound until another has its first frame, then swaps both at once", async () => {
    const { open, video, log, decks, heard } = setUp();
    const low = await open("low");
    video(0).dispatchEvent(new Event("loadeddata"));
    const ultra = await open("ultra");
    ultra.playUnheard();
    expect(decks.front).toBe(low);
    expect([video(0).muted, video(1).muted]).toEqual([false, true]);
    video(1).present?.();
    expect(decks.front).toBe(ultra);
    expect([video(0).muted, video(1).muted]).toEqual([true, false]);
    expect(log).toEqual(["show 0", "show 1", "close 0", "back 0"]);
    expect(heard).toContain("1 swapped");
    video(0).dispatchEvent(new Event("pause"));
    expect(heard).not.toContain("0 paused");
  });

  it("shows what plays in a hidden tab too, where no frame is presented", async () => {
    const { open, video, decks } = setUp();
    await open("low");
    video(0).dispatchEvent(new Event("loadeddata"));
    const next = await open("standard");
    next.playUnheard();
    await vi.advanceTimersByTimeAsync(400);
    expect(decks.front).toBe(next);
  });

  it("lets a better one overtake one that is on its way, but not the other way round", async () => {
    const { open, video, decks, log } = setUp();
    await open("low");
    video(0).dispatchEvent(new Event("loadeddata"));
    await open("standard");
    const ultra = await open("ultra");
    ultra.playUnheard();
    video(2).present?.();
    expect(decks.front).toBe(ultra);
    expect(decks.onItsWay("hls")).toBeNull();
    expect(log).toContain("close 1");
  });

  it("brings a viewer to their place, wherever it is by then", async () => {
    const { open, video, emits, log } = setUp();
    await open("ultra");
    video(0).dispatchEvent(new Event("loadeddata"));
    const back = await open("low", 5_000);
    back.aimAt(4_000);
    emits[1]?.({ type: "ready" });
    back.aimAt(3_000);
    expect(log.filter((words) => words.startsWith("seek"))).toEqual(["seek 1 4000", "seek 1 3000"]);
  });

  it("gives one up that shows nothing, and a failed front only when it has no picture", async () => {
    const { open, video, decks, heard } = setUp();
    await open("low");
    video(0).dispatchEvent(new Event("loadeddata"));
    await open("standard");
    await vi.advanceTimersByTimeAsync(15_000);
    expect(heard.at(-1)).toBe("1 failed");
    decks.giveUpFront();
    expect(decks.front?.over).toBe(true);
    decks.closeAll();
    decks.closeAll();
    expect(decks.front).toBeNull();
    await open("low");
    decks.giveUpFront();
    expect(decks.front).toBeNull();
  });
});
