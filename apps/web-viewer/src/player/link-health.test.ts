import { describe, expect, it } from "vitest";
import { LinkHealth, type LinkSample, readSample } from "./link-health.ts";

/** A second of a good link: 30 frames in 100 packets, 1 Mbit, 20 ms of jitter buffer. */
const sampleAt = (seconds: number, patch: Partial<LinkSample> = {}): LinkSample => ({
  atMs: seconds * 1_000,
  bytes: seconds * 125_000,
  packets: seconds * 100,
  lost: 0,
  framesDecoded: seconds * 30,
  freezeS: 0,
  jitterBufferS: seconds * 30 * 0.02,
  emitted: seconds * 30,
  rttMs: 3,
  answers: 0,
  layer: null,
  ...patch,
});

describe("LinkHealth", () => {
  it("tells figures of the last seconds", () => {
    const health = new LinkHealth();
    expect(health.figures()).toEqual({
      ...{ rttMs: null, layer: null, loss: null, jitterBufferMs: null, bitrateBps: null },
    });
    expect(health.note(sampleAt(1))).toBe("fine");
    expect(health.note(sampleAt(2))).toBe("fine");
    const { rttMs, loss, jitterBufferMs, bitrateBps } = health.figures();
    expect([rttMs, loss, bitrateBps]).toEqual([3, 0, 1_000_000]);
    expect(jitterBufferMs).toBeCloseTo(20);
  });

  it("bears some loss, but not much of it for long", () => {
    const lossy = (share: number) => {
      const health = new LinkHealth();
      return [1, 2, 3, 4, 5, 6].map((second) =>
        health.note(sampleAt(second, { packets: second * 100 * (1 - share), lost: second * 100 * share })),
      );
    };
    expect(lossy(0.05)).not.toContain("poor");
    expect(lossy(0.3).slice(0, 3)).toEqual(["fine", "fine", "fine"]);
    expect(lossy(0.3).at(-1)).toBe("poor");
  });

  it("does not bear a picture that stands, and notices silence", () => {
    const freezing = new LinkHealth();
    const verdicts = [1, 2, 3, 4, 5].map((second) =>
      freezing.note(sampleAt(second, { freezeS: second * 0.7 })),
    );
    expect(verdicts.at(-1)).toBe("poor");
    const silent = new LinkHealth();
    silent.note(sampleAt(1));
    expect(silent.note({ ...sampleAt(1), atMs: 2_000 })).toBe("fine");
    expect(silent.note({ ...sampleAt(1), atMs: 3_900 })).toBe("idle");
    expect(silent.note({ ...sampleAt(1), atMs: 4_000 })).toBe("silent");
  });

  it("waits for a streamer who is away as long as the line answers, though not for ever", () => {
    const health = new LinkHealth();
    const verdicts = Array.from({ length: 12 }, (_, second) =>
      health.note({ ...sampleAt(1), atMs: second * 1_000, answers: Math.floor(second / 2.5) }),
    );
    expect(new Set(verdicts)).toEqual(new Set(["fine", "idle"]));
    expect(health.note({ ...sampleAt(1), atMs: 12_000, answers: 99 })).toBe("silent");
  });
});

describe("after a break", () => {
  it("does not count a streamer's absence against the line, but what comes then", () => {
    const health = new LinkHealth();
    const at = (second: number, patch: Partial<LinkSample>) =>
      health.note({ ...sampleAt(second), answers: second, ...patch });
    const away = { bytes: 1, framesDecoded: 90 };
    const before = [0, 1, 2, 3, 4].map((second) => at(second, away));
    expect(before.at(-1)).toBe("idle");
    expect(at(5, { framesDecoded: 91 })).toBe("fine");
    const after = [6, 7, 8, 9, 10].map((second) => at(second, { framesDecoded: second * 30, freezeS: 4 }));
    expect(new Set(after)).toEqual(new Set(["fine"]));
    const poor = [11, 12, 13, 14].map((second) =>
      at(second, { framesDecoded: second * 30, freezeS: second - 7 }),
    );
    expect(poor.at(-1)).toBe("poor");
  });
});

describe("readSample", () => {
  const pair = (id: string, seconds: number, more = {}) => ({
    ...{ id, type: "candidate-pair", currentRoundTripTime: seconds },
    ...more,
  });

  it("reads both media's bytes, and the picture's counters and layer", () => {
    const report = [
      { id: "c", type: "codec", mimeType: "video/VP8" },
      { type: "inbound-rtp", kind: "audio", bytesReceived: 10, packetsLost: 9 },
      {
        ...{ type: "inbound-rtp", kind: "video", bytesReceived: 90, packetsReceived: 7, packetsLost: 1 },
        ...{ frameHeight: 540, framesPerSecond: 30, codecId: "c" },
      },
    ];
    expect(readSample(report, 5)).toMatchObject({
      ...{ atMs: 5, bytes: 100, packets: 7, lost: 1, rttMs: null },
      layer: { lines: 540, fps: 30, codec: "VP8" },
    });
  });

  it("tells the round trip of the pair in use, of several that were nominated", () => {
    const pairs = [pair("tcp", 0.3, { nominated: true }), pair("udp", 0.012, { nominated: true })];
    const transport = { type: "transport", selectedCandidatePairId: "udp" };
    expect(readSample([...pairs, transport], 5).rttMs).toBe(12);
    const [tcp, udp] = [pair("tcp", 0.3, { selected: false }), pair("udp", 0.02, { selected: true })];
    expect(readSample([tcp, udp], 5).rttMs).toBe(20);
  });

  it("knows a round trip of nought from none", () => {
    expect(readSample([pair("udp", 0, { nominated: true })], 5).rttMs).toBe(0);
    expect(readSample([{ type: "candidate-pair", nominated: true }], 5).rttMs).toBeNull();
  });
});
