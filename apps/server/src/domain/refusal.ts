import type { ErrorCode } from "@footlight/shared";

/** An expected "no": a code for the client, never an exception. */
export interface Refusal<Code extends ErrorCode = ErrorCode> {
  readonly kind: "refused";
  readonly code: Code;
  /** Whole seconds after which trying again makes sense. */
  readonly retryAfterS?: number;
}

export function refuse<Code extends ErrorCode>(code: Code, retryAfterS?: number): Refusal<Code> {
  return retryAfterS === undefined ? { kind: "refused", code } : { kind: "refused", code, retryAfterS };
}
