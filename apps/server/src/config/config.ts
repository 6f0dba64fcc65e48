import { isIP } from "node:net";
import { DEFAULT_LADDER, Ladder } from "@footlight/shared";
import { z } from "zod";

/**
 * Every variable the server knows, with its default. `.env.example` lists the same, and a test
 * holds the two against each other. Only this folder reads `process.env`.
 */
const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback);
const flag = (fallback: boolean) =>
  z
    .enum(["1", "0", "true", "false", "yes", "no", "on", "off"])
    .transform((word) => ["1", "true", "yes", "on"].includes(word))
    .default(fallback);
const optionalText = z
  .string()
  .trim()
  .transform((text) => (text === "" ? undefined : text))
  .optional();
const list = z
  .string()
  .default("")
  .transform((text) =>
    text
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== ""),
  );

const proxies = list.refine((items) => items.every(isProxy), {
  message: "takes addresses, networks (10.0.0.0/8), loopback, linklocal or uniquelocal, separated by commas",
});

function isProxy(item: string): boolean {
  if (["loopback", "linklocal", "uniquelocal"].includes(item)) return true;
  const [address = "", bits, ...more] = item.split("/");
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

/** Its faults do not repeat what was set: there are secrets in it. */
const iceServers = list.transform((items, context) =>
  items.map((item) => {
    const [urls = "", username, credential, ...more] = item.split(/\s+/);
    const isWhole = (username === undefined) === (credential === undefined) && more.length === 0;
    if (/^(stun|turn)s?:[\w.:[\]-]+(\?transport=(udp|tcp))?$/.test(urls) && isWhole && /^[!-~ ]*$/.test(item))
      return { urls, ...(credential === undefined ? {} : { username, credential }) };
    context.addIssue({
      code: "custom",
      message: "takes stun: and turn: URLs, each with user and password or none, separated by commas",
    });
    return z.NEVER;
  }),
);

const ladderJson = z
  .string()
  .optional()
  .transform((text, context) => {
    if (text === undefined || text.trim() === "") return DEFAULT_LADDER;
    try {
      return Ladder.parse(JSON.parse(text));
    } catch (error) {
      context.addIssue({ code: "custom", message: `not a ladder: ${(error as Error).message}` });
      return z.NEVER;
    }
  });

export const EnvSchema = z.object({
  HOST: z.string().min(1).default("0.0.0.0"),
  PORT: port(8080),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ""))
    .optional(),
  DATA_DIR: z.string().min(1).default("./data"),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
  LOG_PRETTY: flag(false),
  TRUST_PROXY: proxies,

  RTMP_PORT: port(1935),
  RTMPS_PORT: port(1936),
  ROLES: z.enum(["", "edge"], { message: "takes nothing (the whole server) or edge" }).default(""),
  ORIGIN_URL: z.url({ protocol: /^https?$/ }).optional(),
  EDGE_CACHE_MB: z.coerce.number().int().min(16).max(65_536).default(256),

  RTC_PORT: port(40_000),
  RTC_ANNOUNCED_ADDRESS: list,
  RTC_WORKERS: z.coerce.number().int().min(1).max(256).optional(),
  RTC_MAX_PEERS: z.coerce.number().int().min(1).max(100_000).default(1_000),
  RTC_MAX_PEERS_PER_ADDRESS: z.coerce.number().int().min(1).max(100_000).default(200),
  RTC_ICE_SERVERS: iceServers,
  RTC_TURN_SECRET: optionalText,

  HTTPS_PORT: port(8443),
  TLS_CERT: optionalText,
  TLS_KEY: optionalText,

  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),

  REGISTRATION: z.enum(["open", "invited", "closed"]).default("open"),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  SMTP_FROM: optionalText,

  RECONNECT_GRACE_MS: z.coerce.number().int().min(0).max(90_000).default(5_000),
  MAX_STREAMS: z.coerce.number().int().min(1).max(10_000).optional(),
  MAX_RTMP_CONNECTIONS: z.coerce.number().int().min(1).max(100_000).default(500),
  MAX_RTMP_CONNECTIONS_PER_ADDRESS: z.coerce.number().int().min(1).max(10_000).default(50),

  LADDER: ladderJson,
  DEMAND_IDLE_S: z.coerce.number().min(1).max(86_400).default(60),
  GOP_S: z.coerce.number().min(1).max(4).default(2),
  ENCODER: z.enum(["auto", "x264", "nvenc", "vaapi", "qsv", "videotoolbox"]).default("auto"),
  FFMPEG_PATH: optionalText,
  FFPROBE_PATH: optionalText,

  LIVE_WINDOW_SEGMENTS: z.coerce.number().int().min(6).max(3_600).default(10),
  DVR_WINDOW_S: z.coerce.number().int().min(0).max(86_400).default(7_200),
  PART_TARGET_MS: z.coerce.number().int().min(100).max(500).default(200),
  STORAGE_MIN_FREE_MB: z.coerce.number().int().min(0).default(512),

  MAX_BLOCKED_PER_ADDRESS: z.coerce.number().int().min(1).default(6_000),
  RATE_LIMIT_PER_MINUTE: z.coerce.number().int().min(1).default(600),
  LOGIN_ATTEMPTS_PER_MINUTE: z.coerce.number().int().min(1).default(10),
});

