import type { IncomingMessage, ServerResponse } from "node:http";
import { NetworkCounts } from "../platform/network.ts";
import { answerProblem } from "./media-answer.ts";
import { isGone } from "./response-state.ts";
import type { Waiting } from "./waiters.ts";

export interface HeldRequestsOptions {
  /** The client's address behind trusted proxies; the socket's own by default. */
  readonly addressOf?: (req: IncomingMessage) => string;
  readonly maxBlockedPerAddress?: number;
  readonly maxBlockedPerStream?: number;
}

/** `answered`: the request is over: it was refused, or its client went away. */
export type Outcome = "met" | "late" | "answered";

const MAX_BLOCKED_PER_ADDRESS = 6_000;
const MAX_BLOCKED_PER_STREAM = 50_000;

/** Requests that are answered later: each costs one promise and one timer, and their number is bounded. */
export class HeldRequests {
  readonly #options: HeldRequestsOptions;
  readonly #held = new NetworkCounts();

  constructor(options: HeldRequestsOptions) {
    this.#options = options;
  }

  /** Addresses (networks) of which requests wait. */
  get addresses(): number {
    return this.#held.size;
  }

  /** Waits until a condition is met, at most `timeoutMs`; asked again each time that a wait ends. */
  async until(
    req: IncomingMessage,
    res: ServerResponse,
    stream: { readonly blocked: number },
    timeoutMs: number,
    condition: { met(): boolean; wait(timeoutMs: number): Waiting },
  ): Promise<Outcome> {
    if (condition.met()) return "met";
    const address = this.#options.addressOf?.(req) ?? req.socket?.remoteAddress ?? "";
    if (!this.#admits(req, res, stream, address)) return "answered";
    const leave = this.#held.enter(address);
    try {
      const deadline = performance.now() + timeoutMs;
      for (let leftMs = timeoutMs; leftMs > 0; leftMs = deadline - performance.now()) {
        const waiting = condition.wait(leftMs);
        res.once("close", waiting.cancel);
        await waiting.reached;
        res.off("close", waiting.cancel);
        if (isGone(res)) return "answered";
        if (condition.met()) return "met";
      }
      return "late";
    } finally {
      leave();
    }
  }

  #admits(
    req: IncomingMessage,
    res: ServerResponse,
    stream: { readonly blocked: number },
    address: string,
  ): boolean {
    const { maxBlockedPerAddress = MAX_BLOCKED_PER_ADDRESS, maxBlockedPerStream = MAX_BLOCKED_PER_STREAM } =
      this.#options;
    const isCrowd = this.#held.of(address) >= maxBlockedPerAddress;
    if (!isCrowd && stream.blocked < maxBlockedPerStream) return true;
    answerProblem(req, res, isCrowd ? "rate_limited" : "unavailable", { headers: { "retry-after": "1" } });
    return false;
  }
}
