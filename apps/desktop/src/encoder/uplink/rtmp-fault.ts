import type { Refusal } from "./refusal.ts";

/** Why a publication did not come about or ended. Words of servers are in `refusal`, never a key. */
export type RtmpFaultCode =
  /** Not an RTMP address. */
  | "bad_address"
  /** No way to the host, or it does not take connections. */
  | "unreachable"
  /** Its certificate is not trusted. */
  | "untrusted"
  | "timed_out"
  | "connection_lost"
  /** Closed by the server while it was being asked to publish, without a word. */
  | "closed_unsaid"
  | "protocol"
  | "refused"
  /** We let go of it. */
  | "asked";

export class RtmpFault extends Error {
  override readonly name = "RtmpFault";
  readonly code: RtmpFaultCode;
  readonly refusal: Refusal | undefined;

  constructor(code: RtmpFaultCode, options: ErrorOptions & { readonly refusal?: Refusal } = {}) {
    super(options.refusal?.description ?? code, options);
    this.code = code;
    this.refusal = options.refusal;
  }
}

const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/;

/** @param connected whether the socket had been open */
export function faultOfSocket(error: NodeJS.ErrnoException | undefined, connected: boolean): RtmpFault {
  if (error !== undefined && UNTRUSTED.test(error.code ?? "")) {
    return new RtmpFault("untrusted", { cause: error });
  }
  return new RtmpFault(connected ? "connection_lost" : "unreachable", { cause: error });
}
