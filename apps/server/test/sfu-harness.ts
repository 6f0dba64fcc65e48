import { StreamId } from "@footlight/shared";
import { pino } from "pino";
import { randomText } from "../src/domain/ids.ts";
import { systemClock } from "../src/platform/clock.ts";
import { loadMediasoup } from "../src/sfu/mediasoup.ts";
import { DEFAULT_BOUNDS, RtcEngine, type RtcSettings } from "../src/sfu/rtc-engine.ts";
import { type RtcPublication, RtcRefusal, type RtcRefusalCode, type RtcSession } from "../src/stream/rtc.ts";
import { WeriftPublisher, WeriftViewer } from "../src/testing/werift-peer.ts";

export const PEER = { address: "192.0.2.1", userAgent: undefined };
const logger = pino({ level: process.env["TEST_LOG"] ?? "silent" });

/** The engine on the real worker, on ports of its own. */
export class EngineHarness {
  readonly sessionsEnded: string[] = [];
  readonly refused: string[] = [];
  deaths = 0;

  static async start(
    settings: Partial<RtcSettings> = {},
    mediasoup: { readonly binary?: string } = {},
  ): Promise<EngineHarness> {
    const harness = new EngineHarness();
    harness.#engine = await RtcEngine.create({
      settings: {
        ...DEFAULT_BOUNDS,
        ...{ host: "127.0.0.1", port: 0, workers: 1, announced: [] },
        ...{ maxPeersPerStream: 1_000, maxPeersPerAddress: 1_000 },
        ...settings,
      },
      ...(await loadMediasoup(logger)),
      ...mediasoup,
      metrics: {
        sessionEnded: (role, end) => harness.sessionsEnded.push(`${role} ${end}`),
        refused: (code) => harness.refused.push(code),
        workerDied: () => {
          harness.deaths += 1;
        },
      },
      clock: systemClock,
      logger,
    });
    harness.engine.onDemand(() => true);
    return harness;
  }

  #engine: RtcEngine | undefined;

  get engine(): RtcEngine {
    if (this.#engine === undefined) throw new Error("not started");
    return this.#engine;
  }

  async publish(
    streamId: StreamId,
    publisher = new WeriftPublisher(),
  ): Promise<{ publisher: WeriftPublisher; session: RtcPublication } & AsyncDisposable> {
    const session = await this.engine.publish(streamId, await publisher.offer(), PEER);
    await publisher.answer(session.answer);
    await publisher.connected();
    publisher.start();
    return { publisher, session, [Symbol.asyncDispose]: () => publisher[Symbol.asyncDispose]() };
  }

  async watch(
    streamId: StreamId,
    viewer = new WeriftViewer(),
  ): Promise<{ viewer: WeriftViewer; session: RtcSession } & AsyncDisposable> {
    const session = await this.#orClose(viewer, async () =>
      this.engine.watch(streamId, await viewer.offer(), PEER),
    );
    await viewer.answer(session.answer);
    await viewer.connected();
    return { viewer, session, [Symbol.asyncDispose]: () => viewer[Symbol.asyncDispose]() };
  }

  async #orClose<T>(peer: AsyncDisposable, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await peer[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** What the workers hold: routers, transports, and all that listens in them. */
  async handles(): Promise<{ routers: number; transports: number; handlers: number }> {
    const dumps = await Promise.all(
      this.engine.workers.map(async ({ process, server }) => ({
        worker: await process.dump(),
        server: await server.dump(),
      })),
    );
    const sum = (read: (dump: (typeof dumps)[number]) => number) =>
      dumps.reduce((total, dump) => total + read(dump), 0);
    return {
      routers: sum(({ worker }) => worker.routerIds.length),
      transports: sum(({ server }) => server.webRtcTransportIds.length),
      handlers: sum(({ worker }) => {
        const { channelRequestHandlers, channelNotificationHandlers } = worker.channelMessageHandlers;
        return channelRequestHandlers.length + channelNotificationHandlers.length;
      }),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine[Symbol.asyncDispose]();
  }
}

export const aStream = (): StreamId => StreamId.parse(randomText(12));

export const refusal = (code: RtcRefusalCode) => (error: unknown) =>
  error instanceof RtcRefusal && error.code === code;
