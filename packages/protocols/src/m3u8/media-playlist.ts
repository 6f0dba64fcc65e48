import { quoted, tag } from "./attributes.ts";

/** A partial segment (RFC 8216bis §4.4.4.9). */
export interface PlaylistPart {
  readonly uri: string;
  readonly durationS: number;
  readonly independent: boolean;
}

/** What stands before a segment's first part, or before the segment itself (§4.4.4). */
export interface SegmentLead {
  /** A discontinuity comes before it. */
  readonly discontinuity: boolean;
  /** Init segment, where it is another than the last one named. */
  readonly mapUri: string | undefined;
  /** Wall clock of its first sample, milliseconds since 1970. */
  readonly programDateMs: number;
}

/** A whole segment, or a gap where its bytes are not. */
export interface PlaylistSegment extends SegmentLead {
  readonly uri: string;
  readonly durationS: number;
  readonly gap: boolean;
  readonly parts: readonly PlaylistPart[];
}

/** Where another rendition's playlist stands (§4.4.5.4). */
export interface RenditionReport {
  readonly uri: string;
  readonly lastMsn: number;
  readonly lastPart: number | undefined;
}

/** What a low-latency playlist has besides (§4.4.3.7, §4.4.5). */
export interface LowLatency {
  readonly partTargetS: number;
  /** The segment that is being made, once it has a part. */
  readonly open: (SegmentLead & { readonly parts: readonly PlaylistPart[] }) | undefined;
  readonly preloadHintUri: string;
  readonly reports: readonly RenditionReport[];
}

export interface MediaPlaylist {
  /** Whole seconds, the same for the stream's whole life (§4.4.3.1). */
  readonly targetDurationS: number;
  readonly mediaSequence: number;
  /** Number of the discontinuity that the first segment comes after. */
  readonly discontinuitySequence: number;
  /** Segments left out at the start of a delta update (§6.2.5.1); 0 for the whole playlist. */
  readonly skipped: number;
  /** Those after the skipped ones, each as `writeSegment` gives it. */
  readonly segments: readonly string[];
  readonly lowLatency: LowLatency | undefined;
  readonly ended: boolean;
}

/** `EXT-X-MAP` in a playlist of whole frames needs 6, `EXT-X-SKIP` 9 (§8). */
const VERSION = 6;
const VERSION_OF_DELTAS = 9;

/** A delta leaves out what is further than this from the end: at least six target durations (§4.4.3.8). */
export const skipBoundaryS = (targetDurationS: number): number => 6 * targetDurationS;

/** Ends in a newline; `\n` line ends. */
export function writeMediaPlaylist(playlist: MediaPlaylist): string {
  const { targetDurationS, lowLatency } = playlist;
  const lines = [
    "#EXTM3U",
    `#EXT-X-VERSION:${playlist.skipped > 0 ? VERSION_OF_DELTAS : VERSION}`,
    `#EXT-X-TARGETDURATION:${targetDurationS}`,
    tag("SERVER-CONTROL", {
      "CAN-BLOCK-RELOAD": "YES",
      "CAN-SKIP-UNTIL": skipBoundaryS(targetDurationS).toFixed(1),
      // At least three target durations, and three part targets (§4.4.3.8).
      "HOLD-BACK": (3 * targetDurationS).toFixed(1),
      "PART-HOLD-BACK": lowLatency && partHoldBack(upTo(lowLatency.partTargetS)),
    }),
    ...(lowLatency ? [tag("PART-INF", { "PART-TARGET": upTo(lowLatency.partTargetS) })] : []),
    `#EXT-X-MEDIA-SEQUENCE:${playlist.mediaSequence}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${playlist.discontinuitySequence}`,
    "#EXT-X-INDEPENDENT-SEGMENTS",
    ...(playlist.skipped > 0 ? [tag("SKIP", { "SKIPPED-SEGMENTS": playlist.skipped })] : []),
    ...playlist.segments,
  ];
  if (playlist.ended) lines.push("#EXT-X-ENDLIST");
  else if (lowLatency) lines.push(...liveEdge(lowLatency));
  return `${lines.join("\n")}\n`;
}

/** All lines of one segment, without a newline at the end: parts come before their segment's EXTINF. */
export function writeSegment(segment: PlaylistSegment): string {
  const lines = [...leadLines(segment), ...segment.parts.map(writePart)];
  if (segment.gap) lines.push("#EXT-X-GAP");
  lines.push(`#EXTINF:${segment.durationS.toFixed(5)},`, segment.uri);
  return lines.join("\n");
}

function liveEdge({ open, preloadHintUri, reports }: LowLatency): string[] {
  return [
    ...(open === undefined ? [] : [...leadLines(open), ...open.parts.map(writePart)]),
    tag("PRELOAD-HINT", { TYPE: "PART", URI: quoted(preloadHintUri) }),
    ...reports.map(({ uri, lastMsn, lastPart }) =>
      tag("RENDITION-REPORT", { URI: quoted(uri), "LAST-MSN": lastMsn, "LAST-PART": lastPart }),
    ),
  ];
}

function leadLines({ discontinuity, mapUri, programDateMs }: SegmentLead): string[] {
  return [
    ...(discontinuity ? ["#EXT-X-DISCONTINUITY"] : []),
    ...(mapUri === undefined ? [] : [tag("MAP", { URI: quoted(mapUri) })]),
    `#EXT-X-PROGRAM-DATE-TIME:${new Date(programDateMs).toISOString()}`,
  ];
}

const writePart = ({ uri, durationS, independent }: PlaylistPart): string =>
  tag("PART", {
    DURATION: durationS.toFixed(5),
    URI: quoted(uri),
    INDEPENDENT: independent ? "YES" : undefined,
  });

/** Three times what is written as PART-TARGET, and a hair: in floating point 3 × 0.2 is more than 0.6. */
const partHoldBack = (partTarget: string): string => (3 * Number(partTarget) + 1e-5).toFixed(5);

/** Rounded up, so that no part is longer than what is said. */
const upTo = (seconds: number): string => (Math.ceil(seconds * 1e5 - 1e-6) / 1e5).toFixed(5);
