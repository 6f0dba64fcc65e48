import { ERROR_STATUS, type ErrorCode } from "@footlight/shared";
import { initTRPC, TRPCError } from "@trpc/server";
import { z } from "zod";
import { ApiError, fieldErrors } from "../api-error.ts";
import type { TrpcContext } from "./context.ts";

const t = initTRPC.context<TrpcContext>().create({
  isDev: false,
  errorFormatter: ({ shape, error }) => {
    const problem = problemIn(error);
    return {
      ...shape,
      // What an exception says is for the log.
      message: problem.appCode === "internal_error" ? "internal_error" : shape.message,
      data: {
        code: shape.data.code,
        httpStatus: shape.data.httpStatus,
        ...(shape.data.path === undefined ? {} : { path: shape.data.path }),
        ...problem,
      },
    };
  },
});

export const router = t.router;

/** Refusals leave as tRPC errors whose `data.appCode` is the stable code. */
const publicProcedure = t.procedure.use(async ({ ctx, next }) => {
  const result = await next();
  if (result.ok) return result;
  const { cause } = result.error;
  if (!(cause instanceof ApiError)) return result;
  if (cause.retryAfterS !== undefined) ctx.retryAfter(cause.retryAfterS);
  throw new TRPCError({
    code: TRPC_CODES[ERROR_STATUS[cause.code]] ?? "BAD_REQUEST",
    message: cause.message,
    cause,
  });
});

export const anyone = publicProcedure;

export const signedIn = publicProcedure.use(async ({ ctx, next }) => {
  const account = await ctx.account();
  if (account === undefined || ctx.token === undefined) throw new ApiError("unauthenticated");
  return await next({ ctx: { ...ctx, me: account, token: ctx.token } });
});

export const operatorOnly = signedIn.use(async ({ ctx, next }) => {
  if (!ctx.me.operator) throw new ApiError("forbidden");
  return await next();
});

interface TrpcProblem {
  readonly appCode: ErrorCode;
  /** Only for `invalid_request`. */
  readonly errors?: { path: string; message: string }[];
  readonly retryAfterS?: number;
}

function problemIn(error: TRPCError): TrpcProblem {
  const { cause } = error;
  if (cause instanceof ApiError) {
    return {
      appCode: cause.code,
      ...(cause.retryAfterS === undefined ? {} : { retryAfterS: cause.retryAfterS }),
    };
  }
  if (cause instanceof z.ZodError && error.code === "BAD_REQUEST") {
    return { appCode: "invalid_request", errors: fieldErrors(cause) };
  }
  return { appCode: APP_CODES[error.code] ?? "internal_error" };
}

/** tRPC knows fewer codes than HTTP has statuses; `appCode` keeps what is lost. */
const TRPC_CODES: Partial<Record<number, TRPCError["code"]>> = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "METHOD_NOT_SUPPORTED",
  409: "CONFLICT",
  410: "NOT_FOUND",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  422: "UNPROCESSABLE_CONTENT",
  429: "TOO_MANY_REQUESTS",
  500: "INTERNAL_SERVER_ERROR",
  503: "SERVICE_UNAVAILABLE",
  507: "SERVICE_UNAVAILABLE",
};

/** Of errors that tRPC itself throws. */
const APP_CODES: Partial<Record<TRPCError["code"], ErrorCode>> = {
  PARSE_ERROR: "invalid_json",
  BAD_REQUEST: "invalid_request",
  UNAUTHORIZED: "unauthenticated",
  FORBIDDEN: "forbidden",
  NOT_FOUND: "not_found",
  METHOD_NOT_SUPPORTED: "method_not_allowed",
  PAYLOAD_TOO_LARGE: "payload_too_large",
  UNSUPPORTED_MEDIA_TYPE: "unsupported_media_type",
  TOO_MANY_REQUESTS: "rate_limited",
};
