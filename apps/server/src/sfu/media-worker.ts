import { setMaxListeners } from "node:events";
import type { TransportListenInfo, WebRtcServer, Worker } from "mediasoup/types";
import type { Logger } from "../platform/logger.ts";
import { RtcRefusal } from "../stream/rtc.ts";
import { FULL_RETRY_S } from "./peer-limits.ts";

/** Creates a worker process; mediasoup's `createWorker`. */
export type SpawnWorker = () => Promise<Worker>;

export interface MediaWorkerOptions {
  readonly spawn: SpawnWorker;
  /** An address, not a name. */
  readonly ip: string;
  /** UDP and TCP alike; 0: any two that are free. */
  readonly port: number;
  /** Clients' transports at once. */
  readonly maxPeers: number;
  readonly logger: Logger;
}

const CLOSE_DEADLINE_MS = 2_000;

/** One mediasoup process and the one port that all of its clients share. Dies once; the pool replaces it. */
export class MediaWorker {
  readonly #gone = new AbortController();
  #peers = 0;

  /** Rejects when the process does not start or its port is taken; nothing is left behind then. */
  static async create(options: MediaWorkerOptions): Promise<MediaWorker> {
    const worker = await options.spawn();
    const { ip, port } = options;
    const listen = (protocol: "udp" | "tcp"): TransportListenInfo => ({
      protocol,
      ip,
      ...(port === 0 ? {} : { port }),
    });
    try {
      const server = await worker.createWebRtcServer({ listenInfos: [listen("udp"), listen("tcp")] });
      return new MediaWorker(worker, server, options);
    } catch (error) {
      worker.close();
      throw error;
    }
  }

  private constructor(
    readonly process: Worker,
    readonly server: WebRtcServer,
    private readonly options: MediaWorkerOptions,
  ) {
    // Every room on it listens.
    setMaxListeners(0, this.#gone.signal);
    process.on("died", (error) => {
      this.options.logger.error({ err: error, pid: process.pid }, "media worker died");
      this.#gone.abort("worker_died");
    });
  }

  /** Aborted with `worker_died` or `closing`, after everything in the worker has been closed. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  get peers(): number {
    return this.#peers;
  }

  get hasRoom(): boolean {
    return !this.process.closed && this.#peers < this.options.maxPeers;
  }

  /** A client's transport begins; returns how to say that it ended. Throws `RtcRefusal`. */
  enter(): () => void {
    if (!this.hasRoom) throw new RtcRefusal("rtc_full", "The media worker is full.", FULL_RETRY_S);
    this.#peers += 1;
    let inside = true;
    return () => {
      if (inside) this.#peers -= 1;
      inside = false;
    };
  }

  async close(): Promise<void> {
    if (this.process.subprocessClosed) return;
    const exited = new Promise<void>((resolve) => {
      const deadline = setTimeout(() => {
        kill(this.process.pid);
        resolve();
      }, CLOSE_DEADLINE_MS);
      this.process.once("subprocessclose", () => {
        clearTimeout(deadline);
        resolve();
      });
    });
    this.process.close();
    this.#gone.abort("closing");
    await exited;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has gone meanwhile.
  }
}
