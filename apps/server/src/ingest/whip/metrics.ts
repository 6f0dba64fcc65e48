import type { PublishRefusal } from "@footlight/shared";

/** How a publication ended: a metric's label, so few and stable. */
export type WhipOutcome = "unpublished" | "revoked" | "idle" | "connection_lost" | "server_closing";

/** What this folder counts; `app.ts` joins it to the registry. */
export interface WhipMetrics {
  sessionOpened(): void;
  sessionClosed(outcome: WhipOutcome): void;
  publishRefused(code: PublishRefusal): void;
  bytesReceived(bytes: number): void;
  /** Given up on after waiting for them. */
  packetsLost(count: number): void;
  /** Broken, or left out behind a loss. */
  framesDropped(): void;
  keyframeRequested(): void;
}

export const noWhipMetrics: WhipMetrics = {
  sessionOpened: () => undefined,
  sessionClosed: () => undefined,
  publishRefused: () => undefined,
  bytesReceived: () => undefined,
  packetsLost: () => undefined,
  framesDropped: () => undefined,
  keyframeRequested: () => undefined,
};
