import { access, constants, rm } from "node:fs/promises";
import type { IncomingHttpHeaders } from "node:http";
import { cpus, networkInterfaces } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { STAGE_LIMITS, type StreamId } from "@footlight/shared";
import { RateLimit } from "./api/rate-limit.ts";
import { registerApi } from "./api/register-api.ts";
import { sessionOfRequest, sessionOfUpgrade } from "./api/upgrade-session.ts";
import {
  beaconCounter,
  droppedUnits,
  gauges,
  publishRefusals,
  rtcMetrics,
  rtmpMetrics,
  whipMetrics,
} from "./app-metrics.ts";
import { Broadcasts } from "./broadcast/broadcasts.ts";
import { StreamObservers } from "./broadcast/stream-observers.ts";
import { Thumbnails } from "./broadcast/thumbnails.ts";
import { Ultra } from "./broadcast/ultra.ts";
import type { Config } from "./config/config.ts";
import { loadSecrets } from "./config/secrets.ts";
import { Database } from "./db/database.ts";
import { SmtpMailer } from "./domain/accounts/smtp-mailer.ts";
import { createDomain } from "./domain/create-domain.ts";
import { clientAddress } from "./http/client-address.ts";
import { Health } from "./http/health.ts";
import { HttpServer } from "./http/http-server.ts";
import { Admitter } from "./ingest/admission.ts";
import { LockOut } from "./ingest/lock-out.ts";
import { RtmpServer } from "./ingest/rtmp/rtmp-server.ts";
import { Slates } from "./ingest/slate/slates.ts";
import { registerWhip } from "./ingest/whip/whip-endpoint.ts";
import { WhipIngest } from "./ingest/whip/whip-ingest.ts";
import { MediaOrigin } from "./packager/origin.ts";
import { PackagerManager } from "./packager/packager-manager.ts";
import { DiskBlobStore } from "./platform/blob/disk-blob-store.ts";
import { systemClock } from "./platform/clock.ts";
import { findFfmpeg } from "./platform/ffmpeg/locate.ts";
import { resizeImage } from "./platform/ffmpeg/resize-image.ts";
import { DisposalStack } from "./platform/lifecycle.ts";
import type { Logger } from "./platform/logger.ts";
import { createMetrics } from "./platform/metrics.ts";
import { isLoopback, lanAddress } from "./platform/network.ts";
import { oneAtATime } from "./platform/one-at-a-time.ts";
import { createRealtime } from "./realtime/create-realtime.ts";
import { loadMediasoup } from "./sfu/mediasoup.ts";
import { DEFAULT_BOUNDS, RtcEngine } from "./sfu/rtc-engine.ts";
import { registerWhep } from "./sfu/whep-endpoint.ts";
import { composeSheet } from "./storyboard/compose-sheet.ts";
import { Storyboards } from "./storyboard/storyboards.ts";
import { StreamHub } from "./stream/hub.ts";
import { IceServers } from "./stream/ice-servers.ts";
import type { StreamIdentity } from "./stream/live-stream.ts";
import { makeThumbnail } from "./transcode/thumbnail.ts";

export interface App extends AsyncDisposable {
  readonly ports: { readonly http: number; readonly https: number | undefined; readonly rtmp: number };
}

/** A core carries a few small streams; what is really too much shows as lag (see Broadcasts.hasRoom). */
const STREAMS_A_CORE = 4;
const VERSION = "0.1.0";
const WEB_ROOT = fileURLToPath(new URL("../../web-viewer/dist", import.meta.url));

/**
 * The composition root: builds everything, hands each part what it needs, and unwinds it in reverse,
 * also when the start fails half-way. Encoders come in last and go out first.
 */
export async function createApp(config: Config, { logger }: { readonly logger: Logger }): Promise<App> {
  const stack = new DisposalStack(logger);
  try {
    return await build(config, logger, stack);
  } catch (error) {
    await stack[Symbol.asyncDispose]();
    throw error;
  }
}

/** Who has a delay shall not be seen without it, and a delayed picture in real time is none. */
const offersUltra = (stream: StreamIdentity | undefined): boolean =>
  stream?.latencyMode === "ultra-low" && (stream.delayMs ?? 0) === 0;

/** What an earlier process held back is nobody's any more. */
async function delaySpool(dataDir: string): Promise<DiskBlobStore> {
  const folder = join(dataDir, "delay");
  await rm(folder, { recursive: true, force: true });
  return await DiskBlobStore.create(folder);
}

