import { describe, expect, it } from "vitest";
import { IngestSession } from "./ingest-session.ts";
import type { FrameRate, IncomingUnit, TrackSet, Unit, VideoTrack } from "./unit.ts";

const video = (config: number, fps?: number): VideoTrack => ({
  kind: "video",
  codec: "h264",
  config: Uint8Array.of(config),
  width: 320,
  height: 180,
  claimedFrameRate: fps === undefined ? undefined : { num: fps, den: 1 },
  codecString: "avc1.42e01f",
});
const tracks = (picture: VideoTrack | undefined): TrackSet => ({
  video: picture,
  audio: {
    kind: "audio",
    codec: "aac",
    config: Uint8Array.of(0x11, 0x90),
    sampleRate: 48_000,
    channels: 2,
    codecString: "mp4a.40.2",
  },
  expectsVideo: true,
  expectsAudio: true,
});

/** What a session makes of a feed in whole milliseconds that arrives as it is stamped. */
function setUp() {
  const rates: (FrameRate | undefined)[] = [];
  const restarts: boolean[] = [];
  const units: Unit[] = [];
  const session = new IngestSession(0, 0, {
    ready: (frameRate, restart) => {
      rates.push(frameRate);
      restarts.push(restart);
    },
    unit: (unit) => units.push(unit),
  });
  const push = (kind: IncomingUnit["kind"], atMs: number, keyframe = true, arrivalMs = atMs): void => {
    const dts90k = Math.floor(atMs) * 90;
    session.push({ kind, dts90k, pts90k: dts90k, keyframe, data: Uint8Array.of(1) }, Math.floor(arrivalMs));
  };
  /** Frames with sound between them; the first is a keyframe. */
  const picture = (fps: number, fromMs: number, frames: number, shiftMs = 0): void => {
    for (let i = 0; i < frames; i += 1) {
      const atMs = fromMs + (i * 1_000) / fps;
      push("video", atMs + shiftMs, i === 0, atMs);
    }
  };
  const sound = (fromMs: number, untilMs: number): void => {
    for (let atMs = fromMs; atMs < untilMs; atMs += 1024 / 48) push("audio", atMs);
  };
  const times = (kind: IncomingUnit["kind"]) =>
    units.filter((unit) => unit.kind === kind).map(({ dts90k }) => dts90k);
  return { session, rates, restarts, push, picture, sound, times };
}

const fps = (num: number): FrameRate => ({ num, den: 1 });
const steps = (list: readonly number[]) => list.slice(1).map((time, i) => time - (list[i] as number));

describe("a picture that comes long after the sound", () => {
  it("lies on exact frames all the same, and together with the sound", () => {
    const { session, rates, picture, sound, times } = setUp();
    session.setTracks(tracks(video(1, 60)));
    sound(0, 2_000);
    expect(rates).toEqual([undefined]);
    picture(30, 2_000, 60);
    expect(rates).toEqual([undefined, fps(30)]);
    expect(new Set(steps(times("video")))).toEqual(new Set([3_000]));
    const soundAt0 = times("audio")[0] as number;
    expect(Math.abs((times("video")[0] as number) - soundAt0 - 180_000)).toBeLessThanOrEqual(1_500 + 90);
  });

  it("disturbs nobody before its first keyframe", () => {
    const { session, rates, push, sound, times } = setUp();
    session.setTracks(tracks(video(1)));
    sound(0, 1_000);
    for (let atMs = 1_000; atMs < 4_000; atMs += 40) {
      push("video", atMs, false);
      push("audio", atMs);
    }
    expect(rates).toEqual([undefined]);
    expect(times("video")).toEqual([]);
    expect(times("audio")).toHaveLength(47 + 75);
  });
});

