import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { ERROR_STATUS, type ErrorCode } from "@footlight/shared";
import type { PlaylistBody } from "./playlist-body.ts";
import { isGone } from "./response-state.ts";

/** Writes answers of the media origin: conditional, ranged, compressed, for GET and HEAD. */

const CORS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "Content-Length, Content-Range, ETag, Date, Age, Server-Timing",
  // Pages that isolate themselves may embed media too.
  "cross-origin-resource-policy": "cross-origin",
  // Players elsewhere may know when bytes came (Resource Timing §4.5): their choice of quality lives on it.
  "timing-allow-origin": "*",
} as const;

export const CACHE_IMMUTABLE = "public, max-age=31536000, immutable";

const TITLES: Partial<Record<ErrorCode, string>> = {
  invalid_request: "The request is not valid",
  forbidden: "Not allowed",
  not_found: "Nothing here",
  stream_not_found: "No such stream",
  method_not_allowed: "This method is not offered here",
  rate_limited: "Too many requests wait",
  unavailable: "Not available now",
  internal_error: "Something went wrong",
};

export function answerPreflight(res: ServerResponse): void {
  res.writeHead(204, {
    ...CORS,
    "access-control-allow-methods": "GET, HEAD, OPTIONS",
    "access-control-allow-headers": "*, Authorization, Range, If-None-Match",
    "access-control-max-age": "86400",
    "cache-control": "public, max-age=86400",
  });
  res.end();
}

/** RFC 9457. A 404 may be kept for a second, so that a crowd that asks too early is asked by the cache. */
export function answerProblem(
  req: IncomingMessage,
  res: ServerResponse,
  code: ErrorCode,
  options: { detail?: string; headers?: OutgoingHttpHeaders } = {},
): void {
  const status = ERROR_STATUS[code];
  const problem = { type: "about:blank", title: TITLES[code] ?? code, status, code };
  const body = Buffer.from(
    JSON.stringify(options.detail === undefined ? problem : { ...problem, detail: options.detail }),
  );
  res.writeHead(status, {
    ...CORS,
    "content-type": "application/problem+json",
    "content-length": body.length,
    "cache-control": status === 404 ? "public, max-age=1" : "no-store",
    "x-content-type-options": "nosniff",
    ...options.headers,
  });
  if (req.method === "HEAD") res.end();
  else res.end(body);
}

/** Bytes that never change under their URL (or a picture that may). `chunks` are sent as they are. */
export function answerBytes(
  req: IncomingMessage,
  res: ServerResponse,
  body: {
    readonly chunks: readonly Uint8Array[];
    readonly byteLength: number;
    readonly type: string;
    readonly etag: string;
    readonly cacheControl: string;
  },
): void {
  const { headers } = req;
  if (headers["if-none-match"] !== undefined && matches(headers["if-none-match"], body.etag)) {
    answerNotModified(res, body);
    return;
  }
  const range = headers.range === undefined ? undefined : rangeOf(headers.range, body.byteLength);
  const wanted = headers["if-range"] === undefined || headers["if-range"] === body.etag ? range : undefined;
  if (wanted === "unsatisfiable") {
    answerUnsatisfiable(res, body.byteLength);
    return;
  }
  const length = wanted === undefined ? body.byteLength : wanted.end - wanted.start + 1;
  const head: OutgoingHttpHeaders = {
    "content-type": body.type,
    "content-length": length,
    "cache-control": body.cacheControl,
    etag: body.etag,
    "accept-ranges": "bytes",
    ...CORS,
  };
  if (wanted !== undefined) head["content-range"] = `bytes ${wanted.start}-${wanted.end}/${body.byteLength}`;
  res.writeHead(wanted === undefined ? 200 : 206, head);
  if (req.method === "HEAD") {
    res.end();
    return;
  }
  const first = body.chunks[0];
  if (wanted === undefined && body.chunks.length === 1) {
    res.end(first);
    return;
  }
  for (const piece of wanted === undefined ? body.chunks : slice(body.chunks, wanted.start, wanted.end)) {
    res.write(piece);
  }
  res.end();
}

