import { buildRtpPacket } from "@footlight/protocols/rtp/packet.ts";
import { beforeEach, describe, expect, it } from "vitest";
import type { RtcClock, RtcMedium } from "../../stream/rtc.ts";
import type { IncomingUnit, TrackSet } from "../../stream/unit.ts";
import { noWhipMetrics } from "./metrics.ts";
import { RtpFeed } from "./rtp-feed.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
const OPUS: RtcMedium = {
  kind: "audio",
  codec: "opus",
  payloadType: 111,
  clockRate: 48_000,
  channels: 2,
  parameters: {},
};
const H264: RtcMedium = {
  kind: "video",
  codec: "h264",
  payloadType: 96,
  clockRate: 90_000,
  channels: undefined,
  parameters: { "packetization-mode": "1" },
};
const VP8: RtcMedium = { ...H264, codec: "vp8", parameters: {} };
/** SPS of 640x362 and its PPS, as libx264 writes them. */
const SPS = "64001eacb201405ff26022000007d20001d4c01e2c5c90";
const SETS = hex(`78 0018 67${SPS} 0006 68ebc3cb22c0`);
const IDR = hex("65 88 11");
const SLICE = hex("41 9a 22");
const SOUND = hex("78 0102030405");

let tracks: TrackSet[];
let units: IncomingUnit[];
let clocks: RtcClock[];
let keyframes: number;
let lost: number;
const counters = { audio: 0, video: 0 };

function feedOf(...media: readonly RtcMedium[]): RtpFeed {
  return new RtpFeed(media, {
    lease: { setTracks: (set) => tracks.push(set), push: (unit) => units.push(unit) },
    requestKeyframe: () => {
      keyframes += 1;
    },
    tellClock: (clock) => clocks.push(clock),
    metrics: {
      ...noWhipMetrics,
      packetsLost: (count) => {
        lost += count;
      },
    },
  });
}

/** The next packet of its kind; `skip` leaves so many out before it. */
function send(
  feed: RtpFeed,
  kind: "audio" | "video",
  atMs: number,
  payload: Uint8Array,
  { marker = true, skip = 0, arrivesMs = atMs }: { marker?: boolean; skip?: number; arrivesMs?: number } = {},
): void {
  counters[kind] += 1 + skip;
  const rate = kind === "video" ? 90 : 48;
  const header = { payloadType: 96, ssrc: 1, marker, payload };
  const timestamp = (2 ** 32 - 4_000 + atMs * rate) % 2 ** 32;
  const packet = buildRtpPacket({ ...header, sequenceNumber: counters[kind], timestamp });
  feed.rtp(kind, packet, arrivesMs + 1_000_000);
  // Its bytes were lent.
  packet.fill(0xff);
}

beforeEach(() => {
  tracks = [];
  units = [];
  clocks = [];
  keyframes = 0;
  lost = 0;
});

const of = (kind: "audio" | "video") => units.filter((unit) => unit.kind === kind);

