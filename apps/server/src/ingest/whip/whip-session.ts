import type { Logger } from "../../platform/logger.ts";
import type { PublishLease } from "../../stream/publish.ts";
import type { RtcKind, RtcPublication, RtcSession, SenderReport } from "../../stream/rtc.ts";
import type { WhipMetrics, WhipOutcome } from "./metrics.ts";
import { RtpFeed } from "./rtp-feed.ts";

export interface WhipSessionDeps {
  readonly lease: PublishLease;
  readonly publication: RtcPublication;
  readonly metrics: WhipMetrics;
  readonly logger: Logger;
  /** A publisher that sends no packet for so long is dropped. */
  readonly idleMs: number;
}

/**
 * One WHIP publisher: its packets become units under the lease, and the two end together. What its URL
 * stands for; `close` is DELETE.
 */
export class WhipSession implements RtcSession {
  readonly #deps: WhipSessionDeps;
  readonly #idle: NodeJS.Timeout;
  #outcome: WhipOutcome | undefined;

  constructor(deps: WhipSessionDeps) {
    this.#deps = deps;
    const { lease, publication, metrics, idleMs } = deps;
    metrics.sessionOpened();
    this.#idle = setTimeout(() => this.#end("idle"), idleMs);
    publication.closed.addEventListener("abort", () => this.#end("connection_lost"), { once: true });
    lease.revoked.addEventListener("abort", () => this.#end("revoked"), { once: true });
    if (lease.revoked.aborted) this.#end("revoked");
    else if (publication.closed.aborted) this.#end("connection_lost");
    else this.#start();
  }

  get answer(): string {
    return this.#deps.publication.answer;
  }

  get iceTag(): string {
    return this.#deps.publication.iceTag;
  }

  get closed(): AbortSignal {
    return this.#deps.publication.closed;
  }

  restartIce(fragment: string): Promise<string> {
    return this.#deps.publication.restartIce(fragment);
  }

  /** The encoder says goodbye. Idempotent. */
  close(): void {
    this.#end("unpublished");
  }

  #start(): void {
    const { lease, publication, metrics } = this.#deps;
    const feed = new RtpFeed(publication.media, {
      lease,
      metrics,
      requestKeyframe: () => publication.requestKeyframe(),
      tellClock: (clock) => publication.tellClock(clock),
    });
    publication.start({
      rtp: (kind: RtcKind, packet: Uint8Array, receivedAtMs: number) => {
        this.#idle.refresh();
        feed.rtp(kind, packet, receivedAtMs);
      },
      senderReport: (kind: RtcKind, report: SenderReport) => feed.senderReport(kind, report),
    });
  }

  /** The one place where it ends. The lease goes first: what ends with it must not count as lost. */
  #end(outcome: WhipOutcome): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = outcome;
    clearTimeout(this.#idle);
    const { lease, publication, metrics, logger } = this.#deps;
    const { reason } = outcome === "revoked" ? lease.revoked : publication.closed;
    lease.close(outcome === "unpublished" ? "unpublished" : "connection_lost");
    publication.close();
    metrics.sessionClosed(outcome);
    logger.info(
      { streamId: lease.streamId, outcome, reason: reason === undefined ? undefined : String(reason) },
      "publication over",
    );
  }
}