/**
 * The head of a segment that is not whole yet: its end is not known, so neither its length nor its tag
 * are told, and a range of it gets all of it. Whole, it never changes.
 */
export function beginBytes(res: ServerResponse, type: string): void {
  // A proxy that gathers pieces before it passes them on would make them late: nginx heeds this.
  const live = { "x-accel-buffering": "no" };
  res.writeHead(200, { ...CORS, ...live, "content-type": type, "cache-control": CACHE_IMMUTABLE });
}

/** A playlist or a manifest, compressed where the client takes it. */
export async function answerPlaylist(
  req: IncomingMessage,
  res: ServerResponse,
  body: PlaylistBody,
  cacheControl: string,
  type = "application/vnd.apple.mpegurl",
): Promise<void> {
  const zipped = takesGzip(req.headers["accept-encoding"]);
  const etag = zipped ? body.gzipEtag : body.etag;
  const ifNoneMatch = req.headers["if-none-match"];
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, etag)) {
    answerNotModified(res, { etag, cacheControl, vary: "Accept-Encoding" });
    return;
  }
  const made = zipped ? body.gzip() : body.bytes;
  const bytes = made instanceof Promise ? await made : made;
  if (isGone(res)) return;
  res.writeHead(200, {
    ...CORS,
    "content-type": type,
    "content-length": bytes.length,
    ...(zipped ? { "content-encoding": "gzip" } : {}),
    vary: "Accept-Encoding",
    "cache-control": cacheControl,
    etag,
  });
  if (req.method === "HEAD") res.end();
  else res.end(bytes);
}

function answerNotModified(
  res: ServerResponse,
  of: { readonly etag: string; readonly cacheControl: string; readonly vary?: string },
): void {
  res.writeHead(304, {
    ...CORS,
    etag: of.etag,
    "cache-control": of.cacheControl,
    ...(of.vary === undefined ? {} : { vary: of.vary }),
  });
  res.end();
}

function answerUnsatisfiable(res: ServerResponse, byteLength: number): void {
  res.writeHead(416, {
    ...CORS,
    "content-range": `bytes */${byteLength}`,
    "content-length": 0,
    "cache-control": "no-store",
  });
  res.end();
}

/** Weak comparison, as If-None-Match wants (RFC 9110 §13.1.2). */
function matches(header: string, etag: string): boolean {
  if (header.trim() === "*") return true;
  return header.split(",").some((each) => each.trim().replace(/^W\//, "") === etag);
}

/** One byte range (RFC 9110 §14.2); undefined (the whole) for several or for what is not understood. */
export function rangeOf(
  header: string,
  length: number,
): { readonly start: number; readonly end: number } | "unsatisfiable" | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.trim());
  const [from, to] = [match?.[1] ?? "", match?.[2] ?? ""];
  if (match === null || (from === "" && to === "")) return undefined;
  if (from === "") {
    const count = Math.min(Number(to), length);
    return count === 0 ? "unsatisfiable" : { start: length - count, end: length - 1 };
  }
  const start = Number(from);
  const end = to === "" ? length - 1 : Math.min(Number(to), length - 1);
  if (to !== "" && Number(to) < start) return undefined;
  return start >= length ? "unsatisfiable" : { start, end };
}

function takesGzip(header: string | string[] | undefined): boolean {
  const text = Array.isArray(header) ? header.join(",") : (header ?? "");
  return text.split(",").some((each) => {
    const [name, ...parameters] = each.trim().toLowerCase().split(";");
    if (name?.trim() !== "gzip" && name?.trim() !== "*") return false;
    return !parameters.some((parameter) => /^\s*q=0(\.0*)?\s*$/.test(parameter));
  });
}

function* slice(chunks: readonly Uint8Array[], start: number, end: number): Generator<Uint8Array> {
  let at = 0;
  for (const chunk of chunks) {
    const from = Math.max(0, start - at);
    const to = Math.min(chunk.byteLength, end + 1 - at);
    if (from < to) yield chunk.subarray(from, to);
    at += chunk.byteLength;
  }
}
