import { Agent, type ClientRequest, get, type IncomingMessage, type ServerResponse } from "node:http";
import { get as getTls, Agent as TlsAgent } from "node:https";
import { problem, sendRawProblem } from "../http/problem.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import { NetworkCounts } from "../platform/network.ts";
import { type MediaRequest, readMediaRequest } from "./media-request.ts";
import { answerInPerson, saysWho } from "./personal-answer.ts";
import { SharedAnswer } from "./shared-answer.ts";

export interface MediaEdgeOptions {
  /** Where the origin (or another edge) is. */
  readonly originUrl: URL;
  /** Answers that are kept take no more memory than this. */
  readonly maxBytes: number;
  readonly addressOf: (req: IncomingMessage) => string;
  readonly maxWaitingPerAddress: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How a request was answered: from memory, with another one's answer that was on its way, or anew. */
export type EdgeOutcome = "kept" | "shared" | "asked" | "refused";

/** An answer's own cost beside its body. */
const ENTRY_BYTES = 2_048;
/** An origin holds a request three target durations at most. */
const ORIGIN_TIMEOUT_MS = 30_000;
const MAX_ORIGIN_SOCKETS = 1_024;
const CORS = { "access-control-allow-origin": "*", "retry-after": "1" };

/**
 * A cache that coalesces: whoever asks for what is being asked for waits for the same answer and gets it in the
 * same moment. So of a crowd the origin sees one, also of those who wait for what is not there yet.
 */
export class MediaEdge implements Disposable {
  readonly #options: MediaEdgeOptions;
  readonly #agent: Agent;
  /** Least recently used first. */
  readonly #answers = new Map<string, SharedAnswer>();
  readonly #requests = new Map<SharedAnswer, ClientRequest>();
  /** Asked in one person's name. */
  readonly #personal = new Set<ClientRequest>();
  readonly #waiting = new NetworkCounts();
  readonly #counts: Record<EdgeOutcome, number> = { kept: 0, shared: 0, asked: 0, refused: 0 };
  #keptBytes = 0;

  constructor(options: MediaEdgeOptions) {
    this.#options = options;
    const keep = { keepAlive: true, maxSockets: MAX_ORIGIN_SOCKETS, maxFreeSockets: 64 };
    this.#agent = options.originUrl.protocol === "https:" ? new TlsAgent(keep) : new Agent(keep);
  }

  get counts(): Readonly<Record<EdgeOutcome, number>> {
    return this.#counts;
  }

  get keptBytes(): number {
    return this.#keptBytes;
  }

  get waiting(): number {
    return this.#waiting.total;
  }

  /** False when the URL is none of the media origin's. */
  handle(req: IncomingMessage, res: ServerResponse): boolean {
    if (req.url?.startsWith("/media/") !== true) return false;
    if (req.method === "OPTIONS") this.#answerPreflight(res);
    else if (req.method !== "GET" && req.method !== "HEAD") {
      sendRawProblem(res, problem("method_not_allowed"), { ...CORS, allow: "GET, HEAD, OPTIONS" });
    } else {
      const request = readMediaRequest(req);
      if (request === undefined) sendRawProblem(res, problem("not_found"), CORS);
      else this.#serve(req, res, request);
    }
    return true;
  }

