import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Account } from "../../domain/accounts/account.ts";
import type { Domain } from "../../domain/create-domain.ts";
import { bearerToken } from "../../http/bearer.ts";
import type { Clock } from "../../platform/clock.ts";
import { ApiError, fieldErrors, parseInput } from "../api-error.ts";
import { baseUrl } from "../client.ts";
import type { Presenter } from "../presenter.ts";
import { accountRoutes } from "./account-routes.ts";
import { backfillRoutes } from "./backfill-routes.ts";
import { openApiDocument } from "./openapi.ts";
import type { Call, RestRoute } from "./route.ts";
import { streamRoutes } from "./stream-routes.ts";
import { uploadTestRoute } from "./upload-test-route.ts";

/** Titles, tags and passwords; nothing of REST v1 is large. */
const BODY_LIMIT = 64 * 1024;

export interface RestDeps {
  readonly domain: Domain;
  readonly presenter: Presenter;
  readonly publicUrl: string | undefined;
  readonly version: string;
  readonly clock: Pick<Clock, "monotonicMs">;
}

/** REST v1 below `/api/v1`, for bearer tokens; cookies mean nothing here, so nothing can ride on them. */
export function registerRest(app: FastifyInstance, deps: RestDeps): void {
  const routes = [
    ...accountRoutes(deps.domain),
    ...streamRoutes(deps.domain, deps.presenter),
    ...backfillRoutes(deps.domain),
    uploadTestRoute(deps.clock),
  ];
  for (const each of routes) if (each.spec.upload === undefined) registerRoute(app, each, deps);
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addHook("onSend", async (request, reply) => {
      if (!request.raw.complete) reply.header("connection", "close");
    });
    for (const each of routes) if (each.spec.upload !== undefined) registerUpload(scope, each, deps);
  });

  const document = JSON.stringify(openApiDocument(routes, deps.version));
  app.get("/api/v1/openapi.json", async (_request, reply) => {
    return await reply
      .type("application/json; charset=utf-8")
      .header("cache-control", "public, max-age=300")
      .send(document);
  });
}

/** Its bytes are not gathered here: what is not read of them goes with its connection. */
function registerUpload(app: FastifyInstance, each: RestRoute, deps: RestDeps): void {
  const type = each.spec.upload?.type ?? "";
  if (!app.hasContentTypeParser(type)) {
    app.addContentTypeParser(type, (_request, payload, done) => done(null, payload));
  }
  registerRoute(app, each, deps);
}

function registerRoute(app: FastifyInstance, { spec, handle }: RestRoute, deps: RestDeps): void {
  app.route({
    method: spec.method,
    url: `/api/v1${spec.path}`,
    bodyLimit: BODY_LIMIT,
    handler: async (request, reply) => {
      const account = spec.auth === "bearer" ? await authenticate(request, reply, deps.domain) : undefined;
      const call: Call<unknown, unknown, unknown> = {
        request,
        account,
        upload: request.body instanceof Readable ? request.body : undefined,
        body: spec.body === undefined ? undefined : parseInput(spec.body, request.body),
        query: spec.query === undefined ? undefined : parseInput(spec.query, request.query),
        params: spec.params === undefined ? undefined : parseParams(spec, request.params),
        base: baseUrl(deps.publicUrl, request),
      };
      // The route's own schemas made these values; only the list of routes has forgotten the types.
      const answer = spec.answer.parse(await handle(call as Call<never, never, never>));
      return await reply
        .code(spec.status)
        .type("application/json; charset=utf-8")
        .header("cache-control", "no-store")
        .send(JSON.stringify(answer));
    },
  });
}

/** An id that no stream can have is one that no stream has. */
function parseParams(spec: RestRoute["spec"], params: unknown): unknown {
  const parsed = spec.params?.safeParse(params);
  if (parsed?.success === true) return parsed.data;
  const errors = parsed === undefined ? [] : fieldErrors(parsed.error);
  if (errors.every(({ path }) => path === "id")) throw new ApiError("stream_not_found");
  throw new ApiError("invalid_request", { errors });
}

async function authenticate(
  request: FastifyRequest,
  reply: FastifyReply,
  domain: Pick<Domain, "auth">,
): Promise<Account> {
  const token = bearerToken(request);
  const account = token === undefined ? undefined : await domain.auth.session(token);
  if (account !== undefined) return account;
  reply.header("www-authenticate", token === undefined ? "Bearer" : 'Bearer error="invalid_token"');
  throw new ApiError("unauthenticated");
}