describe("a rate that changes on air", () => {
  it("is judged anew with a new configuration", () => {
    const { session, rates, picture, times } = setUp();
    session.setTracks(tracks(video(1, 30)));
    picture(30, 0, 300);
    session.setTracks(tracks(video(2, 60)));
    picture(60, 10_000, 300);
    expect(rates).toEqual([fps(30), fps(60)]);
    expect(times("video")).toEqual([
      ...Array.from({ length: 300 }, (_, i) => i * 3_000),
      ...Array.from({ length: 300 }, (_, i) => 900_000 + i * 1_500),
    ]);
  });

  it("is found out without one, once", () => {
    const { session, rates, picture, times } = setUp();
    session.setTracks(tracks(video(1, 30)));
    picture(30, 0, 300);
    picture(60, 10_000, 900);
    expect(rates).toEqual([fps(30), fps(60)]);
    expect(times("video").at(-1)).toBeCloseTo(10_000 * 90 + 899 * 1_500, -3);
    for (const step of steps(times("video"))) expect(step).toBeGreaterThan(0);
  });

  it("is not seen in a clock that goes on at another phase", () => {
    const { session, rates, push, times } = setUp();
    session.setTracks(tracks(video(1)));
    const both = (fromMs: number, shiftMs: number, soundLagMs: number): void => {
      for (let i = 0; i < 300; i += 1) {
        const atMs = fromMs + (i * 1_000) / 30;
        push("audio", atMs + shiftMs - soundLagMs, true, atMs);
        push("video", atMs + shiftMs, i === 0, atMs);
      }
    };
    both(0, 0, 60);
    // The sound tells of the restart first, so the picture lands a frame and a half too early.
    both(10_000, -10_000, 0);
    expect(rates).toEqual([fps(30)]);
    for (const step of steps(times("video"))) expect(step).toBeGreaterThan(0);
    expect(Math.abs((times("video").at(-1) as number) - 20_000 * 90)).toBeLessThan(2 * 3_000 + 60 * 90);
  });
});

it("a rate that varies from some frame on begins anew once", () => {
  const { session, rates, push } = setUp();
  session.setTracks(tracks(video(1, 30)));
  let atMs = 0;
  for (let i = 0; i < 2_000; i += 1) {
    push("video", atMs, i % 60 === 0);
    atMs += i < 300 ? 1_000 / 30 : ([17, 71, 25, 48, 33][i % 5] ?? 0);
  }
  expect(rates).toEqual([fps(30), undefined]);
});

it("a sender that follows its line breaks neither with another size nor with another rate", () => {
  const { session, rates, restarts, push, picture, times } = setUp();
  const adaptive = (config: number): VideoTrack => ({ ...video(config), adaptive: true });
  session.setTracks(tracks(adaptive(1)));
  picture(30, 0, 90);
  session.setTracks(tracks(adaptive(2)));
  picture(30, 3_000, 90);
  expect(times("video")).toEqual(Array.from({ length: 180 }, (_, i) => i * 3_000));
  let atMs = 6_000;
  for (let i = 0; i < 1_000; i += 1) {
    push("video", atMs, i % 60 === 0);
    atMs += i < 700 ? ([17, 71, 25, 48, 33][i % 5] ?? 0) : 1_000 / 30;
  }
  expect(rates).toEqual([fps(30), undefined]);
  expect(restarts).toEqual([true, false]);
  expect(times("video")).toHaveLength(1_180);
});

describe("the wall clock of its units", () => {
  const clockedSession = (firstMs = 0) => {
    const units: Unit[] = [];
    const session = new IngestSession(0, firstMs * 90, { ready: () => {}, unit: (unit) => units.push(unit) });
    session.setTracks(tracks(video(1, 30)));
    const picture = (from: number, to: number, arrivesMs: (atMs: number) => number, stampMs = 0): void => {
      for (let i = from; i < to; i += 1) {
        const atMs = Math.floor((i * 1_000) / 30);
        const dts90k = (atMs + stampMs) * 90;
        const unit = {
          kind: "video",
          dts90k,
          pts90k: dts90k,
          keyframe: i === 0,
          data: Uint8Array.of(1),
        } as const;
        session.push(unit, arrivesMs(atMs));
      }
    };
    /** What the newest unit's date-time is. */
    const datedMs = (): number => {
      const unit = units.at(-1) as Unit;
      return unit.pts90k / 90 + unit.clock.offsetMs;
    };
    return { picture, datedMs, units };
  };

  it("is arrival, also behind a burst that the timeline has no room for", () => {
    const { picture, datedMs } = clockedSession(5_000);
    picture(0, 90, (atMs) => Math.max(4_500, 3_000 + atMs));
    expect(Math.abs(datedMs() - 3_000 - 89 * (1_000 / 30))).toBeLessThanOrEqual(1_000 / 30);
  });

  it("is arrival again after the encoder's time has jumped", () => {
    const { picture, datedMs, units } = clockedSession();
    picture(0, 90, (atMs) => atMs);
    // Silent for most of a second, then from zero: the timeline goes on with the next frame.
    picture(90, 180, (atMs) => atMs + 900, -3_000);
    const jumped = units.length - 1;
    expect(Math.abs(datedMs() - (units[jumped] as Unit).receivedAtMs)).toBeLessThanOrEqual(1_000 / 30);
  });
});
