import { describe, expect, it } from "vitest";
import { hasNewMedia, RungWaking } from "./rung-waking.ts";

const GAP = "#EXT-X-GAP\n#EXTINF:2.00000,\n7.m4s\n";
const AWAKE = `#EXTM3U\n${GAP}#EXT-X-MAP:URI="init-0.mp4"\n#EXT-X-PART:DURATION=0.2,URI="8.0.m4s"\n`;
const KEPT_MS = 5_000;

/** Rungs 1 and 2 of four are made on demand; what is asked for is answered by hand. */
function start() {
  const asked: { url: string; signal: AbortSignal; answer: (playlist: string | null) => void }[] = [];
  const clock = { ms: 0 };
  const woken: number[] = [];
  const waking = new RungWaking(
    () => woken.push(clock.ms),
    (url, signal) => new Promise((answer) => asked.push({ url, signal, answer })),
    () => clock.ms,
  );
  waking.begin([1, 2]);
  return { waking, asked, clock, woken };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("a rung made on demand", () => {
  it("is gone to when its playlist was answered, and is asked for once", async () => {
    const { waking, asked, woken } = start();
    expect(waking.ready(2, "b", KEPT_MS)).toBe(false);
    expect(waking.ready(2, "b", KEPT_MS)).toBe(false);
    expect(asked.map(({ url }) => url)).toEqual(["b"]);
    asked[0]?.answer(AWAKE);
    await settled();
    expect(woken).toHaveLength(1);
    expect(waking.ready(2, "b", KEPT_MS)).toBe(true);
  });

  it("may sleep again a while after it answered", async () => {
    const { waking, asked, clock } = start();
    waking.ready(2, "b", KEPT_MS);
    asked[0]?.answer(AWAKE);
    await settled();
    clock.ms = KEPT_MS;
    expect(waking.ready(2, "b", KEPT_MS)).toBe(false);
    expect(asked).toHaveLength(2);
  });

  it("is not gone to, nor asked for without end, when it has but gaps or is refused", async () => {
    for (const answer of [`#EXTM3U\n${GAP}`, null]) {
      const { waking, asked, clock, woken } = start();
      waking.ready(1, "a", KEPT_MS);
      asked[0]?.answer(answer);
      await settled();
      expect(woken).toEqual([]);
      expect(waking.ready(1, "a", KEPT_MS)).toBe(false);
      expect(asked).toHaveLength(1);
      clock.ms = 3_000;
      waking.ready(1, "a", KEPT_MS);
      expect(asked).toHaveLength(2);
    }
  });

  it("is no longer waited for when another is wanted, or at the end", async () => {
    const { waking, asked, woken } = start();
    waking.ready(2, "b", KEPT_MS);
    expect(waking.ready(3, "c", KEPT_MS)).toBe(true);
    expect(asked[0]?.signal.aborted).toBe(true);
    asked[0]?.answer(AWAKE);
    await settled();
    expect(woken).toEqual([]);
    waking.ready(1, "a", KEPT_MS);
    waking.close();
    expect(asked[1]?.signal.aborted).toBe(true);
  });

  it("has a stand-in below it that is always there", () => {
    const { waking } = start();
    expect([0, 1, 2, 3].map((level) => waking.standIn(level))).toEqual([0, 0, 0, 3]);
  });
});

describe("an answered playlist", () => {
  it("has new media after its last gap, or has no gap at all", () => {
    expect(hasNewMedia(AWAKE)).toBe(true);
    expect(hasNewMedia(`#EXTM3U\n${GAP}#EXTINF:2.00000,\n8.m4s\n`)).toBe(true);
    expect(hasNewMedia("#EXTM3U\n#EXTINF:2.00000,\n8.m4s\n")).toBe(true);
    expect(hasNewMedia(`#EXTM3U\n#EXTINF:2.00000,\n6.m4s\n${GAP}`)).toBe(false);
    expect(hasNewMedia("#EXTM3U\n")).toBe(false);
  });
});
