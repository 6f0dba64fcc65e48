import type { Problem } from "@footlight/shared";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { Logger } from "../platform/logger.ts";
import { pathOf } from "./http-metrics.ts";
import { PROBLEM_TYPE, problem, problemOf } from "./problem.ts";
import type { RouteMethods } from "./route-methods.ts";
import type { WebApp } from "./web-app.ts";

/** RFC 9457 for whatever goes wrong, and the web app for unknown paths that a person could have typed. */
export function installErrorAnswers(
  app: FastifyInstance,
  parts: { methods: RouteMethods; web: WebApp; logger: Logger },
): void {
  const { methods, web, logger } = parts;

  app.setErrorHandler((error, request, reply) => {
    const body = problemOf(error);
    // A "full" or "not now" is an answer, counted by who gives it; a crowd that comes back must not fill the log.
    if (body.status === 503) logger.debug({ err: error, path: pathOf(request.raw.url) }, "not now");
    else if (body.status >= 500) {
      logger.error({ err: error, method: request.method, path: pathOf(request.raw.url) }, "request failed");
    }
    return sendProblem(reply, body);
  });

  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request.raw.url);
    const allowed = methods.allowed(path);
    if (allowed.length > 0 && !allowed.includes(request.method)) {
      return sendProblem(reply.header("allow", allowed.join(", ")), problem("method_not_allowed"));
    }
    if (!web.isPage(request)) return sendProblem(reply, problem("not_found"));
    if (!web.present)
      return sendProblem(reply, problem("unavailable", { detail: "The web app is not built." }));
    return reply.sendFile("index.html");
  });
}

export function sendProblem(reply: FastifyReply, body: Problem): FastifyReply {
  return reply
    .code(body.status)
    .type(PROBLEM_TYPE)
    .header("cache-control", "no-store")
    .send(JSON.stringify(body));
}
