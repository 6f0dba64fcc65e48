import type { ErrorCode } from "@footlight/shared";

/** A request over `/realtime` that failed: by a "no" of the server, or without an answer (`network`). */
export class RealtimeFault extends Error {
  constructor(readonly code: ErrorCode | "network") {
    super(code);
    this.name = "RealtimeFault";
  }
}
