import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { TalkDesk } from "./talk-desk.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function desk(repeats = true) {
  const told: string[][] = [];
  const sent: unknown[] = [];
  const talk = new TalkDesk({
    send: (message) => sent.push(message),
    publish: (talking) => told.push(talking),
    repeats,
  });
  return { talk, told, sent };
}

it("holds as long as a global key repeats, and lets go a moment after", () => {
  const { talk, told } = desk();
  talk.pressed("mic");
  vi.advanceTimersByTime(660);
  for (let press = 0; press < 10; press += 1) {
    talk.pressed("mic");
    vi.advanceTimersByTime(40);
  }
  expect(told).toEqual([[], ["mic"]]);
  vi.advanceTimersByTime(250);
  expect(told).toEqual([[], ["mic"], []]);
});

it("is let go by the window at once, and tells a new engine what is held", () => {
  const { talk, told, sent } = desk();
  talk.hold("mic", true);
  vi.advanceTimersByTime(60_000);
  talk.tellAgain();
  talk.hold("mic", false);
  talk.hold("mic", false);
  talk.tellAgain();
  expect(told.at(-1)).toEqual([]);
  const on = { kind: "push-to-talk", sourceId: "mic", on: true };
  expect(sent).toEqual([on, on, { ...on, on: false }]);
});

it("goes on and off by presses where keys do not repeat", () => {
  const { talk, told } = desk(false);
  talk.pressed("mic");
  vi.advanceTimersByTime(60_000);
  talk.pressed("mic");
  expect(told).toEqual([[], ["mic"], []]);
});
