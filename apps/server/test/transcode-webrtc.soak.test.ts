import { buildAvcConfig } from "@footlight/protocols/h264/avc-config.ts";
import { NalType, nalTypeOf, splitAnnexB, toLengthPrefixed } from "@footlight/protocols/h264/nal.ts";
import { opusHead } from "@footlight/protocols/opus/opus.ts";
import { describe, expect, it } from "vitest";
import { systemClock } from "../src/platform/clock.ts";
import { TIMELINE_CLOCK } from "../src/stream/capture-clock.ts";
import type { AudioTrack, Unit, VideoTrack } from "../src/stream/unit.ts";
import { start } from "./transcode-harness.ts";
import { h264AnnexB, opusPackets, vp8Frames } from "./webrtc-media.ts";

const FRAME90K = 3_000;
const SIZES = [
  [320, 180],
  [480, 270],
  [640, 360],
] as const;

interface Leg {
  readonly track: VideoTrack;
  readonly frames: readonly { readonly keyframe: boolean; readonly data: Uint8Array }[];
}

const adaptive = (codec: "vp8" | "h264", config: Uint8Array, width: number, height: number): VideoTrack => ({
  kind: "video",
  codec,
  config,
  width,
  height,
  claimedFrameRate: undefined,
  codecString: codec,
  adaptive: true,
});

function vp8Leg([width, height]: readonly [number, number], seconds: number): Leg {
  const frames = vp8Frames(`testsrc2=s=${width}x${height}`, seconds);
  return { track: adaptive("vp8", Buffer.alloc(0), width, height), frames };
}

/** Parameter sets stay in the keyframes, as the WHIP session leaves them. */
function h264Leg([width, height]: readonly [number, number], seconds: number): Leg {
  const units: Uint8Array[][] = [];
  for (const nal of splitAnnexB(h264AnnexB(`testsrc2=s=${width}x${height}`, seconds))) {
    if (nalTypeOf(nal) === NalType.aud) units.push([]);
    else units.at(-1)?.push(nal);
  }
  const first = units[0] ?? [];
  const sets = (type: number) => first.filter((nal) => nalTypeOf(nal) === type);
  const frames = units.map((nals) => ({
    keyframe: nals.some((nal) => nalTypeOf(nal) === NalType.idr),
    data: toLengthPrefixed(nals),
  }));
  const config = buildAvcConfig(sets(NalType.sps), sets(NalType.pps));
  return { track: adaptive("h264", config, width, height), frames };
}

const OPUS: AudioTrack = {
  kind: "audio",
  codec: "opus",
  config: opusHead(2),
  sampleRate: 48_000,
  channels: 2,
  codecString: "opus",
};

/** A sender that goes from one leg to the next without a break, and what becomes of it. */
async function send(legs: readonly Leg[], legMs = 1_000) {
  let nowMs = 0;
  const clock = { ...systemClock, monotonicMs: () => nowMs };
  const { subscription, sink, transcoder } = start({}, { clock });
  const seconds = legs.reduce((sum, leg) => sum + leg.frames.length, 0) / 30;
  const sound = opusPackets("sine=f=440", seconds);
  const timed = { receivedAtMs: 0, clock: TIMELINE_CLOCK };
  let frame = 0;
  let packet = 0;
  for (const [i, { track, frames }] of legs.entries()) {
    const tracks = { video: track, audio: OPUS, expectsVideo: true, expectsAudio: true };
    subscription.push({ type: "tracks", tracks, restart: i === 0, frameRate: { num: 30, den: 1 } });
    const units: Unit[] = [];
    for (const each of frames) {
      const time = { dts90k: frame * FRAME90K, pts90k: frame * FRAME90K };
      units.push({ kind: "video", keyframe: each.keyframe, data: each.data, ...time, ...timed });
      frame += 1;
      for (; packet < sound.length && packet * 1_800 < frame * FRAME90K; packet += 1) {
        const at = { dts90k: packet * 1_800, pts90k: packet * 1_800 };
        units.push({ kind: "audio", keyframe: true, data: sound[packet] as Buffer, ...at, ...timed });
      }
    }
    subscription.units(units);
    // Taken in before the clock goes on.
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setTimeout(resolve, 20));
    nowMs += legMs;
  }
  subscription.push({ type: "ended" });
  await transcoder.done;
  return { runs: sink.runs, frames: frame, transcoder };
}

describe.each([
  ["VP8", vp8Leg],
  ["H.264", h264Leg],
] as const)("%s that a WebRTC sender makes larger as it feels its way", (_, leg) => {
  it("is encoded on without a break", async () => {
    const legs = [leg(SIZES[0], 1), leg(SIZES[1], 1), leg(SIZES[2], 1)];
    const { runs, frames, transcoder } = await send(legs);
    const best = runs.map((run) => run.units.get(run.renditions[0]?.name ?? "") ?? []);
    expect(best.flat()).toHaveLength(frames);
    const times = best.flat().map(({ pts90k }) => pts90k);
    expect(times).toEqual(Array.from({ length: frames }, (_each, i) => i * FRAME90K));
    expect(runs.length).toBeLessThanOrEqual(2);
    expect(transcoder.stats().restarts).toBe(0);
    const sound = runs.flatMap((run) => run.units.get("audio") ?? []);
    expect(sound.length).toBeGreaterThan(3 * 46);
  });
});

it("gets its larger renditions when it has stayed large", async () => {
  const { runs } = await send([vp8Leg(SIZES[0], 1), vp8Leg(SIZES[1], 1), vp8Leg(SIZES[1], 1)], 5_000);
  expect(runs.map((run) => run.renditions[0]).map((top) => top?.kind === "video" && top.height)).toEqual([
    180, 270,
  ]);
  const top = runs.flatMap((run) => run.units.get(run.renditions[0]?.name ?? "") ?? []);
  expect(top.map(({ pts90k }) => pts90k / FRAME90K)).toEqual(Array.from({ length: 90 }, (_, i) => i));
});

it("begins anew when a phone is turned", async () => {
  const { runs } = await send([vp8Leg([320, 180], 1), vp8Leg([180, 320], 1)]);
  const tops = runs.map((run) => run.renditions[0]);
  expect(tops.map((top) => top?.kind === "video" && [top.width, top.height])).toEqual([
    [320, 180],
    [180, 320],
  ]);
});
