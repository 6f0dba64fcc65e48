import type { ServerResponse } from "node:http";
import { ERROR_STATUS, type ErrorCode, type Problem } from "@footlight/shared";

export const PROBLEM_TYPE = "application/problem+json; charset=utf-8";

/** RFC 9457 titles; the code is what clients read, the UI owns the words. */
const TITLES: Partial<Record<number, string>> = {
  400: "Bad request",
  401: "Unauthenticated",
  403: "Forbidden",
  404: "Not found",
  405: "Method not allowed",
  408: "Request timeout",
  409: "Conflict",
  410: "Gone",
  412: "Precondition failed",
  413: "Payload too large",
  414: "URI too long",
  415: "Unsupported media type",
  422: "Unprocessable content",
  428: "Precondition required",
  429: "Too many requests",
  431: "Request header fields too large",
  500: "Internal error",
  503: "Unavailable",
  507: "Storage full",
};

export interface ProblemDetails {
  readonly status?: number;
  readonly detail?: string | undefined;
  readonly errors?: Problem["errors"];
}

export function problem(code: ErrorCode, { status, detail, errors }: ProblemDetails = {}): Problem {
  const theStatus = status ?? ERROR_STATUS[code];
  return {
    type: `urn:footlight:problem:${code}`,
    title: TITLES[theStatus] ?? "Error",
    status: theStatus,
    code,
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors }),
  };
}

/** fastify's and its plugins' own faults by status: they carry no code of ours. */
const CODE_OF_STATUS: Partial<Record<number, ErrorCode>> = {
  400: "invalid_request",
  401: "unauthenticated",
  403: "forbidden",
  404: "not_found",
  405: "method_not_allowed",
  408: "invalid_request",
  413: "payload_too_large",
  414: "invalid_request",
  415: "unsupported_media_type",
  429: "rate_limited",
  503: "unavailable",
};

interface ErrorLike {
  readonly code?: unknown;
  readonly statusCode?: unknown;
  readonly message?: unknown;
  readonly errors?: unknown;
}

/**
 * What a thrown value says to a client. An error whose `code` is one of ours speaks for itself; of
 * anything else that is not a client's fault nothing leaves the process but `internal_error`.
 */
export function problemOf(thrown: unknown): Problem {
  const error: ErrorLike = typeof thrown === "object" && thrown !== null ? thrown : {};
  if (isErrorCode(error.code)) {
    const open = ERROR_STATUS[error.code] < 500;
    return problem(error.code, {
      detail: open && typeof error.message === "string" ? error.message : undefined,
      ...(isFieldErrors(error.errors) ? { errors: error.errors } : {}),
    });
  }
  if (error.code === "FST_ERR_CTP_INVALID_JSON_BODY" || error.code === "FST_ERR_CTP_EMPTY_JSON_BODY") {
    return problem("invalid_json", { detail: "The body is not valid JSON." });
  }
  const status = typeof error.statusCode === "number" ? error.statusCode : 500;
  const code = CODE_OF_STATUS[status];
  if (code === undefined)
    return problem(status >= 400 && status < 500 ? "invalid_request" : "internal_error");
  return problem(code, { status });
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === "string" && Object.hasOwn(ERROR_STATUS, code);
}

function isFieldErrors(value: unknown): value is NonNullable<Problem["errors"]> {
  return (
    Array.isArray(value) &&
    value.every((item) => typeof item?.path === "string" && typeof item?.message === "string")
  );
}

/** Answers on the bare response, for what is below fastify (media, a closing server). */
export function sendRawProblem(
  res: ServerResponse,
  body: Problem,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (res.headersSent || res.destroyed) {
    res.destroy();
    return;
  }
  const bytes = Buffer.from(JSON.stringify(body));
  res.writeHead(body.status, {
    "content-type": PROBLEM_TYPE,
    "content-length": bytes.length,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...headers,
  });
  res.end(bytes);
}