export type Env = z.infer<typeof EnvSchema>;

export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Parsed, defaulted, frozen. Secrets are not here: they are made and kept in DATA_DIR (see secrets.ts). */
export function loadConfig(env: Readonly<Record<string, string | undefined>>) {
  // `PORT=` in a .env file means "not set", for every variable alike.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = EnvSchema.safeParse(given);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new ConfigError(`Invalid configuration. ${faults.join("; ")}. See .env.example.`);
  }
  const e = parsed.data;
  if ((e.TLS_CERT === undefined) !== (e.TLS_KEY === undefined)) {
    throw new ConfigError("TLS_CERT and TLS_KEY go together: set both, or neither.");
  }
  if (e.ROLES === "edge" && e.ORIGIN_URL === undefined) {
    throw new ConfigError("ROLES=edge gives out another server's media: set ORIGIN_URL to where that is.");
  }
  return deepFreeze({
    /** Set: this process is an edge in front of another server, and nothing else. */
    edge:
      e.ROLES === "edge" && e.ORIGIN_URL !== undefined
        ? { originUrl: e.ORIGIN_URL, maxBytes: e.EDGE_CACHE_MB * 1024 * 1024 }
        : undefined,
    dataDir: e.DATA_DIR,
    log: { level: e.LOG_LEVEL, pretty: e.LOG_PRETTY },
    http: {
      host: e.HOST,
      port: e.PORT,
      httpsPort: e.HTTPS_PORT,
      publicUrl: e.PUBLIC_URL,
      trustProxy: e.TRUST_PROXY,
      requestsPerMinute: e.RATE_LIMIT_PER_MINUTE,
      /** Playlist requests of one address that may wait for the next segment. */
      maxBlockedPerAddress: e.MAX_BLOCKED_PER_ADDRESS,
    },
    tls:
      e.TLS_CERT !== undefined && e.TLS_KEY !== undefined
        ? { certPath: e.TLS_CERT, keyPath: e.TLS_KEY }
        : undefined,
    rtmp: {
      host: e.HOST,
      port: e.RTMP_PORT,
      tlsPort: e.RTMPS_PORT,
      maxConnections: e.MAX_RTMP_CONNECTIONS,
      maxConnectionsPerAddress: e.MAX_RTMP_CONNECTIONS_PER_ADDRESS,
    },
    rtc: {
      host: e.HOST,
      /** Of the first worker; 0: any ports. */
      port: e.RTC_PORT,
      /** Empty: PUBLIC_URL's host, or this machine's own addresses. */
      announced:
        e.RTC_ANNOUNCED_ADDRESS.length === 0 && e.PUBLIC_URL !== undefined
          ? [new URL(e.PUBLIC_URL).hostname.replace(/^\[|\]$/g, "")]
          : e.RTC_ANNOUNCED_ADDRESS,
      /** Undefined: one a core. */
      workers: e.RTC_WORKERS,
      maxPeersPerStream: e.RTC_MAX_PEERS,
      maxPeersPerAddress: e.RTC_MAX_PEERS_PER_ADDRESS,
      /** What clients are told of: those without a password, and those that all have the same one. */
      iceServers: e.RTC_ICE_SERVERS,
      turnSecret: e.RTC_TURN_SECRET,
    },
    database: { url: e.DATABASE_URL },
    accounts: {
      registration: e.REGISTRATION,
      smtpUrl: e.SMTP_URL,
      smtpFrom: e.SMTP_FROM,
      loginAttemptsPerMinute: e.LOGIN_ATTEMPTS_PER_MINUTE,
    },
    streams: {
      graceMs: e.RECONNECT_GRACE_MS,
      /** Undefined: as many as the machine's cores carry. */
      maxStreams: e.MAX_STREAMS,
    },
    transcode: {
      ladder: e.LADDER,
      /** A quality that is made on demand stops so long after the last request for it. */
      demandIdleMs: e.DEMAND_IDLE_S * 1_000,
      gopS: e.GOP_S,
      encoder: e.ENCODER,
      ffmpegPath: e.FFMPEG_PATH,
      ffprobePath: e.FFPROBE_PATH,
    },
    packager: {
      liveWindowSegments: e.LIVE_WINDOW_SEGMENTS,
      dvrWindowS: e.DVR_WINDOW_S,
      partTargetMs: e.PART_TARGET_MS,
      minFreeBytes: e.STORAGE_MIN_FREE_MB * 1024 * 1024,
    },
  });
}

export type Config = ReturnType<typeof loadConfig>;

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
