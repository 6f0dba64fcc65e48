import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Http2SecureServer } from "node:http2";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  LogController,
} from "fastify";
import type { Config } from "../config/config.ts";
import { DisposalStack } from "../platform/lifecycle.ts";
import { listen } from "../platform/listen.ts";
import type { Logger } from "../platform/logger.ts";
import type { Metrics } from "../platform/metrics.ts";
import { installErrorAnswers, sendProblem } from "./error-answers.ts";
import { type Health, mountHealth } from "./health.ts";
import { mountMetrics } from "./http-metrics.ts";
import { installJsonParser } from "./json-body.ts";
import { answerClientError, createPlainServer, createTlsServer } from "./listeners.ts";
import { OpenConnections } from "./open-connections.ts";
import { problem, sendRawProblem } from "./problem.ts";
import { RouteMethods } from "./route-methods.ts";
import { installSecurityHeaders } from "./security-headers.ts";
import { handUpgrades, type UpgradeHandler } from "./upgrades.ts";
import { WebApp } from "./web-app.ts";

/** Answers below `/media/` without fastify. False: not mine, fastify answers 404. */
export type MediaHandler = (req: IncomingMessage, res: ServerResponse) => boolean;

export interface HttpServerOptions {
  readonly config: Config["http"];
  readonly tls: Config["tls"];
  readonly logger: Logger;
  readonly mediaHandler: MediaHandler;
  /** Registers the API's routes; errors that it throws become problems (see problem.ts). */
  readonly api: (app: FastifyInstance) => Promise<void>;
  /** Folder of the built web app; pages are 503 where it has no index.html. */
  readonly webRoot: string;
  readonly health: Health;
  readonly metrics: Metrics;
  /** Takes the WebSockets of `/realtime`; whoever does closes them (see `onClosing`). */
  readonly realtime?: UpgradeHandler;
  /** Called first when the server closes, so that requests which are held back get their answer. */
  readonly onClosing?: () => void;
}

/** Largest body without a limit of its own (an upload sets one on its route). */
const BODY_LIMIT = 256 * 1024;
const CLOSE_DEADLINE_MS = 2_000;

/** The one HTTP surface: media first, then fastify with API, health, metrics and pages. */
export class HttpServer implements AsyncDisposable {
  readonly ports: { readonly http: number; readonly https: number | undefined };
  readonly #stack: DisposalStack;

  private constructor(ports: HttpServer["ports"], stack: DisposalStack) {
    this.ports = ports;
    this.#stack = stack;
  }

  /** Listens when it resolves. Throws `StartupError` when a port or certificate cannot be had. */
  static async create(options: HttpServerOptions): Promise<HttpServer> {
    const logger = options.logger.child({ area: "http" });
    const stack = new DisposalStack(logger);
    try {
      return await HttpServer.#build(options, logger, stack);
    } catch (error) {
      await stack[Symbol.asyncDispose]();
      throw error;
    }
  }

  static async #build(options: HttpServerOptions, logger: Logger, stack: DisposalStack): Promise<HttpServer> {
    const { config, tls } = options;
    const connections = new OpenConnections(CLOSE_DEADLINE_MS);
    let app: FastifyInstance | undefined;
    const handle = (req: IncomingMessage, res: ServerResponse) => {
      connections.began(res);
      if (req.url?.startsWith("/media/") === true && handleMedia(options.mediaHandler, req, res, logger))
        return;
      app?.routing(req, res);
    };

    const servers: (Server | Http2SecureServer)[] = [createPlainServer(handle)];
    if (tls !== undefined) servers.push(await createTlsServer(tls, handle));
    for (const server of servers) {
      connections.watch(server);
      if (options.realtime !== undefined) handUpgrades(server, options.realtime);
    }

    app = await createFastify(options, logger, servers[0] as Server);
    stack.use("fastify", app);
    await app.ready();
    stack.defer("http connections", () => connections.close(servers));

    const [plain, secure] = servers as [Server, Http2SecureServer | undefined];
    const http = await listen(plain, { host: config.host, port: config.port, variable: "PORT" });
    const https =
      secure === undefined
        ? undefined
        : await listen(secure, { host: config.host, port: config.httpsPort, variable: "HTTPS_PORT" });
    stack.defer("held requests", () => options.onClosing?.());
    return new HttpServer({ http, https }, stack);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack[Symbol.asyncDispose]();
  }
}

function handleMedia(
  handler: MediaHandler,
  req: IncomingMessage,
  res: ServerResponse,
  logger: Logger,
): boolean {
  try {
    return handler(req, res);
  } catch (error) {
    logger.error({ err: error }, "media request failed");
    sendRawProblem(res, problem("internal_error"));
    return true;
  }
}

async function createFastify(
  options: HttpServerOptions,
  logger: Logger,
  server: Server,
): Promise<FastifyInstance> {
  const { trustProxy } = options.config;
  const app: FastifyInstance = Fastify({
    serverFactory: () => server,
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: trustProxy.length === 0 ? false : [...trustProxy],
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: 256 },
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, _request, reply) => {
      const body = problem("not_found", { status: error.statusCode === 414 ? 414 : 400 });
      // Typed for any schema compiler; at run time it is the reply that everything else gets.
      return sendProblem(reply as unknown as FastifyReply, body);
    },
  });
  const methods = new RouteMethods(app);
  installJsonParser(app);
  await installSecurityHeaders(app);
  mountMetrics(app, options.metrics, logger);
  mountHealth(app, options.health);
  const web = await WebApp.mount(app, options.webRoot);
  if (!web.present) logger.warn({ webRoot: options.webRoot }, "the web app is not built: pages answer 503");
  installErrorAnswers(app, { methods, web, logger });
  await app.register(options.api);
  return app;
}
