import type { StreamId } from "@footlight/shared";

/** What a media URL asks for. */
export type MediaResource =
  /** `parts`: of the low-latency tier. */
  | { readonly kind: "master"; readonly parts: boolean }
  | { readonly kind: "manifest" }
  | { readonly kind: "thumbnail" }
  | { readonly kind: "storyboard" }
  /** A sheet of the storyboard's pictures. */
  | { readonly kind: "sheet"; readonly number: number }
  | { readonly kind: "playlist"; readonly rendition: string; readonly parts: boolean }
  | { readonly kind: "init"; readonly rendition: string; readonly run: number }
  | { readonly kind: "segment"; readonly rendition: string; readonly seq: number }
  | { readonly kind: "part"; readonly rendition: string; readonly seq: number; readonly part: number };

export interface MediaPath {
  readonly streamId: StreamId;
  readonly resource: MediaResource;
}

export const MEDIA_PREFIX = "/media/";

/** Numbers are plain decimals without leading zeros: each resource has one URL. */
const PATH =
  /^\/media\/([A-Za-z0-9_-]{8,64})\/(?:(master|ll)\.m3u8|(manifest\.mpd)|(thumbnail\.jpg)|(storyboard\.vtt)|storyboard-(0|[1-9]\d{0,8})\.jpg|([a-z0-9]{1,16})\/(?:(index|ll)\.m3u8|init-(0|[1-9]\d{0,8})\.mp4|(0|[1-9]\d{0,8})(?:\.(0|[1-9]\d{0,3}))?\.m4s))$/;

/**
 * Undefined for whatever is not exactly one of ours: nothing is decoded, so `%2e`, `..`, `//`, NUL
 * and backslashes are simply other characters than those allowed.
 */
export function parseMediaPath(path: string): MediaPath | undefined {
  const match = PATH.exec(path);
  if (match === null) return undefined;
  const [, id, master, manifest, thumbnail, storyboard, sheet, ...media] = match;
  const [rendition, playlist, run, seq, part] = media;
  const streamId = id as StreamId;
  if (master !== undefined) return { streamId, resource: { kind: "master", parts: master === "ll" } };
  if (manifest !== undefined) return { streamId, resource: { kind: "manifest" } };
  if (thumbnail !== undefined) return { streamId, resource: { kind: "thumbnail" } };
  if (storyboard !== undefined) return { streamId, resource: { kind: "storyboard" } };
  if (sheet !== undefined) return { streamId, resource: { kind: "sheet", number: Number(sheet) } };
  if (rendition === undefined) return undefined;
  if (playlist !== undefined) {
    return { streamId, resource: { kind: "playlist", rendition, parts: playlist === "ll" } };
  }
  if (run !== undefined) return { streamId, resource: { kind: "init", rendition, run: Number(run) } };
  if (part !== undefined) {
    return { streamId, resource: { kind: "part", rendition, seq: Number(seq), part: Number(part) } };
  }
  return { streamId, resource: { kind: "segment", rendition, seq: Number(seq) } };
}

/** Delivery directives of a playlist request (RFC 8216bis §6.2.5). */
export interface Directives {
  /** The playlist is to be held until it lists this. */
  readonly until: { readonly msn: number; readonly part: number | undefined } | undefined;
  /** A delta update will do. */
  readonly skip: boolean;
  /** What is wrong with them. */
  readonly fault: string | undefined;
}

export const NO_DIRECTIVES: Directives = { until: undefined, skip: false, fault: undefined };

const NUMBER = /^\d{1,12}$/;

/** Other parameters are ignored; a directive that is given twice or is no number is refused. */
export function parseDirectives(query: string): Directives {
  if (!query.includes("_HLS_")) return NO_DIRECTIVES;
  const parameters = new URLSearchParams(query);
  const msns = parameters.getAll("_HLS_msn");
  const parts = parameters.getAll("_HLS_part");
  const skips = parameters.getAll("_HLS_skip");
  const faulty = (fault: string): Directives => ({ ...NO_DIRECTIVES, fault });
  if (msns.length > 1 || parts.length > 1 || skips.length > 1) return faulty("a directive is given twice");
  const [msn, part] = [msns[0], parts[0]];
  if (msn !== undefined && !NUMBER.test(msn)) return faulty("_HLS_msn is not a number");
  if (part !== undefined && !NUMBER.test(part)) return faulty("_HLS_part is not a number");
  if (msn === undefined && part !== undefined) return faulty("_HLS_part needs _HLS_msn");
  return {
    until:
      msn === undefined
        ? undefined
        : { msn: Number(msn), part: part === undefined ? undefined : Number(part) },
    // `v2` also lets date ranges be left out, of which there are none.
    skip: skips[0] === "YES" || skips[0] === "v2",
    fault: undefined,
  };
}
