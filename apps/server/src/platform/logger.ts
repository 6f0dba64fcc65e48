import { type LoggerOptions, type Logger as PinoLogger, pino } from "pino";
import { delay } from "./lifecycle.ts";

export type Logger = PinoLogger;

/** Keys under which a secret could reach a log by mistake; pino blanks them at any depth up to two. */
const SECRET_KEYS = [
  "key",
  "streamKey",
  "stream_key",
  "password",
  "token",
  "authorization",
  "cookie",
  "secret",
];

/** How long the last lines may take to be written. */
const LAST_LINES_MS = 500;

export interface Log {
  readonly logger: Logger;
  /** Resolves when the last lines are out, or whoever read them is gone. Nothing is logged after it. */
  close(): Promise<void>;
  /** For an exit that cannot wait: what is not written yet is lost. */
  abandon(): void;
}

export function createLogger(options: { level: string; pretty: boolean }): Logger {
  return openLog(options).logger;
}

export function openLog(options: { level: string; pretty: boolean }): Log {
  if (options.pretty) {
    const transport = {
      target: "pino-pretty",
      options: { translateTime: "HH:MM:ss.l", ignore: "pid,hostname" },
    };
    const logger = pino({ ...settings(options.level), transport });
    const flushed = () => new Promise<void>((resolve) => logger.flush(() => resolve()));
    return { logger, close: () => Promise.race([flushed(), delay(LAST_LINES_MS)]), abandon: () => {} };
  }
  const output = pino.destination({ fd: process.stdout.fd, sync: false });
  // pino writes what is left when the process exits, and tries for ever where nobody reads any more
  // (sonic-boom 4.2.1): the process would outlive its terminal, deaf to signals.
  const abandon = () => {
    output.flushSync = () => {};
    output.write = () => true;
  };
  const close = async () => {
    const over = new Promise<void>((resolve) => {
      output.once("close", resolve);
      output.once("error", () => resolve());
    });
    output.end();
    await Promise.race([over, delay(LAST_LINES_MS)]);
    abandon();
  };
  return { logger: pino(settings(options.level), output), close, abandon };
}

function settings(level: string): LoggerOptions {
  return {
    level,
    base: null,
    redact: {
      paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]),
      censor: "[redacted]",
    },
  };
}
