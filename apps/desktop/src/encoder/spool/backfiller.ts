import { createHash } from "node:crypto";
import { BACKFILL_LIMITS, BackfillPlan, type UnitRange } from "@footlight/shared";
import type { FromEncoder } from "../../contract/encoder-control.ts";
import { pause } from "../pause.ts";
import { pieceOf } from "./piece.ts";
import type { Spool } from "./spool.ts";

/** What is on its way when the line is back gets so much time to arrive before it counts as lacking. */
const SETTLE_MS = 2_500;
/** Small enough to leave the line to the broadcast in between. */
const PIECE_BYTES = 1024 * 1024;
const RETRY_MS = 3_000;
/** The server takes pieces for a quarter of an hour after the end. */
const GIVE_UP_MS = 15 * 60_000;
const REQUEST_MS = 30_000;

type Event = Omit<Extract<FromEncoder, { kind: "backfill" }>, "kind" | "id">;

export interface BackfillerOptions {
  readonly url: string;
  readonly token: string;
  readonly spool: Spool;
  /** Milliseconds under which a media time would have been sent. */
  readonly timestampOf: (us: number) => number;
  /** The broadcast has the line to itself while this is false. */
  readonly mayUpload: () => boolean;
  readonly onEvent: (event: Event) => void;
}

/** The server's no for good. */
class BackfillRefused extends Error {}

/**
 * Sends the server what it lacks: asks which of the kept pictures those are, and sends these, piece by piece with
 * pauses between; after any fault it asks again, so that nothing is sent twice or forgotten.
 */
export class Backfiller {
  readonly #options: BackfillerOptions;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #frames = 0;
  #sent = 0;
  /** How quick it was, over all pieces of this run. */
  #pace = { bytes: 0, ms: 0 };

  constructor(options: BackfillerOptions) {
    this.#options = options;
  }

  /** The line is back, or the broadcast over: what is kept is settled with the server. */
  settle(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { spool } = this.#options;
    const giveUpMs = performance.now() + GIVE_UP_MS;
    await pause(SETTLE_MS, this.#stop.signal);
    [this.#frames, this.#sent, this.#pace] = [0, 0, { bytes: 0, ms: 0 }];
    while (!this.#stop.signal.aborted) {
      try {
        if (!this.#options.mayUpload()) {
          await pause(RETRY_MS, this.#stop.signal);
          continue;
        }
        if (!(await this.#round())) {
          this.#tell("done");
          return;
        }
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        const cause = error instanceof Error ? error.message : String(error);
        if (error instanceof BackfillRefused || performance.now() > giveUpMs) {
          for (const source of spool.ranges().keys()) spool.keepOnly(source, []);
          this.#tell("failed", cause);
          return;
        }
        await pause(RETRY_MS, this.#stop.signal);
      }
    }
  }

  /** One question and what follows from it; false when nothing was lacking any more. */
  async #round(): Promise<boolean> {
    const { spool } = this.#options;
    let lacked = false;
    for (const [source, kept] of spool.ranges()) {
      const asked = kept.slice(0, BACKFILL_LIMITS.ranges);
      const lacking = await this.#ask(source, asked);
      spool.keepOnly(source, [...lacking, ...kept.slice(asked.length)]);
      lacked ||= lacking.length > 0 || kept.length > asked.length;
      this.#frames = this.#sent + spool.pictures;
      if (lacking.length > 0) this.#tell("sending");
      for (const range of lacking) await this.#send(source, range);
    }
    return lacked;
  }

  async #ask(source: number, ranges: readonly UnitRange[]): Promise<UnitRange[]> {
    const answer = await this.#call("", "POST", JSON.stringify({ source, ranges }), {
      "content-type": "application/json",
    });
    return BackfillPlan.parse(await answer.json()).missing;
  }

  async #send(source: number, range: UnitRange): Promise<void> {
    const { spool, timestampOf } = this.#options;
    let from = range.from;
    while (from <= range.to && !this.#stop.signal.aborted) {
      const beganMs = performance.now();
      const bounds = { bytes: PIECE_BYTES, pictures: BACKFILL_LIMITS.pieceUnits };
      const units = await spool.read(source, { from, to: range.to }, bounds);
      const frames = units.flatMap((unit) => (unit.kind === "picture" ? [unit.frame] : []));
      // With B-frames or without, numbers are in decode order: a piece is a row.
      const to = frames.at(-1);
      if (to === undefined) return;
      const body = pieceOf(units, timestampOf);
      const digest = createHash("sha256").update(body).digest("base64");
      await this.#call(`/${source}/${from}-${to}`, "PUT", body, {
        "content-type": "video/x-flv",
        "content-digest": `sha-256=:${digest}:`,
      });
      this.#sent += frames.length;
      spool.drop(source, { from, to });
      from = to + 1;
      const tookMs = performance.now() - beganMs;
      this.#pace = { bytes: this.#pace.bytes + body.length, ms: this.#pace.ms + 2 * tookMs };
      this.#tell("sending");
      // As long again for the broadcast.
      await pause(tookMs, this.#stop.signal);
    }
  }

  #tell(state: Event["state"], cause?: string): void {
    const { bytes: bytesLeft } = this.#options.spool;
    const { bytes, ms } = this.#pace;
    this.#options.onEvent({
      ...{ state, frames: this.#frames, sent: this.#sent, bytesLeft },
      ...(bytes > 0 && state === "sending" ? { leftMs: Math.round((bytesLeft * ms) / bytes) } : {}),
      ...(cause === undefined ? {} : { cause }),
    });
  }

  async #call(
    path: string,
    method: string,
    body: string | Buffer,
    headers: Record<string, string>,
  ): Promise<Response> {
    const { url, token } = this.#options;
    const answer = await fetch(url + path, {
      method,
      body: typeof body === "string" ? body : new Uint8Array(body),
      headers: { ...headers, authorization: `Bearer ${token}` },
      signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(REQUEST_MS)]),
    });
    if (answer.ok) return answer;
    const words = `${answer.status} ${await codeOf(answer)}`;
    // Too many requests, or a fault of the server's: it may do better later. "not_missing" is settled by asking again.
    const passes = answer.status === 429 || answer.status >= 500 || words.includes("not_missing");
    throw passes ? new Error(words) : new BackfillRefused(words);
  }
}

/** Of problem JSON (RFC 9457). */
async function codeOf(answer: Response): Promise<string> {
  try {
    const problem: unknown = await answer.json();
    if (typeof problem === "object" && problem !== null && "code" in problem) return String(problem.code);
  } catch {
    // Not ours.
  }
  return "";
}
