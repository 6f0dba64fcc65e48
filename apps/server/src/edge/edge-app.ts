import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Http2SecureServer } from "node:http2";
import { Counter, Gauge } from "prom-client";
import type { Config } from "../config/config.ts";
import { clientAddress } from "../http/client-address.ts";
import { createPlainServer, createTlsServer } from "../http/listeners.ts";
import { OpenConnections } from "../http/open-connections.ts";
import { problem, sendRawProblem } from "../http/problem.ts";
import { systemClock } from "../platform/clock.ts";
import { DisposalStack } from "../platform/lifecycle.ts";
import { listen } from "../platform/listen.ts";
import type { Logger } from "../platform/logger.ts";
import { createMetrics, type Metrics } from "../platform/metrics.ts";
import { MediaEdge } from "./media-edge.ts";

export interface EdgeApp extends AsyncDisposable {
  readonly ports: { readonly http: number; readonly https: number | undefined };
}

const CLOSE_DEADLINE_MS = 2_000;
const READY_TIMEOUT_MS = 2_000;

/** `ROLES=edge`: media from another server's origin, given to many. It keeps nothing on disk. */
export async function createEdgeApp(
  config: Pick<Config, "http" | "tls"> & { readonly edge: NonNullable<Config["edge"]> },
  { logger: parent }: { readonly logger: Logger },
): Promise<EdgeApp> {
  const logger = parent.child({ area: "edge" });
  const stack = new DisposalStack(logger);
  try {
    return await build(config, logger, stack);
  } catch (error) {
    await stack[Symbol.asyncDispose]();
    throw error;
  }
}

async function build(
  { http, tls, edge: { originUrl, maxBytes } }: Parameters<typeof createEdgeApp>[0],
  logger: Logger,
  stack: DisposalStack,
): Promise<EdgeApp> {
  const edge = new MediaEdge({
    originUrl: new URL(originUrl),
    maxBytes,
    addressOf: clientAddress(http.trustProxy),
    maxWaitingPerAddress: http.maxBlockedPerAddress,
    clock: systemClock,
    logger,
  });
  const metrics = createMetrics();
  countEdge([metrics], edge);
  const connections = new OpenConnections(CLOSE_DEADLINE_MS);
  const handle = (req: IncomingMessage, res: ServerResponse): void => {
    connections.began(res);
    if (edge.handle(req, res)) return;
    answerOperator(req, res, { metrics, originUrl }).catch((error: unknown) => {
      logger.error({ err: error }, "request failed");
      sendRawProblem(res, problem("internal_error"));
    });
  };
  const plain = createPlainServer(handle);
  const secure = tls === undefined ? undefined : await createTlsServer(tls, handle);
  const servers: (Server | Http2SecureServer)[] = secure === undefined ? [plain] : [plain, secure];
  for (const server of servers) connections.watch(server);
  stack.defer("http connections", () => connections.close(servers));
  const ports = {
    http: await listen(plain, { host: http.host, port: http.port, variable: "PORT" }),
    https:
      secure === undefined
        ? undefined
        : await listen(secure, { host: http.host, port: http.httpsPort, variable: "HTTPS_PORT" }),
  };
  // First of all: who waits gets an answer, and connections become idle.
  stack.use("origin requests", edge);
  return { ports, [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose]() };
}

async function answerOperator(
  req: IncomingMessage,
  res: ServerResponse,
  { metrics, originUrl }: { readonly metrics: Metrics; readonly originUrl: string },
): Promise<void> {
  const text = (status: number, body: string, type = "text/plain; charset=utf-8"): void => {
    res.writeHead(status, { "content-type": type, "cache-control": "no-store" });
    res.end(body);
  };
  switch (req.url) {
    case "/healthz":
      return text(200, "ok\n");
    case "/readyz": {
      const signal = AbortSignal.timeout(READY_TIMEOUT_MS);
      const origin = await fetch(new URL("/readyz", originUrl), { signal }).catch(() => undefined);
      return origin?.ok === true ? text(200, "ready\n") : text(503, "the origin is not ready\n");
    }
    case "/metrics":
      return text(200, await metrics.metrics(), metrics.contentType);
    default:
      sendRawProblem(res, problem("not_found"));
  }
}

function countEdge(registers: Metrics[], edge: MediaEdge): void {
  const requests = new Counter({
    name: "footlight_edge_requests_total",
    help: "Requests by where their answer came from",
    labelNames: ["outcome"],
    registers,
    collect() {
      this.reset();
      for (const [outcome, count] of Object.entries(edge.counts)) this.inc({ outcome }, count);
    },
  });
  requests.reset();
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `footlight_edge_${name}`,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge("kept_bytes", "Answers held in memory", () => edge.keptBytes);
  gauge("waiting_requests", "Requests that wait for the origin", () => edge.waiting);
}
