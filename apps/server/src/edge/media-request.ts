import type { IncomingMessage } from "node:http";

/** What an answer of the media origin depends on, and nothing else: who asks for the same shares it. */
export interface MediaRequest {
  readonly key: string;
  /** Path and query for the origin. */
  readonly url: string;
  readonly gzip: boolean;
}

/** Plain names and numbers below /media/; whatever else there is, the origin has not. */
const PATH = /^\/media\/[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)+$/;
/** Compressed where that helps; media are compressed already. */
const TEXT = /\.(?:m3u8|mpd|vtt)$/;
const MAX_URL = 512;

/**
 * Players add queries of their own (CMCD differs with each of them): only delivery directives (RFC 8216bis
 * §6.2.5) change an answer, and only that of a playlist. Undefined: no address of the media origin.
 */
export function readMediaRequest(req: IncomingMessage): MediaRequest | undefined {
  const { url = "" } = req;
  const question = url.indexOf("?");
  const path = question < 0 ? url : url.slice(0, question);
  if (path.length > MAX_URL || !PATH.test(path)) return undefined;
  const isText = TEXT.test(path);
  const query = question < 0 || !isText ? "" : directivesOf(url.slice(question + 1));
  const gzip = isText && takesGzip(req.headers["accept-encoding"]);
  const full = query === "" ? path : `${path}?${query}`;
  return { key: gzip ? `${full} gzip` : full, url: full, gzip };
}

function directivesOf(query: string): string {
  if (query.length > MAX_URL) return "";
  const directives = query.split("&").filter((parameter) => parameter.startsWith("_HLS_"));
  // The same directives in another order ask for the same.
  return directives.sort().join("&");
}

const takesGzip = (header: string | string[] | undefined): boolean =>
  String(header ?? "")
    .toLowerCase()
    .split(",")
    .some((each) => /^\s*(gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/.test(each));
