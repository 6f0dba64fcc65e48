import { BEACON_LIMITS, Beacon } from "@footlight/shared";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { isTooDeep } from "../http/json-body.ts";
import type { Clock } from "../platform/clock.ts";
import { networkOf } from "../platform/network.ts";
import { ApiError } from "./api-error.ts";
import { RateLimit } from "./rate-limit.ts";

/** What became of a beacon; `footlight_beacons_total` counts by it. */
export type BeaconResult = "taken" | "not_running" | "invalid" | "too_large" | "limited";

export interface BeaconRouteDeps {
  readonly audience: { note(beacon: Beacon): "taken" | "not_running" };
  readonly countBeacon: (result: BeaconResult) => void;
  /** Many viewers may sit behind one address. */
  readonly perMinuteAnAddress: number;
  readonly clock: Clock;
}

/** One comes every 10 s, and one more when its page goes. */
const PER_MINUTE_A_VIEWER = 30;
/** A beacon's deepest value lies in a sample in the list. */
const DEEPEST = 4;

/**
 * `POST /beacons`, as `navigator.sendBeacon` sends: a string, without credentials or preflight, from any
 * page that plays our streams. Nobody waits for the answer. Mount in a scope of its own: it reads text.
 */
export function registerBeacons(app: FastifyInstance, deps: BeaconRouteDeps): void {
  const byAddress = new RateLimit(deps.perMinuteAnAddress, deps.clock);
  const byViewer = new RateLimit(PER_MINUTE_A_VIEWER, deps.clock);

  app.removeContentTypeParser("application/json");
  app.addContentTypeParser(
    ["text/plain", "application/json"],
    { parseAs: "string" },
    (_request, body, done) => done(null, body),
  );
  app.addHook("onRequest", async (_request, reply) => {
    reply.header("access-control-allow-origin", "*").header("cache-control", "no-store");
  });
  app.addHook("onError", async (_request, _reply, error) => deps.countBeacon(resultOf(error)));

  app.options("/beacons", async (_request, reply) => {
    return await reply
      .headers({
        "access-control-allow-methods": "POST, OPTIONS",
        "access-control-allow-headers": "Content-Type",
        "access-control-max-age": "86400",
      })
      .code(204)
      .send();
  });
  app.post("/beacons", { bodyLimit: BEACON_LIMITS.bodyBytes }, async (request, reply) => {
    take(byAddress, networkOf(request.ip));
    const beacon = parse(request);
    take(byViewer, `${beacon.streamId} ${beacon.viewerId}`);
    deps.countBeacon(deps.audience.note(beacon));
    return await reply.code(204).send();
  });
}

/**
 * `GET /time`: the server's wall clock in ISO 8601 with milliseconds. Players set their clocks by it, and
 * DASH's UTCTiming (urn:mpeg:dash:utc:http-xsdate:2014) names it.
 */
export function registerTime(app: FastifyInstance, clock: Pick<Clock, "nowMs">): void {
  app.get("/time", async (_request, reply) => {
    return await reply
      .headers({
        "content-type": "text/plain; charset=utf-8",
        "cache-control": "no-store",
        "access-control-allow-origin": "*",
        // So that a player of another origin may see how long the way was.
        "timing-allow-origin": "*",
      })
      .send(new Date(clock.nowMs()).toISOString());
  });
}

function take(limit: RateLimit, name: string): void {
  const waitS = limit.take(name);
  if (waitS !== undefined) throw new ApiError("rate_limited", { retryAfterS: waitS });
}

function parse(request: FastifyRequest): Beacon {
  const text = typeof request.body === "string" ? request.body : "";
  const parsed = Beacon.safeParse(isTooDeep(text, DEEPEST) ? undefined : jsonOf(text));
  if (!parsed.success) throw new ApiError("invalid_request");
  return parsed.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function resultOf(error: { readonly statusCode?: number | undefined }): BeaconResult {
  if (error.statusCode === 413) return "too_large";
  return error.statusCode === 429 ? "limited" : "invalid";
}
