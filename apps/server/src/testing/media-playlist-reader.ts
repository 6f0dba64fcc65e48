/** Reads media playlists by RFC 8216bis, from the text alone, as a player of somebody else's would. */
export interface ListedPart {
  readonly seq: number;
  readonly part: number;
  readonly uri: string;
  readonly durationS: number;
  readonly independent: boolean;
}

export interface ListedSegment {
  readonly seq: number;
  readonly uri: string;
  readonly durationS: number;
  readonly discontinuity: boolean;
  readonly gap: boolean;
  readonly programDateMs: number | undefined;
  readonly map: string;
  readonly parts: readonly ListedPart[];
}

export interface MediaPlaylist {
  readonly text: string;
  readonly version: number;
  readonly targetDurationS: number;
  readonly mediaSequence: number;
  readonly discontinuitySequence: number;
  readonly ended: boolean;
  /** Those that a delta update left out come before them. */
  readonly segments: readonly ListedSegment[];
  /** 0: this is the whole playlist. */
  readonly skipped: number;
  readonly serverControl: Readonly<Record<string, string>>;
  readonly partTargetS: number | undefined;
  /** Parts of the segment that is being made. */
  readonly open: Pick<ListedSegment, "seq" | "parts" | "discontinuity" | "programDateMs" | "map">;
  readonly preloadHint: { readonly type: string; readonly uri: string } | undefined;
  readonly reports: readonly { readonly uri: string; readonly lastMsn: number; readonly lastPart: number }[];
}

interface Pending {
  durationS: number;
  discontinuity: boolean;
  gap: boolean;
  programDateMs: number | undefined;
  parts: ListedPart[];
}

const nothing = (): Pending => ({
  durationS: 0,
  discontinuity: false,
  gap: false,
  programDateMs: undefined,
  parts: [],
});

/** `url`: of the playlist; its URIs are relative to it. */
export function parseMediaPlaylist(text: string, url: string): MediaPlaylist {
  const absolute = (uri: string | undefined): string => new URL(uri ?? "", url).href;
  const header = (name: string): Record<string, string> =>
    attributesOf(text.split("\n").find((line) => line.startsWith(`#EXT-X-${name}:`)) ?? ":");
  const mediaSequence = numberAfter(text, "#EXT-X-MEDIA-SEQUENCE:");
  const skipped = numberAfter(text, "#EXT-X-SKIP:SKIPPED-SEGMENTS=");
  const segments: ListedSegment[] = [];
  const reports: MediaPlaylist["reports"][number][] = [];
  let map = "";
  let pending = nothing();
  const seq = (): number => mediaSequence + skipped + segments.length;
  for (const line of text.split("\n")) {
    const attributes = attributesOf(line);
    if (line.startsWith("#EXT-X-MAP:")) map = absolute(attributes["URI"]);
    else if (line.startsWith("#EXTINF:")) pending.durationS = Number.parseFloat(line.slice(8));
    else if (line === "#EXT-X-DISCONTINUITY") pending.discontinuity = true;
    else if (line === "#EXT-X-GAP") pending.gap = true;
    else if (line.startsWith("#EXT-X-PROGRAM-DATE-TIME:")) pending.programDateMs = Date.parse(line.slice(25));
    else if (line.startsWith("#EXT-X-PART:")) {
      pending.parts.push({
        seq: seq(),
        part: pending.parts.length,
        uri: absolute(attributes["URI"]),
        durationS: Number(attributes["DURATION"]),
        independent: attributes["INDEPENDENT"] === "YES",
      });
    } else if (line.startsWith("#EXT-X-RENDITION-REPORT:")) {
      reports.push({
        uri: absolute(attributes["URI"]),
        lastMsn: Number(attributes["LAST-MSN"]),
        lastPart: Number(attributes["LAST-PART"] ?? -1),
      });
    } else if (line !== "" && !line.startsWith("#")) {
      segments.push({ ...pending, seq: seq(), uri: absolute(line), map });
      pending = nothing();
    }
  }
  const hint = header("PRELOAD-HINT");
  const partTarget = header("PART-INF")["PART-TARGET"];
  return {
    text,
    version: numberAfter(text, "#EXT-X-VERSION:"),
    targetDurationS: numberAfter(text, "#EXT-X-TARGETDURATION:"),
    mediaSequence,
    discontinuitySequence: numberAfter(text, "#EXT-X-DISCONTINUITY-SEQUENCE:"),
    ended: text.includes("#EXT-X-ENDLIST"),
    segments,
    skipped,
    serverControl: header("SERVER-CONTROL"),
    partTargetS: partTarget === undefined ? undefined : Number(partTarget),
    open: { ...pending, seq: seq(), map },
    preloadHint:
      hint["URI"] === undefined ? undefined : { type: hint["TYPE"] ?? "", uri: absolute(hint["URI"]) },
    reports,
  };
}

/**
 * The whole playlist out of a delta update and the playlist before it (§6.2.5.1): what was skipped is what
 * the client has, and its map goes on.
 */
export function applyDelta(before: MediaPlaylist, delta: MediaPlaylist): MediaPlaylist {
  if (delta.skipped === 0) return delta;
  const from = delta.mediaSequence - before.mediaSequence;
  const kept = before.segments.slice(Math.max(0, from), from + delta.skipped);
  if (before.skipped > 0 || kept.length !== delta.skipped) {
    throw new Error("the client does not have what the delta leaves out: it must ask for the whole playlist");
  }
  const map = kept.at(-1)?.map ?? "";
  const mapped = <T extends { readonly map: string }>(each: T): T =>
    each.map === "" ? { ...each, map } : each;
  const old = kept.map((segment) => ({ ...segment, parts: [] }));
  const segments = [...old, ...delta.segments.map(mapped)];
  return { ...delta, version: before.version, skipped: 0, segments, open: mapped(delta.open) };
}

function numberAfter(text: string, tag: string): number {
  const at = text.indexOf(tag);
  return at < 0 ? 0 : Number.parseFloat(text.slice(at + tag.length));
}

/** Attribute lists (RFC 8216 §4.2): quoted strings may hold commas. */
export function attributesOf(line: string): Record<string, string> {
  const list = line.slice(line.indexOf(":") + 1);
  return Object.fromEntries(
    [...list.matchAll(/([A-Z0-9-]+)=("[^"]*"|[^,]*)/g)].map(([, name = "", value = ""]) => [
      name,
      value.replace(/^"|"$/g, ""),
    ]),
  );
}
