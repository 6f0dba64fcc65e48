import { RealtimeFault } from "@footlight/realtime/realtime-fault.ts";
import type { ErrorCode } from "@footlight/shared";
import { TRPCClientError } from "@trpc/client";

/** Why a call failed: one of the server's stable codes, or `network` when there was no answer. */
export type ProblemCode = ErrorCode | "network";

export interface AppProblem {
  code: ProblemCode;
  /** Field path → what is wrong with it; only for `invalid_request`. */
  fields: Record<string, string>;
}

/** Words for every code. The server never writes prose for people; this table does. */
const WORDS: Record<ProblemCode, string> = {
  network: "The server did not answer. Check your connection and try again.",
  invalid_request: "Something in the form is not right.",
  invalid_json: "The request could not be read.",
  bad_sdp: "The connection could not be set up.",
  unauthenticated: "Sign in to do this.",
  invalid_credentials: "That username and password do not match.",
  forbidden: "You are not allowed to do this.",
  csrf_failed: "This page is out of date. Reload it and try again.",
  registration_closed: "This server takes no new accounts without a valid invitation.",
  stream_ended: "The stream has ended.",
  not_found: "That is not here.",
  stream_not_found: "That stream is not here any more.",
  channel_not_found: "There is no channel of that name.",
  not_live: "The stream is not live.",
  stage_not_found: "The stage has closed.",
  stage_full: "The stage is full.",
  not_on_stage: "You are not on the stage.",
  join_again: "The connection to the stage was lost. It is being made again.",
  joined_elsewhere: "You are on this stage in another window.",
  removed_from_stage: "The host has removed you from the stage.",
  method_not_allowed: "The server does not know this request.",
  username_taken: "That username is taken.",
  email_taken: "An account with that e-mail address exists already.",
  key_in_use: "Another encoder is live with this stream key.",
  stream_already_live: "The channel is live already.",
  stream_not_live: "The stream is not live.",
  not_missing: "The server has this already.",
  backfill_closed: "The stream ended too long ago.",
  backfill_full: "The server takes no more of this stream.",
  digest_mismatch: "That did not arrive whole. Try again.",
  bad_piece: "That file is not what it should be.",
  token_expired: "This link has been used or has expired. Ask for a new one.",
  precondition_failed: "The connection has changed meanwhile. Try again.",
  payload_too_large: "That file is too large.",
  unsupported_media_type: "That kind of file is not supported.",
  username_reserved: "That username is reserved. Choose another one.",
  weak_password: "That password is too easy to guess. Use a longer one.",
  unsupported_sdp: "This browser cannot play the stream in real time.",
  precondition_required: "The server does not know this request.",
  rate_limited: "Too many attempts. Wait a minute and try again.",
  internal_error: "Something broke on the server. Try again in a moment.",
  unavailable: "The server is busy. Try again in a moment.",
  rtc_full: "Too many people are watching in real time. Try again in a moment.",
  rtc_unavailable: "Real-time video is not available right now.",
  storage_full: "The server has no space left.",
};

export const wordsFor = (code: ProblemCode): string => WORDS[code];

/** Asked of the words, not of the shared table: that would bring zod onto every page. */
const isErrorCode = (code: unknown): code is ErrorCode =>
  typeof code === "string" && Object.hasOwn(WORDS, code);

const STATUS_CODES: Record<number, ErrorCode> = {
  400: "invalid_request",
  401: "unauthenticated",
  403: "forbidden",
  404: "not_found",
  429: "rate_limited",
  503: "unavailable",
};

/** zod issues as the server sends them beside an `invalid_request`. */
const fieldsOf = (data: object): Record<string, string> => {
  const list = "errors" in data && Array.isArray(data.errors) ? data.errors : [];
  const entries = list.flatMap((entry: unknown): [string, string][] => {
    if (typeof entry !== "object" || entry === null || !("path" in entry) || !("message" in entry)) return [];
    return [[String(entry.path), String(entry.message)]];
  });
  return Object.fromEntries(entries);
};

/** Whatever a query, a mutation or a request over `/realtime` threw, as a problem that has words. */
export const problemOf = (error: unknown): AppProblem => {
  if (error instanceof RealtimeFault) {
    return { code: isErrorCode(error.code) ? error.code : "network", fields: {} };
  }
  if (!(error instanceof TRPCClientError)) return { code: "network", fields: {} };
  const data: unknown = error.data;
  if (typeof data !== "object" || data === null) return { code: "network", fields: {} };
  const appCode = "appCode" in data ? data.appCode : undefined;
  if (isErrorCode(appCode)) return { code: appCode, fields: fieldsOf(data) };
  const status = "httpStatus" in data ? Number(data.httpStatus) : 500;
  return { code: STATUS_CODES[status] ?? "internal_error", fields: fieldsOf(data) };
};

export const messageOf = (error: unknown): string => wordsFor(problemOf(error).code);

/** The call may succeed if it is simply made again. */
export const isLost = (problem: AppProblem): boolean =>
  problem.code === "network" || problem.code === "unavailable" || problem.code === "internal_error";
