import { splitLengthPrefixed } from "@footlight/protocols/h264/nal.ts";
import { SeiType, seiMessages } from "@footlight/protocols/h264/sei.ts";
import { decodeCaptureClock } from "@footlight/shared";
import { pino } from "pino";
import { Admitter } from "../../server/src/ingest/admission.ts";
import { LockOut } from "../../server/src/ingest/lock-out.ts";
import { RtmpServer, type RtmpServerOptions } from "../../server/src/ingest/rtmp/rtmp-server.ts";
import { RecordingPublisher } from "../../server/src/testing/rtmp-publisher-hub.ts";

export const KEY = "right-key-0123456789abcdef";

const NO_METRICS: RtmpServerOptions["metrics"] = {
  connectionOpened: () => undefined,
  connectionRejected: () => undefined,
  connectionClosed: () => undefined,
  publishRefused: () => undefined,
  bytesReceived: () => undefined,
  messagesDropped: () => undefined,
};

/** Our server's RTMP ingest by itself, that keeps what comes in and counts it. */
export class RtmpSink {
  readonly hub = new RecordingPublisher(KEY);

  private constructor(readonly server: RtmpServer) {}

  static async start(tls?: RtmpServerOptions["tls"]): Promise<RtmpSink> {
    const holder: { hub?: RecordingPublisher } = {};
    const sinkHub = { publish: (request: never) => (holder.hub as RecordingPublisher).publish(request) };
    const server = await RtmpServer.create({
      config: { host: "127.0.0.1", port: 0, tlsPort: 0, maxConnections: 50, maxConnectionsPerAddress: 50 },
      tls,
      admitter: new Admitter(sinkHub, new LockOut({ monotonicMs: () => performance.now() })),
      acceptsCodec: () => true,
      metrics: NO_METRICS,
      logger: pino({ level: "silent" }),
    });
    const sink = new RtmpSink(server);
    holder.hub = sink.hub;
    return sink;
  }

  get url(): string {
    return `rtmp://127.0.0.1:${this.server.port}/live`;
  }

  /** Pictures of all publications, in order of arrival. */
  get pictures() {
    return this.hub.leases.flatMap((lease) => lease.of("video"));
  }

  get sounds() {
    return this.hub.leases.flatMap((lease) => lease.of("audio"));
  }

  /** The studio's frame numbers of all pictures. */
  get frames(): number[] {
    return this.pictures.map(({ data }) => {
      const messages = splitLengthPrefixed(data).flatMap((nal) => seiMessages(nal));
      const clocks = messages
        .filter(({ type }) => type === SeiType.userDataUnregistered)
        .map(({ payload }) => decodeCaptureClock(payload));
      return clocks.find((clock) => clock !== undefined)?.frame ?? Number.NaN;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
  }
}
