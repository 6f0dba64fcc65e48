import { createApp } from "./app.ts";
import { type Config, ConfigError, loadConfig } from "./config/config.ts";
import { readEnv } from "./config/env.ts";
import { SecretsError } from "./config/secrets.ts";
import { createEdgeApp } from "./edge/edge-app.ts";
import { RtmpServerError } from "./ingest/rtmp/rtmp-server.ts";
import { DataDir } from "./platform/data-dir.ts";
import { DisposalStack, delay } from "./platform/lifecycle.ts";
import { assertPortFree, type ListenOptions } from "./platform/listen.ts";
import { type Log, openLog } from "./platform/logger.ts";
import { StartupError } from "./platform/startup-error.ts";

/** A stop that takes longer has hung: the process goes, and its children see their pipes end. */
const STOP_DEADLINE_MS = 9_500;
/** What a stop gives a start that is under way (the embedded database's first one takes seconds). */
const START_GRACE_MS = 3_000;
/** Under npm one Ctrl-C arrives twice: from the terminal, and passed on by npm. */
const SAME_KEYPRESS_MS = 1_000;

/**
 * Runs the server until a signal or a fault; resolves with the exit code, everything released. A
 * parent that started it with an IPC channel is told the ports, and takes the server with it.
 */
async function run(): Promise<number> {
  const config = loadConfig(readEnv());
  const log = openLog(config.log);
  const { logger } = log;
  const stop = stopRequests(log);
  const stack = new DisposalStack(logger);
  try {
    const { edge } = config;
    if (edge === undefined) stack.use("data folder", await DataDir.open(config.dataDir));
    for (const port of portsOf(config)) await assertPortFree(port);
    const app = await Promise.race([
      edge === undefined ? createApp(config, { logger }) : createEdgeApp({ ...config, edge }, { logger }),
      givenUp(stop),
    ]);
    if (app === undefined) return (await stop).exitCode;
    stack.use("app", app);
    logger.info({ ports: app.ports }, `Footlight is at ${pageUrl(config, app.ports.http)}`);
    process.send?.({ ports: app.ports });
    const { exitCode, reason } = await stop;
    logger.info({ reason }, "stopping");
    return exitCode;
  } finally {
    await stack[Symbol.asyncDispose]();
    await log.close();
  }
}

/** Resolves a while after a stop was asked for: what is still starting then is left as a crash would. */
async function givenUp(stop: Promise<StopRequest>): Promise<undefined> {
  await stop;
  await delay(START_GRACE_MS);
}

interface StopRequest {
  readonly exitCode: number;
  readonly reason: string;
}

/**
 * Resolves at the first request to stop, which may come while the server still starts. From then on
 * a watchdog runs, and a second signal ends the process at once.
 */
function stopRequests({ logger, close, abandon }: Log): Promise<StopRequest> {
  return new Promise((resolve) => {
    let stoppingSinceMs: number | undefined;
    const request = (exitCode: number, reason: string) => {
      if (stoppingSinceMs !== undefined) return;
      stoppingSinceMs = performance.now();
      setTimeout(() => {
        logger.fatal({ deadlineMs: STOP_DEADLINE_MS }, "stopping hung, leaving");
        void close().finally(() => process.exit(1));
      }, STOP_DEADLINE_MS).unref();
      resolve({ exitCode, reason });
    };
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      process.on(signal, () => {
        if (stoppingSinceMs !== undefined && performance.now() - stoppingSinceMs > SAME_KEYPRESS_MS) {
          abandon();
          process.exit(130);
        }
        request(0, signal);
      });
    }
    process.once("disconnect", () => request(0, "parent gone"));
    process.channel?.unref();
    for (const event of ["uncaughtException", "unhandledRejection"] as const) {
      process.on(event, (error: unknown) => {
        logger.fatal({ err: error }, event);
        request(1, event);
      });
    }
  });
}

function portsOf({ edge, http, rtmp, tls }: Config): ListenOptions[] {
  const { host } = http;
  const web = { host, port: http.port, variable: "PORT" };
  const secureWeb = tls && { host, port: http.httpsPort, variable: "HTTPS_PORT" };
  const live = { host: rtmp.host, port: rtmp.port, variable: "RTMP_PORT" };
  const secureLive = tls && { host: rtmp.host, port: rtmp.tlsPort, variable: "RTMPS_PORT" };
  const all = edge === undefined ? [web, live, secureWeb, secureLive] : [web, secureWeb];
  return all.filter((each) => each !== undefined);
}

function pageUrl(config: Config, port: number): string {
  const { publicUrl, host } = config.http;
  if (publicUrl !== undefined) return publicUrl;
  const name = host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}

const CURABLE = [ConfigError, SecretsError, StartupError, RtmpServerError];

/** What an operator can cure is one line; anything else is a defect and shows where. */
function explain(error: unknown): string {
  if (CURABLE.some((kind) => error instanceof kind)) return (error as Error).message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  process.exitCode = await run();
} catch (error) {
  process.stderr.write(`footlight: ${explain(error)}\n`);
  process.exitCode = 1;
}
// Whatever still held the event loop open would be a leak; it must not hold the exit up.
setTimeout(() => process.exit(), 500).unref();
