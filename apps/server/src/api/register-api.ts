import cookie from "@fastify/cookie";
import type { StreamId } from "@footlight/shared";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Domain } from "../domain/create-domain.ts";
import { bearerToken } from "../http/bearer.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import { networkOf } from "../platform/network.ts";
import { ApiError } from "./api-error.ts";
import { registerAvatars } from "./avatar-route.ts";
import { type BeaconResult, registerBeacons, registerTime } from "./beacon-routes.ts";
import { SESSION_COOKIE, tokenName } from "./client.ts";
import { type IngestPorts, Presenter } from "./presenter.ts";
import { RateLimit } from "./rate-limit.ts";
import { registerRest } from "./rest/rest-plugin.ts";
import { registerTrpc } from "./trpc/trpc-plugin.ts";

/** Pages of many viewers behind one address send heartbeats and refresh lists: they get more. */
const TRPC_FACTOR = 10;

export interface ApiDeps {
  readonly domain: Domain;
  /** PUBLIC_URL. */
  readonly publicUrl: string | undefined;
  readonly requestsPerMinute: number;
  readonly version: string;
  /** The ports of RTMP and RTMPS as they were bound. */
  readonly ingest: () => IngestPorts;
  readonly lanAddress: () => string | undefined;
  readonly rtc: { readonly available: boolean };
  /** Live pictures, which the media origin serves. */
  readonly thumbnails: { get(streamId: StreamId): Uint8Array | undefined };
  readonly countBeacon: (result: BeaconResult) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Mounts `/api/v1`, `/trpc`, `/avatars`, `/beacons` and `/time`. Errors are thrown for the server's problem handler. */
export async function registerApi(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  const logger = deps.logger.child({ area: "api" });
  const { domain, publicUrl, requestsPerMinute, version } = deps;
  const presenter = new Presenter({
    publicUrl,
    ingest: deps.ingest,
    lanAddress: deps.lanAddress,
    rtc: deps.rtc,
    live: domain.live,
    viewers: domain.viewers,
    thumbnails: deps.thumbnails,
    clock: deps.clock,
  });

  await app.register(async (scope) => {
    scope.addHook("onRequest", limiter(deps, requestsPerMinute));
    scope.addHook("onError", retryAfter);
    registerRest(scope, { domain, presenter, publicUrl, version, clock: deps.clock });
  });
  await app.register(async (scope) => {
    await scope.register(cookie);
    scope.addHook("onRequest", limiter(deps, requestsPerMinute * TRPC_FACTOR));
    scope.addHook("onError", retryAfter);
    const mailLink = (path: string) => mailUrl(publicUrl, path);
    await registerTrpc(scope, { domain, presenter, publicUrl, mailLink, version, logger });
  });
  await app.register(async (scope) => {
    registerAvatars(scope, domain.avatars);
    registerTime(scope, deps.clock);
  });
  await app.register(async (scope) => {
    scope.addHook("onError", retryAfter);
    registerBeacons(scope, {
      audience: domain.audience,
      countBeacon: deps.countBeacon,
      perMinuteAnAddress: requestsPerMinute * TRPC_FACTOR,
      clock: deps.clock,
    });
  });
}

/** Counted by address and, where there is one, by token: neither many addresses nor many tokens help. */
function limiter(deps: Pick<ApiDeps, "clock">, perMinute: number) {
  const byAddress = new RateLimit(perMinute, deps.clock);
  const byToken = new RateLimit(perMinute, deps.clock);
  return async (request: FastifyRequest): Promise<void> => {
    const token = bearerToken(request) ?? request.cookies?.[SESSION_COOKIE];
    const waitS =
      byAddress.take(networkOf(request.ip)) ??
      (token === undefined ? undefined : byToken.take(tokenName(token)));
    if (waitS !== undefined) throw new ApiError("rate_limited", { retryAfterS: waitS });
  };
}

async function retryAfter(_request: FastifyRequest, reply: FastifyReply, error: Error): Promise<void> {
  if (error instanceof ApiError && error.retryAfterS !== undefined) {
    reply.header("retry-after", String(error.retryAfterS));
  }
}

/**
 * A mail must not lead where a forged Host header says, so without PUBLIC_URL it names the path
 * only, and its reader opens it on the server that they know.
 */
function mailUrl(publicUrl: string | undefined, path: string): string {
  return publicUrl === undefined
    ? `${path}   (put your Footlight server's address before it)`
    : `${publicUrl.replace(/\/+$/, "")}${path}`;
}
