import type { TargetState } from "../../contract/encoder-control.ts";
import type { RtmpFault } from "./rtmp-fault.ts";

/** The server may hold our own connection that was cut: it gives way to us when it has been silent for 1.5 s. */
const OWN_SHADOW_MS = 6_000;
/** Without a grace of the server's a first try goes on for so long. */
const MIN_PATIENCE_MS = 10_000;
/** Some servers (Twitch) say no by closing: once may be an accident. */
const UNSAID_TRIES = 3;

const BACK_OFF_MS = [0, 500, 1_000, 2_000, 3_000, 5_000] as const;

export interface Trouble {
  /** Tries since there was a connection, this one included. */
  readonly tries: number;
  /** Since there was a connection, or since the first try. */
  readonly sinceMs: number;
  readonly graceMs: number;
  /** Of the tries, those that were closed without a word. */
  readonly unsaid: number;
}

export type Verdict =
  | { readonly kind: "retry"; readonly cause: string }
  | {
      readonly kind: "over";
      readonly state: Extract<TargetState, { state: "refused" | "failed" | "stopped" }>;
    };

/** Whether a publication is tried again. */
export function judge(fault: RtmpFault, trouble: Trouble): Verdict {
  const retry: Verdict = { kind: "retry", cause: fault.code };
  switch (fault.code) {
    case "asked":
      return { kind: "over", state: { state: "stopped" } };
    case "bad_address":
    case "untrusted":
      return { kind: "over", state: { state: "failed", cause: fault.code } };
    case "closed_unsaid":
      if (trouble.unsaid >= UNSAID_TRIES) return refused("bad_key", "");
      break;
    case "refused": {
      const { refusal } = fault;
      if (refusal?.kind !== "final") break;
      if (refusal.code === "key_in_use" && trouble.sinceMs < OWN_SHADOW_MS) return retry;
      return refused(refusal.code, refusal.description);
    }
    case "unreachable":
    case "timed_out":
    case "connection_lost":
    case "protocol":
      break;
  }
  if (trouble.sinceMs < Math.max(trouble.graceMs, MIN_PATIENCE_MS)) return retry;
  return { kind: "over", state: { state: "failed", cause: fault.code } };
}

/** The first retry at once; `random` in [0, 1) spreads those who fell together. */
export function backOffMs(tries: number, random: number): number {
  const base = BACK_OFF_MS[Math.min(tries - 1, BACK_OFF_MS.length - 1)] ?? 0;
  return Math.round(base * (0.8 + 0.4 * random));
}

const refused = (code: "bad_key" | "key_in_use" | "rejected", description: string): Verdict => ({
  kind: "over",
  state: { state: "refused", code, description },
});
