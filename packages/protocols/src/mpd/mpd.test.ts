import { describe, expect, it } from "vitest";
import { childrenOf, readMpd, readXml, type XmlElement } from "../../testing/mpd-reader.ts";
import { type Mpd, type MpdLive, type MpdPeriod, type MpdRepresentation, writeMpd } from "./mpd.ts";

const EPOCH_MS = Date.UTC(2026, 0, 1);
const video = (of: Partial<Extract<MpdRepresentation, { kind: "video" }>> = {}): MpdRepresentation => ({
  kind: "video",
  id: "360p",
  codec: "avc1.42c01e",
  bandwidthBps: 700_000,
  width: 640,
  height: 360,
  frameRate: 30,
  ...of,
});
const audio: MpdRepresentation = {
  kind: "audio",
  id: "audio",
  codec: "mp4a.40.2",
  bandwidthBps: 130_000,
  sampleRate: 48_000,
  channels: 2,
};
const period = (of: Partial<MpdPeriod> = {}): MpdPeriod => ({
  id: "0.0",
  startS: 0,
  durationS: undefined,
  startNumber: 0,
  segmentDuration: 180_000,
  mediaStart: 0,
  timescale: 90_000,
  initialization: "init-0.mp4",
  reference: { type: "encoder", wallClockMs: EPOCH_MS },
  representations: [video(), audio],
  ...of,
});
const live: MpdLive = {
  availabilityStartMs: EPOCH_MS,
  publishMs: EPOCH_MS + 1_000,
  minimumUpdatePeriodS: 2,
  timeShiftBufferDepthS: 7_200,
  latency: {
    targetMs: 1_000,
    minMs: 600,
    maxMs: 3_000,
    presentationDelayS: 0.6,
    rateRange: 0.05,
    chunked: { availabilityTimeOffsetS: 1.8 },
  },
  timeUri: "/time",
};
const mpd = (of: Partial<Mpd> = {}): XmlElement =>
  readXml(writeMpd({ live, minBufferTimeS: 0.4, maxSegmentDurationS: 2, periods: [period()], ...of }));
const find = (root: XmlElement, ...path: string[]): XmlElement[] =>
  path.reduce<XmlElement[]>((found, name) => found.flatMap((each) => childrenOf(each, name)), [root]);

describe("a live manifest", () => {
  it("says when the presentation began and how it is kept up", () => {
    expect(mpd().attributes).toEqual({
      xmlns: "urn:mpeg:dash:schema:mpd:2011",
      profiles:
        "urn:mpeg:dash:profile:isoff-live:2011,urn:mpeg:dash:profile:cmaf:2019,http://www.dashif.org/guidelines/low-latency-live-v5",
      type: "dynamic",
      availabilityStartTime: "2026-01-01T00:00:00.000Z",
      publishTime: "2026-01-01T00:00:01.000Z",
      minimumUpdatePeriod: "PT2S",
      timeShiftBufferDepth: "PT7200S",
      suggestedPresentationDelay: "PT0.6S",
      minBufferTime: "PT0.4S",
      maxSegmentDuration: "PT2S",
    });
  });

  it("keeps to the order of the schema", () => {
    const names = (element: XmlElement | undefined) => element?.children.map(({ name }) => name);
    const root = mpd({ periods: [period(), period({ id: "1.9", startS: 30 })] });
    expect(names(root)).toEqual(["ServiceDescription", "Period", "Period", "UTCTiming"]);
    expect(names(find(root, "Period", "AdaptationSet")[0])).toEqual([
      "ProducerReferenceTime",
      "Role",
      "SegmentTemplate",
      "Representation",
    ]);
  });

  it("tells the target latency, and from which clock it is counted", () => {
    const root = mpd();
    expect(find(root, "ServiceDescription", "Latency")[0]?.attributes).toEqual({
      target: "1000",
      min: "600",
      max: "3000",
      referenceId: "0",
    });
    expect(find(root, "ServiceDescription", "PlaybackRate")[0]?.attributes).toEqual({
      min: "0.95",
      max: "1.05",
    });
    expect(find(root, "UTCTiming")[0]?.attributes).toEqual({
      schemeIdUri: "urn:mpeg:dash:utc:http-xsdate:2014",
      value: "/time",
    });
    const [reference] = find(root, "Period", "AdaptationSet", "ProducerReferenceTime");
    expect(reference?.attributes).toMatchObject({
      id: "0",
      inband: "true",
      type: "encoder",
      wallClockTime: "2026-01-01T00:00:00.000Z",
      presentationTime: "0",
    });
  });

  it("lets segments be asked for before they are whole", () => {
    for (const { attributes } of find(mpd(), "Period", "AdaptationSet", "SegmentTemplate")) {
      expect(attributes).toMatchObject({
        availabilityTimeOffset: "1.800",
        availabilityTimeComplete: "false",
      });
    }
  });

  it("says nothing of chunks where there are none", () => {
    const root = mpd({ live: { ...live, latency: { ...live.latency, chunked: undefined } } });
    const [template] = find(root, "Period", "AdaptationSet", "SegmentTemplate");
    expect(template?.attributes).not.toHaveProperty("availabilityTimeOffset");
    expect(template?.attributes).not.toHaveProperty("availabilityTimeComplete");
    expect(root.attributes["profiles"]).not.toContain("low-latency");
  });

  it("puts media time on the presentation's timeline by each Period's offset", () => {
    const root = mpd({
      periods: [period({ id: "1.7", startS: 20.5, startNumber: 7, mediaStart: 1_845_000, durationS: 6.2 })],
    });
    expect(find(root, "Period")[0]?.attributes).toEqual({ id: "1.7", start: "PT20.5S", duration: "PT6.2S" });
    expect(find(root, "Period", "AdaptationSet", "SegmentTemplate")[0]?.attributes).toMatchObject({
      timescale: "90000",
      duration: "180000",
      startNumber: "7",
      presentationTimeOffset: "1845000",
      media: "$RepresentationID$/$Number$.m4s",
      initialization: "$RepresentationID$/init-0.mp4",
    });
  });
});

