import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";

/** What passes from the origin to players. Ranges are not kept: everything here is sent whole. */
const PASSED = [
  "content-type",
  "content-length",
  "content-encoding",
  "cache-control",
  "etag",
  "last-modified",
  "vary",
  "retry-after",
  "allow",
  "access-control-allow-origin",
  "access-control-expose-headers",
  "cross-origin-resource-policy",
  "timing-allow-origin",
  "x-content-type-options",
  "x-accel-buffering",
  "server-timing",
] as const;

/** Those of the origin's headers that are the players'. */
export function passedHeaders(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const passed: Record<string, string | string[]> = {};
  for (const name of PASSED) {
    const value = headers[name];
    if (value !== undefined) passed[name] = value;
  }
  return passed;
}

interface Follower {
  readonly isHead: boolean;
  readonly noneMatch: string;
  /** Answers by other means where this one says that there is nothing. */
  readonly instead: (() => void) | undefined;
}

type State =
  | { readonly kind: "asking" }
  /** The head is here, and the body comes. */
  | { readonly kind: "coming" | "whole"; readonly status: number; readonly headers: OutgoingHttpHeaders }
  | { readonly kind: "failed" };

/**
 * One answer of the origin and all who get it: those who asked before it was there, those who come while its
 * body does, and those who come later. Bytes are kept once, whoever takes them and however slowly.
 */
export class SharedAnswer {
  readonly #followers = new Map<ServerResponse, Follower>();
  readonly #chunks: Buffer[] = [];
  readonly #abandoned: () => void;
  #state: State = { kind: "asking" };
  #byteLength = 0;
  #wholeAtMs = 0;
  #freshMs = 0;

  /** `abandoned`: nobody waits for it any more, and nothing of it is here. */
  constructor(options: { readonly abandoned: () => void }) {
    this.#abandoned = options.abandoned;
  }

  get byteLength(): number {
    return this.#byteLength;
  }

  get isWhole(): boolean {
    return this.#state.kind === "whole";
  }

  /** On its way, or still good by its own Cache-Control. */
  isFresh(nowMs: number): boolean {
    if (this.#state.kind === "failed") return false;
    return this.#state.kind !== "whole" || nowMs < this.#wholeAtMs + this.#freshMs;
  }

  /** Answers a request now or as the origin answers; a 404 is left to `instead`, if there is one. */
  give(req: IncomingMessage, res: ServerResponse, nowMs: number, instead?: () => void): void {
    const noneMatch = req.headers["if-none-match"] ?? "";
    const follower = { isHead: req.method === "HEAD", noneMatch, instead };
    const state = this.#state;
    if (state.kind === "coming" || state.kind === "whole") {
      const goesOn = this.#begin(res, follower, state, nowMs);
      if (!goesOn) return;
      if (state.kind === "whole") {
        this.#finish(res);
        return;
      }
      for (const chunk of this.#chunks) res.write(chunk);
    }
    this.#followers.set(res, follower);
    res.once("close", () => this.#leave(res));
  }

  /** The origin's head is here. */
  head(status: number, headers: IncomingHttpHeaders, nowMs: number): void {
    const state = { kind: "coming" as const, status, headers: passedHeaders(headers) };
    this.#state = state;
    const ageS = Number(headers["age"] ?? 0);
    this.#freshMs =
      Math.max(0, maxAgeS(headers["cache-control"]) - (Number.isFinite(ageS) ? ageS : 0)) * 1_000;
    for (const [res, follower] of this.#followers) {
      if (!this.#begin(res, follower, state, nowMs)) this.#followers.delete(res);
    }
  }

  data(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#byteLength += chunk.byteLength;
    // One that is slow keeps references to these same bytes.
    if (!this.#isKnownLength) for (const res of this.#followers.keys()) res.write(chunk);
  }

  /** All of it is here. */
  end(nowMs: number): void {
    if (this.#state.kind !== "coming") return;
    const streamed = !this.#isKnownLength;
    this.#state = { ...this.#state, kind: "whole" };
    this.#wholeAtMs = nowMs;
    for (const res of this.#followers.keys()) {
      if (streamed) res.end();
      else this.#finish(res);
    }
    this.#followers.clear();
  }

  /** The origin broke off. `answer` is for those who have seen nothing of it yet. */
  fail(answer: (res: ServerResponse) => void): void {
    this.#state = { kind: "failed" };
    for (const res of this.#followers.keys()) {
      if (res.headersSent) res.destroy();
      else answer(res);
    }
    this.#followers.clear();
  }

  /** A body of known length is there within a moment: it goes out in one piece. */
  get #isKnownLength(): boolean {
    return "headers" in this.#state && this.#state.headers["content-length"] !== undefined;
  }

  /** False when the head is all there is to send. */
  #begin(
    res: ServerResponse,
    { isHead, noneMatch, instead }: Follower,
    { kind, status, headers }: Extract<State, { headers: unknown }>,
    nowMs: number,
  ): boolean {
    if (status === 404 && instead !== undefined) {
      instead();
      return false;
    }
    const age = kind === "whole" ? { age: String(Math.floor((nowMs - this.#wholeAtMs) / 1_000)) } : {};
    const etag = headers["etag"];
    if (status === 200 && typeof etag === "string" && noneMatch.includes(etag)) {
      const {
        "content-length": _length,
        "content-type": _type,
        "content-encoding": _coding,
        ...kept
      } = headers;
      res.writeHead(304, { ...kept, ...age }).end();
      return false;
    }
    res.writeHead(status, { ...headers, ...age });
    if (isHead) res.end();
    return !isHead;
  }

  #finish(res: ServerResponse): void {
    const last = this.#chunks.length - 1;
    for (const chunk of this.#chunks.slice(0, last)) res.write(chunk);
    res.end(this.#chunks[last]);
  }

  #leave(res: ServerResponse): void {
    this.#followers.delete(res);
    if (this.#followers.size === 0 && this.#state.kind === "asking") this.#abandoned();
  }
}

/** Seconds that a shared cache may keep it (RFC 9111 §5.2); 0 where nobody said so. */
function maxAgeS(cacheControl: string | undefined): number {
  const text = cacheControl ?? "";
  if (/no-store|no-cache|private/.test(text)) return 0;
  return Number(/s-maxage=(\d{1,9})/.exec(text)?.[1] ?? /max-age=(\d{1,9})/.exec(text)?.[1] ?? 0);
}
