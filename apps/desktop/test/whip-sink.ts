import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { pino } from "pino";
import { Admitter } from "../../server/src/ingest/admission.ts";
import { LockOut } from "../../server/src/ingest/lock-out.ts";
import { noWhipMetrics } from "../../server/src/ingest/whip/metrics.ts";
import { WhipIngest } from "../../server/src/ingest/whip/whip-ingest.ts";
import type { WhipSession } from "../../server/src/ingest/whip/whip-session.ts";
import { loadMediasoup } from "../../server/src/sfu/mediasoup.ts";
import { DEFAULT_BOUNDS, RtcEngine } from "../../server/src/sfu/rtc-engine.ts";
import { RecordingPublisher } from "../../server/src/testing/rtmp-publisher-hub.ts";
import { KEY } from "./rtmp-sink.ts";

const PATH = "/whip";
const HEADERS = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "*",
  "access-control-allow-headers": "*, authorization",
  "access-control-expose-headers": "*",
};

/** Our server's WHIP ingest by itself, that keeps what comes in and counts what it asked for. */
export class WhipSink {
  readonly hub = new RecordingPublisher(KEY);
  /** Keyframes. */
  requested = 0;
  readonly #http: Server;
  readonly #sessions = new Map<string, WhipSession>();

  static async start(): Promise<WhipSink> {
    const logger = pino({ level: "silent" });
    const rtc = await RtcEngine.create({
      settings: {
        ...DEFAULT_BOUNDS,
        ...{ host: "127.0.0.1", port: 0, announced: ["127.0.0.1"], workers: 1 },
        ...{ maxPeersPerAddress: 10, maxPeersPerStream: 10 },
      },
      ...(await loadMediasoup(logger)),
      metrics: { sessionEnded: () => undefined, refused: () => undefined, workerDied: () => undefined },
      clock: { nowMs: Date.now, monotonicMs: () => performance.now() },
      logger,
    });
    const sink = new WhipSink(rtc, (owner) => {
      const lockOut = new LockOut({ monotonicMs: () => performance.now() });
      const metrics = { ...noWhipMetrics, keyframeRequested: () => void owner.requested++ };
      return new WhipIngest({ admitter: new Admitter(owner.hub, lockOut), rtc, metrics, logger });
    });
    await new Promise<void>((resolve) => sink.#http.listen(0, "127.0.0.1", resolve));
    return sink;
  }

  private constructor(
    private readonly rtc: RtcEngine,
    ingestOf: (sink: WhipSink) => WhipIngest,
  ) {
    const ingest = ingestOf(this);
    this.#http = createServer((request, response) => void this.#serve(ingest, request, response));
  }

  get url(): string {
    const address = this.#http.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}${PATH}`;
  }

  async #serve(ingest: WhipIngest, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { method, url = "", headers } = request;
    if (method === "DELETE") this.#sessions.get(url)?.close();
    if (method !== "POST") {
      response.writeHead(200, HEADERS).end();
      return;
    }
    const bearer = headers.authorization?.replace("Bearer ", "") ?? "";
    const from = { bearer, address: "127.0.0.1", userAgent: headers["user-agent"] };
    const session = await ingest.open({ offer: Buffer.concat(parts).toString(), ...from });
    const location = `${PATH}/${this.#sessions.size}`;
    this.#sessions.set(location, session);
    response.writeHead(201, { ...HEADERS, "content-type": "application/sdp", location }).end(session.answer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const session of this.#sessions.values()) session.close();
    await this.rtc[Symbol.asyncDispose]();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }
}
