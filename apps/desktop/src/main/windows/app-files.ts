import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";
import { Readable } from "node:stream";
import type { Session } from "electron";
import { FILE_ROUTE } from "../../contract/engine-bridge.ts";
import { byteRange } from "./byte-range.ts";
import { SCHEME } from "./schemes.ts";

export const ORIGIN = "app://studio";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".htm": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
  ".avif": "image/avif",
  ".bmp": "image/bmp",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
  ".mp4": "video/mp4",
  ".m4v": "video/mp4",
  ".mov": "video/mp4",
  ".webm": "video/webm",
  ".mkv": "video/x-matroska",
  ".ogg": "audio/ogg",
  ".woff": "font/woff",
  ".ttf": "font/ttf",
  ".mp3": "audio/mpeg",
  ".wav": "audio/wav",
  ".cube": "text/plain; charset=utf-8",
};

const COMMON =
  "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'; " +
  "style-src 'self'; font-src 'self'; worker-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; ";
/** WHIP and guests' media go to any host; the control window asks nobody but main. */
const POLICY = {
  engine: `${COMMON}script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' http: https: ws: wss:`,
  control: `${COMMON}script-src 'self'; connect-src 'self'`,
};

export const typeOf = (path: string): string =>
  TYPES[extname(path).toLowerCase()] ?? "application/octet-stream";

const headersFor = (path: string): Record<string, string> => ({
  "content-type": typeOf(path),
  "x-content-type-options": "nosniff",
  // Shared memory between page, worklet and worker needs both.
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
});

/** Serves the built pages, and those files that the document names; nothing else of the disk. */
export class AppFiles implements Disposable {
  constructor(
    private readonly session: Session,
    private readonly pages: string,
    private readonly isNamed: (path: string) => boolean,
  ) {
    session.protocol.handle(SCHEME, (request) => this.answer(request));
  }

  async answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    if (url.origin !== "null" && url.origin !== ORIGIN) return refuse(403);
    if (url.host !== "studio") return refuse(404);
    if (request.method !== "GET" && request.method !== "HEAD") return refuse(405);
    let path: string;
    try {
      path = decodeURIComponent(url.pathname);
    } catch {
      return refuse(400);
    }
    if (url.pathname.startsWith(FILE_ROUTE)) {
      const named = path.slice(FILE_ROUTE.length);
      return this.isNamed(named) ? await answerFile(request, named, headersFor(named)) : refuse(404);
    }
    const full = normalize(join(this.pages, path));
    if (!full.startsWith(this.pages + sep)) return refuse(404);
    const page = path === "/engine.html" ? POLICY.engine : POLICY.control;
    // A worker's policy is its own script's (CSP3, 4.2.2).
    const policy = path.endsWith(".html") ? page : POLICY.engine;
    return await answerFile(request, full, { ...headersFor(full), "content-security-policy": policy });
  }

  [Symbol.dispose](): void {
    this.session.protocol.unhandle(SCHEME);
  }
}

const refuse = (status: number): Response => new Response(null, { status });

/** A file of the disk, or the part of it that is asked for. */
export async function answerFile(
  request: Request,
  path: string,
  headers: Record<string, string>,
): Promise<Response> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) return refuse(404);
  const range = byteRange(request.headers.get("range"), found.size);
  if (range === "unsatisfiable")
    return new Response(null, { status: 416, headers: { "content-range": `bytes */${found.size}` } });
  const { first, last } = range ?? { first: 0, last: found.size - 1 };
  const all = {
    ...headers,
    "accept-ranges": "bytes",
    "content-length": String(last - first + 1),
    ...(range ? { "content-range": `bytes ${first}-${last}/${found.size}` } : {}),
  };
  const status = range ? 206 : 200;
  if (request.method === "HEAD" || found.size === 0) return new Response(null, { status, headers: all });
  const body = Readable.toWeb(createReadStream(path, { start: first, end: last })) as ReadableStream;
  return new Response(body, { status, headers: all });
}
