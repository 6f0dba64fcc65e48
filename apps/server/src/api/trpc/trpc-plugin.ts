import { ERROR_STATUS } from "@footlight/shared";
import { type FastifyTRPCPluginOptions, fastifyTRPCPlugin } from "@trpc/server/adapters/fastify";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Account } from "../../domain/accounts/account.ts";
import { bearerToken } from "../../http/bearer.ts";
import type { Logger } from "../../platform/logger.ts";
import { ApiError } from "../api-error.ts";
import { callerOf, originOf, SESSION_COOKIE } from "../client.ts";
import { isSameSite } from "../csrf.ts";
import type { TrpcContext } from "./context.ts";
import { type AppRouter, type AppRouterDeps, createAppRouter } from "./router.ts";

const MAX_BATCH = 20;
/** An avatar of 1 MB is 1.4 MB of Base64. */
const UPLOAD_LIMIT = 1_500_000;
const BODY_LIMIT = 64 * 1024;
const UPLOADS = ["dashboard.uploadAvatar"];
const SESSION_S = 400 * 24 * 3600;

export interface TrpcDeps extends AppRouterDeps {
  readonly logger: Logger;
}

/** `/trpc`: the session is a cookie (or a bearer token), so every call that changes something must be ours. */
export async function registerTrpc(app: FastifyInstance, deps: TrpcDeps): Promise<void> {
  const secureByConfig = deps.publicUrl?.startsWith("https:") === true;

  app.addHook("onRoute", (route) => {
    route.bodyLimit = UPLOAD_LIMIT;
  });
  app.addHook("preHandler", async (request) => {
    const body = typeof request.body === "string" ? request.body : "";
    if (body.length > BODY_LIMIT && !UPLOADS.includes(pathOf(request)))
      throw new ApiError("payload_too_large");
    const changes = request.method !== "GET" && request.method !== "HEAD";
    if (changes && bearerToken(request) === undefined && !isSameSite(request, deps.publicUrl)) {
      throw new ApiError("csrf_failed");
    }
  });

  const options: FastifyTRPCPluginOptions<AppRouter> = {
    prefix: "/trpc",
    trpcOptions: {
      router: createAppRouter(deps),
      maxBatchSize: MAX_BATCH,
      createContext: ({ req, res }) => createContext(req, res, deps, secureByConfig),
      responseMeta: ({ errors }) => ({
        headers: new Headers({ "cache-control": "no-store" }),
        ...statusOf(errors),
      }),
      onError: ({ error, path }) => {
        if (error.code !== "INTERNAL_SERVER_ERROR" || isExpected(error.cause)) return;
        deps.logger.error({ err: error.cause ?? error, path }, "procedure failed");
      },
    },
  };
  await app.register(fastifyTRPCPlugin, options);
}

function createContext(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: TrpcDeps,
  secureByConfig: boolean,
): TrpcContext {
  const token = bearerToken(request) ?? request.cookies[SESSION_COOKIE];
  let account: Promise<Account | undefined> | undefined;
  return {
    caller: callerOf(request),
    origin: originOf(request),
    token,
    account: () => {
      account ??= token === undefined ? Promise.resolve(undefined) : deps.domain.auth.session(token);
      return account;
    },
    setSession: (value) => {
      const attributes = {
        path: "/",
        httpOnly: true,
        sameSite: "lax",
        secure: secureByConfig || request.protocol === "https",
      } as const;
      if (value === undefined) reply.clearCookie(SESSION_COOKIE, attributes);
      else reply.setCookie(SESSION_COOKIE, value, { ...attributes, maxAge: SESSION_S });
    },
    retryAfter: (seconds) => {
      reply.header("retry-after", String(seconds));
    },
  };
}

/** A lone refusal has its own status; tRPC knows fewer. Of a batch each answer says its own inside. */
function statusOf(errors: readonly { readonly cause?: unknown }[]): { readonly status?: number } {
  const [only, another] = errors;
  if (another !== undefined || !(only?.cause instanceof ApiError)) return {};
  return { status: only.cause.statusCode };
}

function pathOf(request: FastifyRequest): string {
  const { path } = request.params as { path?: string };
  return path ?? "";
}

function isExpected(cause: unknown): boolean {
  return cause instanceof ApiError && ERROR_STATUS[cause.code] < 500;
}
