import type { FastifyInstance } from "fastify";
import { Counter, Histogram } from "prom-client";
import type { Logger } from "../platform/logger.ts";
import type { Metrics } from "../platform/metrics.ts";

/**
 * `/metrics` (Prometheus text), a count and a time of every answer, and the request log. Paths are
 * counted by route and logged without their query, which may carry a token.
 */
export function mountMetrics(app: FastifyInstance, metrics: Metrics, logger: Logger): void {
  const requests = new Counter({
    name: "footlight_http_requests_total",
    help: "Answers of the HTTP server, media apart",
    labelNames: ["method", "route", "status"],
    registers: [metrics],
  });
  const seconds = new Histogram({
    name: "footlight_http_request_duration_seconds",
    help: "Time to answer, media apart",
    labelNames: ["route"],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [metrics],
  });

  app.addHook("onResponse", async (request, reply) => {
    const route = request.is404 ? "other" : (request.routeOptions.url ?? "other");
    requests.inc({ method: request.method, route, status: `${Math.floor(reply.statusCode / 100)}xx` });
    seconds.observe({ route }, reply.elapsedTime / 1_000);
    if (logger.isLevelEnabled("debug")) {
      logger.debug(
        {
          method: request.method,
          path: pathOf(request.raw.url),
          status: reply.statusCode,
          ms: Math.round(reply.elapsedTime),
        },
        "request",
      );
    }
  });

  app.get("/metrics", async (_request, reply) => {
    return reply
      .type(metrics.contentType)
      .header("cache-control", "no-store")
      .send(await metrics.metrics());
  });
}

export function pathOf(url: string | undefined): string {
  return (url ?? "/").split("?", 1)[0] ?? "/";
}