describe("renditions", () => {
  it.each([
    [30, "30"],
    [59.94005994, "60000/1001"],
    [23.976023976, "24000/1001"],
    [12.5, "12500/1000"],
  ])("at %d frames a second are said to have %s", (frameRate, written) => {
    const root = mpd({ periods: [period({ representations: [video({ frameRate })] })] });
    const [representation] = find(root, "Period", "AdaptationSet", "Representation");
    expect(representation?.attributes["frameRate"]).toBe(written);
  });

  it("of sound tell how many channels there are", () => {
    const root = mpd({ periods: [period({ representations: [{ ...audio, channels: 8 }] })] });
    expect(find(root, "Period", "AdaptationSet")).toHaveLength(1);
    const [layout] = find(root, "Period", "AdaptationSet", "Representation", "AudioChannelConfiguration");
    expect(layout?.attributes["value"]).toBe("12");
  });

  it("have names that are escaped", () => {
    const text = writeMpd({
      live,
      minBufferTimeS: 1,
      maxSegmentDurationS: 2,
      periods: [period({ id: '<"&>' })],
    });
    expect(text).toContain('id="&lt;&quot;&amp;&gt;"');
  });
});

describe("a manifest of what is over", () => {
  const text = writeMpd({
    live: undefined,
    minBufferTimeS: 2,
    maxSegmentDurationS: 2,
    periods: [period({ durationS: 6 }), period({ id: "1.3", startS: 9, durationS: 3.25 })],
  });

  it("is static, as long as its last Period reaches, and knows no clock", () => {
    const root = readXml(text);
    expect(root.attributes).toEqual({
      xmlns: "urn:mpeg:dash:schema:mpd:2011",
      profiles: "urn:mpeg:dash:profile:isoff-live:2011,urn:mpeg:dash:profile:cmaf:2019",
      type: "static",
      mediaPresentationDuration: "PT12.25S",
      minBufferTime: "PT2S",
      maxSegmentDuration: "PT2S",
    });
    expect(root.children.map(({ name }) => name)).toEqual(["Period", "Period"]);
  });

  it("ends each Period where its media ends", () => {
    const { periods } = readMpd(text, "http://host/media/id/manifest.mpd");
    expect(periods.map(({ startS, endS }) => [startS, endS])).toEqual([
      [0, 6],
      [9, 12.25],
    ]);
  });
});
