import { type Element, element, writeXml } from "./xml.ts";

/** A rendition in a Period (ISO/IEC 23009-1 §5.3.5). `id` is also the folder of its segments. */
export type MpdRepresentation =
  | {
      readonly kind: "video";
      readonly id: string;
      readonly codec: string;
      readonly bandwidthBps: number;
      readonly width: number;
      readonly height: number;
      /** Frames a second. */
      readonly frameRate: number;
    }
  | {
      readonly kind: "audio";
      readonly id: string;
      readonly codec: string;
      readonly bandwidthBps: number;
      readonly sampleRate: number;
      readonly channels: number;
    };

/** A stretch in which the same renditions have every segment, all of one length but the last. */
export interface MpdPeriod {
  readonly id: string;
  /** On the presentation's timeline. */
  readonly startS: number;
  /** Undefined while it goes on, and where the next Period follows at once. */
  readonly durationS: number | undefined;
  /** Number of its first segment. */
  readonly startNumber: number;
  /** Length of a segment, and the media time at which the Period starts, in ticks of `timescale`. */
  readonly segmentDuration: number;
  readonly mediaStart: number;
  readonly timescale: number;
  /** URI of the init segment, after the rendition's folder. */
  readonly initialization: string;
  /** Wall clock of the Period's start: of capturing, or of what came in from the encoder. */
  readonly reference: { readonly type: "captured" | "encoder"; readonly wallClockMs: number };
  readonly representations: readonly MpdRepresentation[];
}

export interface MpdLive {
  /** Wall clock of the presentation's time zero. */
  readonly availabilityStartMs: number;
  readonly publishMs: number;
  readonly minimumUpdatePeriodS: number;
  readonly timeShiftBufferDepthS: number;
  readonly latency: MpdLatency;
  /** Where a player learns the time in ISO 8601 (§5.8.4.11). */
  readonly timeUri: string;
}

export interface MpdLatency {
  readonly targetMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  /** For players that know of no target: behind the newest that is available. */
  readonly presentationDelayS: number;
  /** How far players may turn their speed up or down to get there. */
  readonly rateRange: number;
  /** Segments are given out chunk by chunk: the first one so long before the segment's end. */
  readonly chunked: { readonly availabilityTimeOffsetS: number } | undefined;
}

export interface Mpd {
  /** Undefined once the stream is over. */
  readonly live: MpdLive | undefined;
  readonly minBufferTimeS: number;
  readonly maxSegmentDurationS: number;
  readonly periods: readonly MpdPeriod[];
}

const PROFILES = ["urn:mpeg:dash:profile:isoff-live:2011", "urn:mpeg:dash:profile:cmaf:2019"];
const LOW_LATENCY_PROFILE = "http://www.dashif.org/guidelines/low-latency-live-v5";
const MEDIA = "$RepresentationID$/$Number$.m4s";
/** The producer reference time of the pictures, by which latency is measured (Annex K.3.2). */
const MAIN_REFERENCE = 0;
const AUDIO_REFERENCE = 1;

/** A manifest of the live profile with numbered segments, by DASH-IF's rules for low latency. */
export function writeMpd(mpd: Mpd): string {
  const { live, periods } = mpd;
  const last = periods.at(-1);
  const profiles = live?.latency.chunked === undefined ? PROFILES : [...PROFILES, LOW_LATENCY_PROFILE];
  return writeXml(
    element(
      "MPD",
      {
        xmlns: "urn:mpeg:dash:schema:mpd:2011",
        profiles: profiles.join(","),
        type: live === undefined ? "static" : "dynamic",
        ...(live === undefined
          ? { mediaPresentationDuration: duration(last === undefined ? 0 : endS(last)) }
          : liveAttributes(live)),
        minBufferTime: duration(mpd.minBufferTimeS),
        maxSegmentDuration: duration(mpd.maxSegmentDurationS),
      },
      [
        live === undefined ? undefined : serviceDescription(live.latency),
        ...periods.map((each) => period(each, live)),
        live === undefined
          ? undefined
          : element("UTCTiming", {
              schemeIdUri: "urn:mpeg:dash:utc:http-xsdate:2014",
              value: live.timeUri,
            }),
      ],
    ),
  );
}

const endS = ({ startS, durationS }: MpdPeriod): number => startS + (durationS ?? 0);

