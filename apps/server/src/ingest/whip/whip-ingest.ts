import { parseOffer } from "@footlight/protocols/sdp/offer.ts";
import { publisherTerms } from "@footlight/protocols/sdp/publisher.ts";
import type { ErrorCode, PublishRefusal } from "@footlight/shared";
import type { Logger } from "../../platform/logger.ts";
import { plainAddress } from "../../platform/network.ts";
import type { RtcIngest } from "../../stream/rtc.ts";
import type { Admitter } from "../admission.ts";
import { nameOfAgent } from "../encoder-name.ts";
import type { WhipMetrics } from "./metrics.ts";
import { WhipSession } from "./whip-session.ts";

/** As RTMP's. */
const IDLE_MS = 30_000;
const RETRY_S = 5;

/** What HTTP answers to an encoder that may not publish. */
const CODES: Readonly<Record<PublishRefusal, ErrorCode>> = {
  wrong_key: "unauthenticated",
  locked_out: "rate_limited",
  key_in_use: "key_in_use",
  stream_ended: "stream_ended",
  server_full: "unavailable",
  server_closing: "unavailable",
  unsupported_codec: "unsupported_sdp",
};

/** A publisher is turned away; `code` has its status, the message the words for the encoder's log. */
export class WhipRefusal extends Error {
  override readonly name = "WhipRefusal";

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly retryAfterS?: number,
  ) {
    super(message);
  }
}

export interface WhipRequest {
  readonly offer: string;
  /** The stream key. */
  readonly bearer: string;
  readonly address: string;
  readonly userAgent: string | undefined;
}

export interface WhipIngestDeps {
  readonly admitter: Admitter;
  readonly rtc: RtcIngest;
  readonly metrics: WhipMetrics;
  readonly logger: Logger;
  readonly idleMs?: number;
}

/** Lets WHIP publishers in (RFC 9725), with the rights and refusals of any other; owns their sessions. */
export class WhipIngest {
  readonly #deps: WhipIngestDeps;
  readonly #logger: Logger;
  readonly #sessions = new Set<WhipSession>();

  constructor(deps: WhipIngestDeps) {
    this.#deps = deps;
    this.#logger = deps.logger.child({ area: "whip" });
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  /** Throws `WhipRefusal`, `SdpError` or `RtcRefusal`; then nothing of it is left. */
  async open({ offer, bearer, userAgent, ...request }: WhipRequest): Promise<WhipSession> {
    const { admitter, rtc, metrics, idleMs = IDLE_MS } = this.#deps;
    const address = plainAddress(request.address);
    const logger = this.#logger.child({ remoteAddress: address });
    // A locked-out address costs nothing more than this, and a broken offer takes no stream over.
    this.#refuse(admitter.lockedOut(address), logger);
    publisherTerms(parseOffer(offer));
    const from = { protocol: "whip", remoteAddress: address, encoder: nameOfAgent(userAgent) } as const;
    const admission = await admitter.admit(bearer, from, logger);
    if (admission.kind !== "accepted") {
      this.#refuse(admission, logger);
      throw new WhipRefusal("internal_error", "The server failed. Try again.");
    }
    const { lease } = admission;
    try {
      const publication = await rtc.publish(lease.streamId, offer, { address, userAgent });
      logger.info({ streamId: lease.streamId, encoder: from.encoder }, "publishing");
      return this.#keep(new WhipSession({ lease, publication, metrics, logger, idleMs }));
    } catch (error) {
      lease.close("connection_lost");
      throw error;
    }
  }

  #refuse(admission: Awaited<ReturnType<Admitter["admit"]>> | undefined, logger: Logger): void {
    if (admission?.kind !== "refused") return;
    const { code, description, retryAfterMs } = admission;
    this.#deps.metrics.publishRefused(code);
    logger.info({ code }, "publisher refused");
    const status = CODES[code];
    const seconds = retryAfterMs === undefined ? RETRY_S : Math.ceil(retryAfterMs / 1_000);
    const retries = status === "unavailable" || status === "rate_limited";
    throw new WhipRefusal(status, description, retries ? seconds : undefined);
  }

  #keep(session: WhipSession): WhipSession {
    if (session.closed.aborted) return session;
    this.#sessions.add(session);
    session.closed.addEventListener("abort", () => this.#sessions.delete(session), { once: true });
    return session;
  }
}