describe("RtpFeed", () => {
  it("says what is coming, and gives out units of one clock past its wrap", () => {
    const feed = feedOf(OPUS, H264);
    expect(tracks).toMatchObject([{ video: undefined, audio: { codec: "opus" }, expectsVideo: true }]);
    send(feed, "video", 0, SETS, { marker: false });
    send(feed, "video", 0, IDR);
    send(feed, "audio", 0, SOUND);
    send(feed, "video", 100, SLICE);
    send(feed, "audio", 100, SOUND);
    expect(tracks.at(-1)?.video).toMatchObject({ codec: "h264", width: 640, height: 362, adaptive: true });
    expect(of("video").map(({ keyframe }) => keyframe)).toEqual([true, false]);
    expect(Buffer.from(of("audio")[0]?.data ?? [])).toEqual(SOUND);
    for (const kind of ["audio", "video"] as const) {
      const times = of(kind).map(({ pts90k }) => pts90k);
      expect((times[1] as number) - (times[0] as number)).toBe(9_000);
    }
    expect((of("audio")[0]?.pts90k ?? 0) - (of("video")[0]?.pts90k ?? 1)).toBe(0);
  });

  it("puts parameter sets before each keyframe, that one of another size can follow in the same run", () => {
    const feed = feedOf(H264);
    send(feed, "video", 0, SETS, { marker: false });
    send(feed, "video", 0, IDR);
    const data = Buffer.from(units[0]?.data ?? []).toString("hex");
    expect(data).toBe(`0000001867${SPS}0000000668ebc3cb22c000000003658811`);
  });

  it("begins with the parameter sets of the SDP where the sender does not repeat them", () => {
    const sets = [hex(`67${SPS}`), hex("68ebc3cb22c0")].map((set) => set.toString("base64")).join(",");
    const feed = feedOf({ ...H264, parameters: { "sprop-parameter-sets": sets } });
    send(feed, "video", 0, IDR);
    expect(tracks.at(-1)?.video?.width).toBe(640);
    expect(units).toHaveLength(1);
  });

  it("tells of VP8's size whenever it changes", () => {
    const feed = feedOf(VP8);
    const key = (size: string): Buffer => hex(`10 50 42 00 9d012a ${size} aabb`);
    send(feed, "video", 0, key("4001 b400"));
    send(feed, "video", 33, key("4001 b400"));
    send(feed, "video", 66, key("8002 6801"));
    expect(tracks.slice(1).map(({ video }) => [video?.width, video?.height])).toEqual([
      [320, 180],
      [640, 360],
    ]);
    expect(units).toHaveLength(3);
  });

  it("asks for a keyframe after a loss, and gives out nothing before it", () => {
    const feed = feedOf(OPUS, H264);
    send(feed, "video", 0, SETS, { marker: false });
    send(feed, "video", 0, IDR);
    send(feed, "video", 33, SLICE);
    send(feed, "video", 100, SLICE, { skip: 1 });
    expect([keyframes, of("video").length]).toEqual([0, 2]);
    // The sound's packets bring the time in which the lost one could have come.
    send(feed, "audio", 260, SOUND);
    expect([keyframes, of("video").length, lost]).toEqual([1, 2, 1]);
    send(feed, "video", 300, SLICE);
    send(feed, "video", 333, SETS, { marker: false });
    send(feed, "video", 333, IDR);
    expect(of("video").map(({ keyframe }) => keyframe)).toEqual([true, false, true]);
    expect(keyframes).toBe(1);
  });

  it("puts sound beside picture once both have reported, and says when frames were captured", () => {
    const feed = feedOf(OPUS, H264);
    const both = (atMs: number): void => {
      send(feed, "video", atMs, SETS, { marker: false });
      send(feed, "video", atMs, IDR);
      send(feed, "audio", atMs, SOUND, { arrivesMs: atMs + 80 });
    };
    both(0);
    const apartMs = (): number =>
      ((of("audio").at(-1)?.pts90k ?? 0) - (of("video").at(-1)?.pts90k ?? 0)) / 90;
    expect(apartMs()).toBeCloseTo(80, 0);
    expect(of("video")[0]).not.toHaveProperty("captureMs");
    const reported = (rate: number) => ({ rtpTimestamp: 2 ** 32 - 4_000 + rate, wallMs: 999_900 + 1 });
    feed.senderReport("video", reported(90));
    feed.senderReport("audio", reported(48));
    for (let atMs = 200; atMs <= 9_000; atMs += 200) both(atMs);
    expect(Math.abs(apartMs())).toBeLessThan(1);
    expect(of("video").at(-1)?.captureMs).toBeCloseTo(999_900 + 9_000, 0);
    // Who watches the packets is told of arrival first, then of capture: 100 ms before it.
    expect(clocks.map(({ source }) => source)).toEqual(["arrival", "capture"]);
    const last = clocks.at(-1) as RtcClock;
    const atMs = ((last.rtpTimestamp + 4_000) % 2 ** 32) / 90;
    expect(Math.abs(last.wallMs - 999_900 - atMs)).toBeLessThanOrEqual(1);
  });

  it("leaves out silence that was not encoded, and what is no packet", () => {
    const feed = feedOf(OPUS);
    send(feed, "audio", 0, hex("78"));
    send(feed, "audio", 20, hex("7b 00 00 00"));
    send(feed, "audio", 40, SOUND);
    feed.rtp("audio", hex("00 11 22"), 0);
    feed.rtp(
      "video",
      buildRtpPacket({
        payloadType: 1,
        marker: true,
        sequenceNumber: 1,
        timestamp: 1,
        ssrc: 1,
        payload: SLICE,
      }),
      0,
    );
    expect(units).toHaveLength(1);
  });
});
