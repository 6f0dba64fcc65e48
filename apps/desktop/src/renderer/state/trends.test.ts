import { Store } from "@footlight/ui/store.ts";
import { expect, it } from "vitest";
import type { TopicSnapshot } from "../../contract/studio-topics.ts";
import { Trends } from "./trends.ts";

type Engine = TopicSnapshot<"engine">;

it("keeps a minute, one a second, and tells what was lost lately", () => {
  let nowMs = 0;
  const engine = new Store<Engine | null>(null);
  const targets = new Store<TopicSnapshot<"targets"> | null>([]);
  const report = new Store<TopicSnapshot<"report"> | null>(null);
  const trends = new Trends({ engine, targets, report }, () => nowMs);
  const second = (dropped: number | null, bitrateBps = 1_000) => {
    nowMs += 1_000;
    const told = { over: false, dropped: { render: dropped, encode: 0, network: 0 } };
    report.set(dropped === null ? null : (told as TopicSnapshot<"report">));
    targets.set([{ id: "a", figures: { bitrateBps } }] as TopicSnapshot<"targets">);
    engine.set({ cpuPercent: 10, renderMs: 1 } as Engine);
    // Told again within the second: not counted twice.
    engine.set({ cpuPercent: 99, renderMs: 1 } as Engine);
  };
  for (let at = 0; at < 70; at += 1) second(at < 60 ? 0 : 3);
  expect(trends.store.get().cpuPercent).toEqual(Array(60).fill(10));
  expect(trends.store.get().bitrateBps).toEqual({ a: Array(60).fill(1_000) });
  expect(trends.store.get().lately.render).toBe(3);
  for (let at = 0; at < 15; at += 1) second(3);
  expect(trends.store.get().lately.render).toBe(0);
  second(null);
  second(5);
  expect(trends.store.get().lately.render).toBe(5);
});
