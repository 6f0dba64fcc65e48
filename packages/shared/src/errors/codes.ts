/**
 * Every stable error code of the HTTP surface with its status: one table, exhaustive, used by the
 * server to answer and by clients to choose words. Errors carry codes; the UI owns the words.
 */
export const ERROR_STATUS = {
  invalid_request: 400,
  invalid_json: 400,
  /** Not SDP, or against its rules. */
  bad_sdp: 400,
  unauthenticated: 401,
  invalid_credentials: 401,
  forbidden: 403,
  csrf_failed: 403,
  registration_closed: 403,
  /** Its encoder may not bring it back. */
  stream_ended: 403,
  removed_from_stage: 403,
  not_found: 404,
  stream_not_found: 404,
  channel_not_found: 404,
  /** Nothing of this name is on air, or not in WebRTC. */
  not_live: 404,
  method_not_allowed: 405,
  stage_not_found: 404,
  username_taken: 409,
  email_taken: 409,
  stream_already_live: 409,
  /** Another encoder publishes with this stream key. */
  key_in_use: 409,
  stream_not_live: 409,
  /** A bound on participants or invitations. */
  stage_full: 409,
  /** Asked of who is not on stage, or not in a state for it. */
  not_on_stage: 409,
  /** A piece of backfill that the server has, or part of it. */
  not_missing: 409,
  /** What was asked about is void: join the stage again. */
  join_again: 409,
  /** Another window of the same participant is on the stage, and is not to be taken over from. */
  joined_elsewhere: 409,
  token_expired: 410,
  /** The stream ended too long ago. */
  backfill_closed: 410,
  /** An ICE session that has been restarted since (RFC 9725 §4.3.1). */
  precondition_failed: 412,
  payload_too_large: 413,
  unsupported_media_type: 415,
  /** The bytes are not those of Content-Digest. */
  digest_mismatch: 422,
  /** Not FLV, or not exactly the pictures that its URL names. */
  bad_piece: 422,
  username_reserved: 422,
  weak_password: 422,
  /** SDP that cannot be met: no codec in common, no bundle. */
  unsupported_sdp: 422,
  precondition_required: 428,
  rate_limited: 429,
  internal_error: 500,
  unavailable: 503,
  /** A bound on WebRTC peers is reached. */
  rtc_full: 503,
  /** No media worker runs. */
  rtc_unavailable: 503,
  storage_full: 507,
  /** A stream's bound on backfill. */
  backfill_full: 507,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** Why a publisher was refused or cut off. Shared by RTMP and WHIP, shown in the dashboard. */
export const PUBLISH_REFUSALS = [
  "wrong_key",
  "key_in_use",
  "stream_ended",
  "server_full",
  "locked_out",
  "server_closing",
  "unsupported_codec",
] as const;
export type PublishRefusal = (typeof PUBLISH_REFUSALS)[number];