  [Symbol.dispose](): void {
    for (const answer of this.#requests.keys()) this.#fail(answer, "the edge is closing");
    for (const sent of this.#personal) sent.destroy(new Error("the edge is closing"));
    this.#agent.destroy();
  }

  #serve(req: IncomingMessage, res: ServerResponse, request: MediaRequest): void {
    const nowMs = this.#options.clock.monotonicMs();
    const instead = saysWho(req) ? () => this.#askInPerson(req, res, request) : undefined;
    const known = this.#answers.get(request.key);
    if (known?.isWhole === true && known.isFresh(nowMs)) {
      this.#counts.kept += 1;
      this.#answers.delete(request.key);
      this.#answers.set(request.key, known);
      known.give(req, res, nowMs, instead);
      return;
    }
    if (!this.#admit(req, res)) return;
    const isShared = known?.isFresh(nowMs) === true;
    this.#counts[isShared ? "shared" : "asked"] += 1;
    const answer = isShared ? known : this.#ask(request);
    answer.give(req, res, nowMs, instead);
  }

  #askInPerson(req: IncomingMessage, res: ServerResponse, { url }: MediaRequest): void {
    if (!this.#admit(req, res)) return;
    const sent = answerInPerson(req, res, {
      url: new URL(url, this.#options.originUrl),
      agent: this.#agent,
      timeoutMs: ORIGIN_TIMEOUT_MS,
      failed: (reason) => {
        this.#options.logger.warn({ url, reason }, "origin failed");
        sendRawProblem(res, problem("unavailable", { detail: "the origin does not answer" }), CORS);
      },
    });
    this.#personal.add(sent);
    sent.once("close", () => this.#personal.delete(sent));
  }

  /** What waits for the origin is bounded for each client. */
  #admit(req: IncomingMessage, res: ServerResponse): boolean {
    const address = this.#options.addressOf(req);
    if (this.#waiting.of(address) >= this.#options.maxWaitingPerAddress) {
      this.#counts.refused += 1;
      sendRawProblem(res, problem("rate_limited"), CORS);
      return false;
    }
    res.once("close", this.#waiting.enter(address));
    return true;
  }

  #ask(request: MediaRequest): SharedAnswer {
    this.#forget(request.key);
    const answer: SharedAnswer = new SharedAnswer({ abandoned: () => this.#abandon(request.key, answer) });
    this.#answers.set(request.key, answer);
    this.#send(request, answer, { isRetry: false });
    return answer;
  }

  #send(request: MediaRequest, answer: SharedAnswer, { isRetry }: { readonly isRetry: boolean }): void {
    const { originUrl, clock } = this.#options;
    const url = new URL(request.url, originUrl);
    const send = originUrl.protocol === "https:" ? getTls : get;
    const headers = { "accept-encoding": request.gzip ? "gzip" : "identity", via: "1.1 footlight-edge" };
    const sent = send(url, { agent: this.#agent, headers, timeout: ORIGIN_TIMEOUT_MS });
    this.#requests.set(answer, sent);
    let responded = false;
    sent.on("response", (response) => {
      responded = true;
      answer.head(response.statusCode ?? 502, response.headers, clock.monotonicMs());
      response.on("data", (chunk: Buffer) => answer.data(chunk));
      response.on("end", () => {
        this.#requests.delete(answer);
        answer.end(clock.monotonicMs());
        this.#keep(request.key, answer);
      });
      response.on("error", () => this.#drop(request.key, answer, "the origin broke off"));
    });
    sent.on("timeout", () => sent.destroy(new Error("the origin does not answer")));
    sent.on("error", (error) => {
      if (this.#requests.get(answer) !== sent) return;
      // The origin closed a connection that was kept open just as it was used: nothing was asked yet.
      if (sent.reusedSocket && !isRetry && !responded) this.#send(request, answer, { isRetry: true });
      else this.#drop(request.key, answer, error.message);
    });
  }

  #keep(key: string, answer: SharedAnswer): void {
    if (this.#answers.get(key) !== answer) return;
    if (!answer.isFresh(this.#options.clock.monotonicMs())) {
      this.#answers.delete(key);
      return;
    }
    this.#keptBytes += answer.byteLength + ENTRY_BYTES;
    for (const oldest of this.#answers.keys()) {
      if (this.#keptBytes <= this.#options.maxBytes) break;
      if (this.#answers.get(oldest)?.isWhole === true) this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    const answer = this.#answers.get(key);
    if (answer?.isWhole === true) this.#keptBytes -= answer.byteLength + ENTRY_BYTES;
    this.#answers.delete(key);
  }

  /** Nobody waits for it any more. */
  #abandon(key: string, answer: SharedAnswer): void {
    if (this.#answers.get(key) === answer) this.#answers.delete(key);
    const sent = this.#requests.get(answer);
    this.#requests.delete(answer);
    sent?.destroy();
  }

  #drop(key: string, answer: SharedAnswer, reason: string): void {
    if (!this.#requests.has(answer)) return;
    if (this.#answers.get(key) === answer) this.#answers.delete(key);
    this.#options.logger.warn({ key, reason }, "origin failed");
    this.#fail(answer, "the origin does not answer");
  }

  #fail(answer: SharedAnswer, detail: string): void {
    const sent = this.#requests.get(answer);
    this.#requests.delete(answer);
    answer.fail((res) => sendRawProblem(res, problem("unavailable", { detail }), CORS));
    sent?.destroy();
  }

  #answerPreflight(res: ServerResponse): void {
    res.writeHead(204, {
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "GET, HEAD, OPTIONS",
      "access-control-allow-headers": "*, Authorization, Range, If-None-Match",
      "access-control-max-age": "86400",
    });
    res.end();
  }
}
