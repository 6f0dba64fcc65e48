import { expect, it } from "vitest";
import { FrameClock, type FrameTime, type Ticker } from "./frame-clock.ts";
import type { Tick, TickerOrder } from "./ticker-worker.ts";

class HandTicker implements Ticker {
  readonly orders: TickerOrder[] = [];
  #listener: (tick: Tick) => void = () => undefined;

  start(order: TickerOrder): void {
    this.orders.push(order);
  }

  onTick(listener: (tick: Tick) => void): void {
    this.#listener = listener;
  }

  tick(frame: number, fps = this.orders.at(-1)?.fps ?? 0): void {
    this.#listener({ frame, fps });
  }

  close(): void {}
}

function clockAt(startMs: number) {
  let nowMs = startMs;
  const ticker = new HandTicker();
  const frames: FrameTime[] = [];
  const dropped: number[] = [];
  const stood: number[] = [];
  const clock = new FrameClock(
    ...([
      ticker,
      () => nowMs,
      (time: FrameTime) => frames.push(time),
      (count: number, repeat: readonly number[]) => {
        dropped.push(count);
        stood.push(...repeat);
      },
    ] as const),
  );
  const wait = (ms: number) => {
    nowMs += ms;
  };
  return { clock, ticker, frames, dropped, stood, wait };
}

it("gives each frame once, at multiples of its length since the epoch", () => {
  const { clock, ticker, frames } = clockAt(5_000);
  clock.setRate(30);
  for (const frame of [1, 2, 2, 1, 3]) ticker.tick(frame);
  expect(frames).toEqual([
    { frame: 1, ptsUs: 33_333 },
    { frame: 2, ptsUs: 66_667 },
    { frame: 3, ptsUs: 100_000 },
  ]);
});

it("makes good for a hitch, and counts what is beyond that, for which the last picture stands", () => {
  const { clock, ticker, frames, dropped, stood } = clockAt(0);
  clock.setRate(30);
  ticker.tick(3);
  expect(frames.map(({ frame }) => frame)).toEqual([1, 2, 3]);
  ticker.tick(10);
  expect(frames.map(({ frame }) => frame)).toEqual([1, 2, 3, 8, 9, 10]);
  expect(dropped).toEqual([4]);
  expect(stood).toEqual([133_333, 166_667, 200_000, 233_333]);
  expect(clock.droppedRender).toBe(4);
  // The machine slept.
  ticker.tick(1_000);
  expect(stood).toHaveLength(4);
  expect(clock.droppedRender).toBe(991);
});

it("goes on from the same epoch at another rate", () => {
  const { clock, ticker, frames, wait } = clockAt(100);
  clock.setRate(30);
  wait(1_010);
  clock.setRate(60);
  clock.setRate(60);
  expect(ticker.orders).toEqual([
    { fps: 30, elapsedMs: 0 },
    { fps: 60, elapsedMs: 1_010 },
  ]);
  ticker.tick(61);
  expect(frames).toEqual([{ frame: 61, ptsUs: 1_016_667 }]);
});

it("does not believe a tick of the rate before", () => {
  const { clock, ticker, frames, dropped, wait } = clockAt(0);
  clock.setRate(60);
  wait(60_000);
  clock.setRate(30);
  ticker.tick(3_600, 60);
  ticker.tick(1_801);
  expect(frames).toEqual([{ frame: 1_801, ptsUs: 60_033_333 }]);
  expect(dropped).toEqual([]);
});