function liveAttributes(live: MpdLive): Element["attributes"] {
  return {
    availabilityStartTime: dateTime(live.availabilityStartMs),
    publishTime: dateTime(live.publishMs),
    minimumUpdatePeriod: duration(live.minimumUpdatePeriodS),
    timeShiftBufferDepth: duration(live.timeShiftBufferDepthS),
    suggestedPresentationDelay: duration(live.latency.presentationDelayS),
  };
}

function serviceDescription({ targetMs, minMs, maxMs, rateRange }: MpdLatency): Element {
  return element("ServiceDescription", { id: 0 }, [
    element("Latency", { target: targetMs, min: minMs, max: maxMs, referenceId: MAIN_REFERENCE }),
    element("PlaybackRate", { min: (1 - rateRange).toFixed(2), max: (1 + rateRange).toFixed(2) }),
  ]);
}

function period(of: MpdPeriod, live: MpdLive | undefined): Element {
  const sets = (["video", "audio"] as const).map((kind) =>
    of.representations.some((each) => each.kind === kind) ? adaptationSet(of, kind, live) : undefined,
  );
  return element("Period", { id: of.id, start: duration(of.startS), duration: duration(of.durationS) }, sets);
}

function adaptationSet(of: MpdPeriod, kind: "video" | "audio", live: MpdLive | undefined): Element {
  const chunked = live?.latency.chunked;
  return element(
    "AdaptationSet",
    {
      id: kind === "video" ? 0 : 1,
      contentType: kind,
      mimeType: `${kind}/mp4`,
      segmentAlignment: true,
      startWithSAP: 1,
    },
    [
      live === undefined ? undefined : producerReferenceTime(of, kind, live),
      element("Role", { schemeIdUri: "urn:mpeg:dash:role:2011", value: "main" }),
      element("SegmentTemplate", {
        timescale: of.timescale,
        duration: of.segmentDuration,
        startNumber: of.startNumber,
        presentationTimeOffset: of.mediaStart,
        media: MEDIA,
        initialization: `$RepresentationID$/${of.initialization}`,
        availabilityTimeOffset: chunked?.availabilityTimeOffsetS.toFixed(3),
        // What a segment is said to be available of is not the whole of it (§5.3.9.5.1).
        availabilityTimeComplete: chunked === undefined ? undefined : false,
      }),
      ...of.representations.filter((each) => each.kind === kind).map(representation),
    ],
  );
}

/** The segments carry it too, as `prft` (§5.12). */
function producerReferenceTime(of: MpdPeriod, kind: "video" | "audio", live: MpdLive): Element {
  return element(
    "ProducerReferenceTime",
    {
      id: kind === "video" ? MAIN_REFERENCE : AUDIO_REFERENCE,
      inband: true,
      type: of.reference.type,
      wallClockTime: dateTime(of.reference.wallClockMs),
      presentationTime: of.mediaStart,
    },
    [element("UTCTiming", { schemeIdUri: "urn:mpeg:dash:utc:http-xsdate:2014", value: live.timeUri })],
  );
}

function representation(of: MpdRepresentation): Element {
  const common = { id: of.id, codecs: of.codec, bandwidth: of.bandwidthBps };
  if (of.kind === "video") {
    const { width, height } = of;
    return element("Representation", { ...common, width, height, frameRate: frameRate(of.frameRate) });
  }
  return element("Representation", { ...common, audioSamplingRate: of.sampleRate }, [
    element("AudioChannelConfiguration", {
      schemeIdUri: "urn:mpeg:mpegB:cicp:ChannelConfiguration",
      value: channelConfiguration(of.channels),
    }),
  ]);
}

/** ISO/IEC 23091-3: 1 to 6 are their own number, 7.1 is 12. */
const channelConfiguration = (channels: number): number => (channels === 8 ? 12 : channels);

/** Frames a second as the fraction that they are (§5.3.7.2): 30, 30000/1001. */
function frameRate(fps: number): string | undefined {
  if (fps <= 0) return undefined;
  const [whole, ntsc] = [Math.round(fps), Math.round(fps * 1.001)];
  if (Math.abs(fps - whole) < 0.001) return String(whole);
  if (Math.abs(fps * 1.001 - ntsc) < 0.001) return `${ntsc * 1_000}/1001`;
  return `${Math.round(fps * 1_000)}/1000`;
}

/** Microseconds: finer than a tick, so that no Period begins within the segment of another. */
const duration = (seconds: number | undefined): string | undefined =>
  seconds === undefined ? undefined : `PT${seconds.toFixed(6).replace(/\.?0+$/, "")}S`;

const dateTime = (ms: number): string => new Date(ms).toISOString();