async function build(config: Config, logger: Logger, stack: DisposalStack): Promise<App> {
  const clock = systemClock;
  const metrics = createMetrics();
  const secrets = await loadSecrets(config.dataDir);
  // Both take seconds at a first start, and neither needs the other. The database is waited for in any
  // case: its engine must not be left half-made.
  const probing = findFfmpeg(config.transcode);
  probing.catch(() => {});
  const database = stack.use(
    "database",
    await Database.create({ url: config.database.url, dataDir: config.dataDir, logger }),
  );
  const ffmpeg = await probing;
  logger.info({ ffmpeg: ffmpeg.path, encoder: ffmpeg.encoder }, "ffmpeg");
  const { repositories } = database;
  const blobs = await DiskBlobStore.create(join(config.dataDir, "blobs"));

  const packagers = stack.use(
    "packagers",
    new PackagerManager({
      settings: { ...config.packager, targetDurationS: Math.max(2, Math.round(config.transcode.gopS)) },
      blobs,
      index: repositories.segments,
      directory: repositories.streamDirectory,
      clock,
      logger,
    }),
  );
  // Pictures come one at a time for the whole server, whatever they are for.
  const picture = oneAtATime();
  const storyboards = stack.use(
    "storyboards",
    new Storyboards({
      blobs,
      canStore: () => packagers.storage.allows(),
      compose: (pictures, tile) => picture(() => composeSheet(ffmpeg.path, pictures, tile)),
      dvrWindowS: config.packager.dvrWindowS,
      logger,
    }),
  );
  const thumbnails = stack.use(
    "thumbnails",
    new Thumbnails({
      makeJpeg: (init, segment) => picture(() => makeThumbnail(ffmpeg.path, init, segment)),
      keep: (streamId, taken) => storyboards.add(streamId, taken),
      clock,
      logger,
    }),
  );
  const broadcasts = new Broadcasts({
    packagers,
    thumbnails,
    storyboards,
    settings: {
      ffmpegPath: ffmpeg.path,
      encoder: ffmpeg.encoder,
      ladder: config.transcode.ladder,
      gopS: config.transcode.gopS,
    },
    demandIdleMs: config.transcode.demandIdleMs,
    maxStreams: config.streams.maxStreams ?? cpus().length * STREAMS_A_CORE,
    clock,
    logger,
  });
  const domain = stack.use(
    "domain",
    createDomain({
      database,
      secrets,
      registration: config.accounts.registration,
      loginAttemptsPerMinute: config.accounts.loginAttemptsPerMinute,
      graceMs: config.streams.graceMs,
      hasCapacity: () => broadcasts.hasRoom(),
      live: broadcasts,
      blobs,
      canStore: () => packagers.storage.allows(),
      resizeImage: resizeImage(ffmpeg.path),
      mailer:
        config.accounts.smtpUrl === undefined
          ? undefined
          : new SmtpMailer({ url: config.accounts.smtpUrl, from: config.accounts.smtpFrom }),
      clock,
      logger,
    }),
  );
  const observers = new StreamObservers();
  observers.add(broadcasts);
  const hub = stack.use(
    "hub",
    new StreamHub({
      gate: domain.gate,
      lifecycle: domain.lifecycle,
      observer: observers,
      clock,
      logger,
      onDropped: droppedUnits([metrics]),
      spool: await delaySpool(config.dataDir),
      onCounted: (streamId, counter) => domain.counters.seen(streamId, counter),
    }),
  );
  broadcasts.join(hub);
  const admitter = new Admitter(hub, new LockOut(clock));
  const rtc = stack.use(
    "rtc",
    await RtcEngine.create({
      settings: { ...DEFAULT_BOUNDS, ...config.rtc, workers: config.rtc.workers ?? cpus().length },
      ...(await loadMediasoup(logger)),
      metrics: rtcMetrics([metrics]),
      clock,
      logger,
    }),
  );
  observers.add(new Ultra({ hub, rooms: rtc, ffmpegPath: ffmpeg.path, clock, logger }));
  const publishRefused = publishRefusals([metrics]);
  const whip = new WhipIngest({ admitter, rtc, metrics: whipMetrics([metrics], publishRefused), logger });
  await domain.rehearsals.load();
  await resumeStreams();

  const allows = (streamId: StreamId, headers: IncomingHttpHeaders) =>
    domain.rehearsals.allows(streamId, sessionOfRequest({ headers }, config.http.publicUrl));
  const countBeacon = beaconCounter([metrics]);
  const origin = new MediaOrigin({
    packagers,
    thumbnail: (id) => thumbnails.get(id),
    storyboards,
    access: (id, { headers }) =>
      domain.rehearsals.has(id) ? Promise.resolve(allows(id, headers)) : undefined,
    logger,
    addressOf: clientAddress(config.http.trustProxy),
    maxBlockedPerAddress: config.http.maxBlockedPerAddress,
  });
  const iceServers = new IceServers(
    { servers: config.rtc.iceServers, turnSecret: config.rtc.turnSecret },
    clock,
  );
  const { server: realtime, stages } = createRealtime({
    domain,
    rtc,
    addressOf: clientAddress(config.http.trustProxy),
    sessionTokenOf: (request) => sessionOfUpgrade(request, config.http.publicUrl),
    maxPerAddress: config.http.maxBlockedPerAddress,
    iceServers,
    clock,
    logger,
  });
  stack.use("realtime", realtime);
  const places = STAGE_LIMITS.participants - 1;
  const slates = new Slates({ hub, voices: stages, places, ffmpegPath: ffmpeg.path, clock, logger });
  observers.add(stack.use("slates", slates));
  let rtmp: RtmpServer | undefined;
  const health = new Health({ logger });
  health.add("database", () => database.ping());
  health.add("ffmpeg", async () => {
    // A bare name is looked for on PATH by each spawn, and was found there when it was probed.
    if (basename(ffmpeg.path) !== ffmpeg.path) await access(ffmpeg.path, constants.X_OK);
  });
  health.add("rtmp", () => {
    if (rtmp === undefined) throw new Error("not listening yet");
  });
  const http = stack.use(
    "http",
    await HttpServer.create({
      config: config.http,
      tls: config.tls,
      logger,
      mediaHandler: (req, res) => origin.handle(req, res),
      api: async (app) => {
        await registerApi(app, {
          domain,
          publicUrl: config.http.publicUrl,
          requestsPerMinute: config.http.requestsPerMinute,
          version: VERSION,
          rtc,
          thumbnails,
          countBeacon,
          ingest: () => ({ rtmp: rtmp?.port ?? config.rtmp.port, rtmps: rtmp?.tlsPort }),
          lanAddress: () => (isLoopback(config.rtmp.host) ? undefined : lanAddress(networkInterfaces())),
          clock,
          logger,
        });
        const offers = () => new RateLimit(config.http.requestsPerMinute, clock);
        await registerWhep(app, {
          iceServers,
          limit: offers(),
          engine: rtc,
          offersUltra: (streamId) => offersUltra(hub.identity(streamId)),
          streamOf: async (username) => {
            const channel = await domain.channels.byUsername(username);
            return channel && (await domain.streams.openOf(channel.channelId))?.streamId;
          },
          allows,
        });
        await registerWhip(app, whip, { iceServers, limit: offers() });
      },
      webRoot: WEB_ROOT,
      health,
      metrics,
      realtime: realtime.accept,
      // Servers wait for their sockets, so these go first.
      onClosing: () => void realtime[Symbol.asyncDispose](),
    }),
  );
  rtmp = stack.use(
    "rtmp",
    await RtmpServer.create({
      config: config.rtmp,
      tls: config.tls,
      admitter,
      acceptsCodec: ffmpeg.acceptsCodec,
      metrics: rtmpMetrics([metrics], publishRefused),
      logger,
    }),
  );
  gauges([metrics], { broadcasts, packagers, rtmp, whip, rtc, slates, realtime });

  return {
    ports: { ...http.ports, rtmp: rtmp.port },
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };

  /** What ran when the last process stopped goes on within its grace; the rest is ended. */
  async function resumeStreams(): Promise<void> {
    for (const { stream, lastSeenMs } of await domain.lifecycle.recoverable()) {
      const { streamId, epochMs } = stream;
      const waitMs = lastSeenMs + stream.graceMs - clock.nowMs();
      if (epochMs !== undefined && waitMs > 0) {
        const end90k = (await repositories.segments.newestEnd90k(streamId)) ?? 0;
        await domain.lifecycle.interrupted(streamId, { graceMs: waitMs });
        hub.restore({ ...stream, epochMs, end90k }, waitMs);
        logger.info({ stream: streamId, waitMs: Math.round(waitMs) }, "stream waits for its encoder");
      } else {
        await domain.lifecycle.ended(streamId);
        logger.info({ stream: streamId }, "stream ended: its encoder did not come back in time");
      }
    }
  }
}
