import { ERROR_STATUS, type ErrorCode, type Problem } from "@footlight/shared";
import type { z } from "zod";
import type { Refusal } from "../domain/refusal.ts";

/** What an edge throws to answer with a problem; `code` is the client's, the message a plain sentence. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly statusCode: number;
  readonly retryAfterS: number | undefined;
  readonly errors: Problem["errors"];

  constructor(
    readonly code: ErrorCode,
    details: { readonly retryAfterS?: number | undefined; readonly errors?: Problem["errors"] } = {},
  ) {
    super(SENTENCES[code]);
    this.statusCode = ERROR_STATUS[code];
    this.retryAfterS = details.retryAfterS;
    this.errors = details.errors;
  }
}

/** The value of an outcome that is no refusal; a refusal is thrown as its problem. */
export function accepted<T>(outcome: T): Exclude<T, Refusal> {
  if (isRefusal(outcome)) throw new ApiError(outcome.code, { retryAfterS: outcome.retryAfterS });
  return outcome as Exclude<T, Refusal>;
}

function isRefusal(outcome: unknown): outcome is Refusal {
  return typeof outcome === "object" && outcome !== null && "kind" in outcome && outcome.kind === "refused";
}

export function fieldErrors(error: z.ZodError): NonNullable<Problem["errors"]> {
  return error.issues.slice(0, 20).map((issue) => ({ path: issue.path.join("."), message: issue.message }));
}

/** Parsed, or `invalid_request` with what is wrong with which field. */
export function parseInput<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new ApiError("invalid_request", { errors: fieldErrors(parsed.error) });
  return parsed.data;
}

/** For whoever reads an answer by eye; apps go by the code. */
const SENTENCES: Record<ErrorCode, string> = {
  invalid_request: "The request does not have the expected shape.",
  invalid_json: "The body is not valid JSON.",
  bad_sdp: "The body is not valid SDP.",
  unauthenticated: "Sign in first.",
  invalid_credentials: "Unknown name or wrong password.",
  forbidden: "This is not yours to do.",
  csrf_failed: "The request does not come from this site.",
  registration_closed: "This server takes new accounts by invitation only, or none.",
  stream_ended: "The stream has ended.",
  not_found: "There is nothing here.",
  stream_not_found: "There is no such stream.",
  channel_not_found: "There is no such channel.",
  not_live: "The stream is not live, or not in WebRTC.",
  stage_not_found: "There is no such stage, or it has closed.",
  stage_full: "The stage has no place left.",
  not_on_stage: "This is for who is on stage.",
  join_again: "The connection to the stage is void: join again.",
  joined_elsewhere: "You are on this stage in another window.",
  removed_from_stage: "The host has removed you from the stage.",
  method_not_allowed: "This address does not take that method.",
  username_taken: "The username is taken.",
  email_taken: "There is an account with this mail address.",
  key_in_use: "Another encoder publishes with this stream key.",
  stream_already_live: "The channel is live already.",
  stream_not_live: "The channel is not live.",
  not_missing: "The server has this already, or part of it.",
  backfill_closed: "The stream ended too long ago.",
  backfill_full: "As much as one stream may be sent afterwards is here.",
  digest_mismatch: "The bytes are not those of Content-Digest.",
  bad_piece: "This is not FLV with exactly the pictures that the URL names.",
  token_expired: "The link was used or has expired.",
  precondition_failed: "What was asked to be changed has changed meanwhile.",
  payload_too_large: "The body is too large.",
  unsupported_media_type: "The body is of a type that is not taken here.",
  username_reserved: "The username is reserved.",
  weak_password: "The password is too easy to guess.",
  unsupported_sdp: "The offer cannot be met.",
  precondition_required: "The request must say what state it changes.",
  rate_limited: "Too many requests; try again later.",
  internal_error: "Something went wrong on the server.",
  unavailable: "The server cannot answer now; try again later.",
  rtc_full: "There is no place for another WebRTC session; try again later.",
  rtc_unavailable: "WebRTC is not available now; try again later.",
  storage_full: "The server has no space left.",
};
