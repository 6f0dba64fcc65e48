import { expect, it } from "vitest";
import { type WhipReport, WhipTally } from "./whip-tally.ts";

const video = (frames: number, bytes: number): WhipReport[] => [
  { type: "outbound-rtp", kind: "video", bytesSent: bytes, framesSent: frames, packetsSent: frames * 2 },
  { type: "outbound-rtp", kind: "audio", bytesSent: 100 },
  { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.02 },
];

it("counts on over connections, and tells what went out since the last reading", () => {
  const tally = new WhipTally(0);
  tally.take(video(30, 9_900));
  expect(tally.figures(1_000, 30)).toMatchObject({
    sentBytes: 10_000,
    bitrateBps: 80_000,
    frames: 30,
    rttMs: 20,
  });
  tally.retire();
  expect(tally.figures(2_000, 60)).toMatchObject({
    sentBytes: 10_000,
    bitrateBps: 0,
    frames: 30,
    rttMs: null,
  });
  tally.take(video(10, 4_900));
  expect(tally.figures(3_000, 70)).toMatchObject({ sentBytes: 15_000, bitrateBps: 40_000, frames: 40 });
});

it("pictures that were offered and never sent are dropped; those on their way are not", () => {
  const tally = new WhipTally(0);
  tally.take(video(28, 1));
  expect(tally.figures(1_000, 30).dropped).toBe(0);
  tally.retire();
  expect(tally.figures(2_000, 60).dropped).toBe(27);
  tally.take(video(29, 1));
  // What was lost stays lost.
  expect(tally.figures(3_000, 90).dropped).toBe(28);
});

it("what packets wait for the line is what queues", () => {
  const tally = new WhipTally(0);
  const waiting = (packetsSent: number, totalPacketSendDelay: number): WhipReport[] => [
    { type: "outbound-rtp", kind: "video", packetsSent, totalPacketSendDelay },
  ];
  tally.take(waiting(100, 1));
  expect(tally.figures(1_000, 0).queuedMs).toBe(10);
  tally.take(waiting(150, 26));
  expect(tally.figures(2_000, 0).queuedMs).toBe(500);
  expect(tally.figures(3_000, 0).queuedMs).toBe(0);
});
