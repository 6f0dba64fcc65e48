import { quoted, tag } from "./attributes.ts";

/** One line of a media playlist (RFC 8216bis §4.4.4): a whole segment, or a gap where its bytes are not. */
export interface PlaylistSegment {
  readonly uri: string;
  readonly durationS: number;
  /** Wall clock of its first sample, milliseconds since 1970. */
  readonly programDateMs: number;
  /** Init segment; undefined only where nothing was ever made (a gap). */
  readonly mapUri: string | undefined;
  /** Number of the run; a change is a discontinuity, and so the discontinuity sequence number. */
  readonly discontinuity: number;
  readonly gap: boolean;
}

export interface MediaPlaylist {
  /** Whole seconds, the same for the stream's whole life (§4.4.3.1). */
  readonly targetDurationS: number;
  readonly mediaSequence: number;
  readonly segments: readonly PlaylistSegment[];
  readonly ended: boolean;
}

/** `EXT-X-MAP` in a playlist of whole frames needs 6 (§8). */
export const PLAYLIST_VERSION = 6;

/** Ends in a newline; `\n` line ends. */
export function writeMediaPlaylist(playlist: MediaPlaylist): string {
  const { targetDurationS, segments } = playlist;
  const lines = [
    "#EXTM3U",
    `#EXT-X-VERSION:${PLAYLIST_VERSION}`,
    `#EXT-X-TARGETDURATION:${targetDurationS}`,
    tag("SERVER-CONTROL", {
      "CAN-BLOCK-RELOAD": "YES",
      // At least three target durations (§4.4.3.8).
      "HOLD-BACK": (3 * targetDurationS).toFixed(1),
    }),
    `#EXT-X-MEDIA-SEQUENCE:${playlist.mediaSequence}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${segments[0]?.discontinuity ?? 0}`,
    "#EXT-X-INDEPENDENT-SEGMENTS",
  ];
  let previous: PlaylistSegment | undefined;
  let mapUri: string | undefined;
  for (const segment of segments) {
    // The first segment's number is the header's, so its own tag would count twice (§4.4.3.3).
    if (previous !== undefined && previous.discontinuity !== segment.discontinuity) {
      lines.push("#EXT-X-DISCONTINUITY");
      mapUri = undefined;
    }
    if (segment.mapUri !== undefined && segment.mapUri !== mapUri) {
      lines.push(tag("MAP", { URI: quoted(segment.mapUri) }));
      mapUri = segment.mapUri;
    }
    lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.programDateMs).toISOString()}`);
    if (segment.gap) lines.push("#EXT-X-GAP");
    lines.push(`#EXTINF:${segment.durationS.toFixed(5)},`, segment.uri);
    previous = segment;
  }
  if (playlist.ended) lines.push("#EXT-X-ENDLIST");
  return `${lines.join("\n")}\n`;
}
