import type { StreamId } from "@footlight/shared";

/** What a media URL asks for. */
export type MediaResource =
  | { readonly kind: "master" }
  | { readonly kind: "thumbnail" }
  | { readonly kind: "playlist"; readonly rendition: string }
  | { readonly kind: "init"; readonly rendition: string; readonly run: number }
  | { readonly kind: "segment"; readonly rendition: string; readonly seq: number };

export interface MediaPath {
  readonly streamId: StreamId;
  readonly resource: MediaResource;
}

export const MEDIA_PREFIX = "/media/";

/** Numbers are plain decimals without leading zeros: each resource has one URL. */
const PATH =
  /^\/media\/([A-Za-z0-9_-]{8,64})\/(?:(master\.m3u8)|(thumbnail\.jpg)|([a-z0-9]{1,16})\/(?:(index\.m3u8)|init-(0|[1-9]\d{0,8})\.mp4|(0|[1-9]\d{0,8})\.m4s))$/;

/**
 * Undefined for whatever is not exactly one of ours: nothing is decoded, so `%2e`, `..`, `//`, NUL
 * and backslashes are simply other characters than those allowed.
 */
export function parseMediaPath(path: string): MediaPath | undefined {
  const match = PATH.exec(path);
  if (match === null) return undefined;
  const [, id, master, thumbnail, rendition, playlist, run, seq] = match;
  const streamId = id as StreamId;
  if (master !== undefined) return { streamId, resource: { kind: "master" } };
  if (thumbnail !== undefined) return { streamId, resource: { kind: "thumbnail" } };
  if (rendition === undefined) return undefined;
  if (playlist !== undefined) return { streamId, resource: { kind: "playlist", rendition } };
  if (run !== undefined) return { streamId, resource: { kind: "init", rendition, run: Number(run) } };
  return { streamId, resource: { kind: "segment", rendition, seq: Number(seq) } };
}

/** Delivery directives of a playlist request (RFC 8216bis §6.2.5). */
export type Directives =
  | { readonly kind: "none" }
  | { readonly kind: "block"; readonly msn: number }
  | { readonly kind: "invalid"; readonly detail: string };

const NUMBER = /^\d{1,12}$/;

/** Other parameters are ignored; a directive that is given twice or is no number is refused. */
export function parseDirectives(query: string): Directives {
  if (!query.includes("_HLS_")) return { kind: "none" };
  const parameters = new URLSearchParams(query);
  const msns = parameters.getAll("_HLS_msn");
  const parts = parameters.getAll("_HLS_part");
  const invalid = (detail: string): Directives => ({ kind: "invalid", detail });
  if (msns.length > 1 || parts.length > 1) return invalid("a directive is given twice");
  const [msn, part] = [msns[0], parts[0]];
  if (msn !== undefined && !NUMBER.test(msn)) return invalid("_HLS_msn is not a number");
  if (part !== undefined && !NUMBER.test(part)) return invalid("_HLS_part is not a number");
  if (msn === undefined) {
    return part === undefined ? { kind: "none" } : invalid("_HLS_part needs _HLS_msn");
  }
  return { kind: "block", msn: Number(msn) };
}
