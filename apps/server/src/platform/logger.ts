import { type Logger as PinoLogger, pino } from "pino";

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

export function createLogger(options: { level: string; pretty: boolean }): Logger {
  return pino({
    level: options.level,
    base: null,
    redact: {
      paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]),
      censor: "[redacted]",
    },
    ...(options.pretty
      ? {
          transport: {
            target: "pino-pretty",
            options: { translateTime: "HH:MM:ss.l", ignore: "pid,hostname" },
          },
        }
      : {}),
  });
}
