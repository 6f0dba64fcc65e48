import { readFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createSecureContext, createServer as createTlsServer } from "node:tls";
import type { FlvVideoCodec } from "@footlight/protocols/flv/video-tag.ts";
import type { Config } from "../../config/config.ts";
import type { Logger } from "../../platform/logger.ts";
import { NetworkCounts, plainAddress } from "../../platform/network.ts";
import type { Admitter } from "../admission.ts";
import type { RtmpMetrics } from "./metrics.ts";
import { RtmpSession, type RtmpSessionContext } from "./rtmp-session.ts";
import { DEFAULT_RTMP_TIMEOUTS, type RtmpTimeouts } from "./session-state.ts";

export type RtmpServerErrorCode = "port_taken" | "listen_failed" | "tls_unreadable";

/** The server cannot start; the message says what to do. */
export class RtmpServerError extends Error {
  override readonly name = "RtmpServerError";
  readonly code: RtmpServerErrorCode;

  constructor(code: RtmpServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export interface RtmpServerOptions {
  /** Ports may be 0. */
  readonly config: Config["rtmp"];
  /** RTMPS is served when it is there. */
  readonly tls: Config["tls"];
  readonly admitter: Admitter;
  readonly acceptsCodec: (codec: FlvVideoCodec) => boolean;
  readonly metrics: RtmpMetrics;
  readonly logger: Logger;
  readonly timeouts?: RtmpTimeouts;
}

type Protocol = "rtmp" | "rtmps";
interface TlsFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
}
const SOCKET_OPTIONS = { noDelay: true, keepAlive: true };

/** Accepts RTMP and RTMPS, and owns the sessions. */
export class RtmpServer {
  readonly #config: Config["rtmp"];
  readonly #context: RtmpSessionContext;
  readonly #listeners = new Map<Protocol, Server>();
  readonly #sessions = new Map<RtmpSession, Promise<void>>();
  /** Bare sockets, those in a TLS handshake included. */
  readonly #sockets = new Set<Socket>();
  readonly #networks = new NetworkCounts();
  #closed: Promise<void> | undefined;

  private constructor(options: RtmpServerOptions) {
    this.#config = options.config;
    this.#context = {
      admitter: options.admitter,
      acceptsCodec: options.acceptsCodec,
      metrics: options.metrics,
      logger: options.logger.child({ area: "rtmp" }),
      timeouts: options.timeouts ?? DEFAULT_RTMP_TIMEOUTS,
    };
  }

  /** Listens, or throws `RtmpServerError` with nothing left open. */
  static async create(options: RtmpServerOptions): Promise<RtmpServer> {
    const tls = options.tls && (await readTls(options.tls));
    const server = new RtmpServer(options);
    try {
      await server.#listen("rtmp", server.#plainListener(), options.config.port, "RTMP_PORT");
      if (tls !== undefined) {
        await server.#listen("rtmps", server.#tlsListener(tls), options.config.tlsPort, "RTMPS_PORT");
      }
    } catch (error) {
      await server.close();
      throw error;
    }
    return server;
  }

  /** The bound RTMP port. */
  get port(): number {
    return this.#portOf("rtmp") ?? 0;
  }

  /** The bound RTMPS port; undefined without TLS. */
  get tlsPort(): number | undefined {
    return this.#portOf("rtmps");
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Stops listening, tells the encoders, waits for the sessions' ends. Idempotent, never throws. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const closed = [...this.#listeners.values()].map(
      (listener) => new Promise<void>((resolve) => listener.close(() => resolve())),
    );
    for (const session of this.#sessions.keys()) session.close();
    await Promise.all(this.#sessions.values());
    // What is left is within its TLS handshake, or has not heard of its own end yet.
    const left = [...this.#sockets].map(
      (socket) => new Promise<void>((resolve) => socket.once("close", () => resolve()).destroy()),
    );
    await Promise.all([...closed, ...left]);
  }

  #portOf(protocol: Protocol): number | undefined {
    const address = this.#listeners.get(protocol)?.address() as AddressInfo | string | null | undefined;
    return typeof address === "object" ? address?.port : undefined;
  }

  #plainListener(): Server {
    return createServer(SOCKET_OPTIONS, (socket) => {
      if (this.#admit(socket)) this.#serve(socket, "rtmp");
    });
  }

  #tlsListener(tls: TlsFiles): Server {
    const handshakeTimeout = this.#context.timeouts.connectMs;
    const listener = createTlsServer({ ...SOCKET_OPTIONS, ...tls, handshakeTimeout }, (socket) =>
      this.#serve(socket, "rtmps"),
    );
    // The bare socket counts from its accept, its TLS handshake included.
    listener.on("connection", (socket) => this.#admit(socket));
    listener.on("tlsClientError", (_error, socket) => {
      this.#context.metrics.connectionRejected("tls");
      socket.destroy();
    });
    return listener;
  }

  async #listen(protocol: Protocol, listener: Server, port: number, variable: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException): void => reject(listenError(error, port, variable));
      listener.once("error", failed);
      listener.listen({ host: this.#config.host, port }, () => {
        listener.off("error", failed);
        resolve();
      });
    });
    // Running out of file descriptors must not end the process.
    listener.on("error", (error) => this.#context.logger.error({ err: error, protocol }, "accept failed"));
    this.#listeners.set(protocol, listener);
    this.#context.logger.info({ protocol, port: this.#portOf(protocol) }, "listening");
  }

  /** Counts a connection until it is closed; one too many is cut at once. */
  #admit(socket: Socket): boolean {
    socket.on("error", () => undefined);
    const address = addressOf(socket);
    const bound = address === undefined ? undefined : this.#overBound(address);
    if (address === undefined || bound !== undefined || this.#closed !== undefined) {
      if (bound !== undefined) this.#context.metrics.connectionRejected(bound);
      socket.destroy();
      return false;
    }
    this.#sockets.add(socket);
    const leave = this.#networks.enter(address);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      leave();
    });
    return true;
  }

  #serve(socket: Socket, protocol: Protocol): void {
    const address = addressOf(socket);
    if (address === undefined || this.#closed !== undefined) {
      socket.destroy();
      return;
    }
    const session = new RtmpSession(socket, protocol, address, this.#context);
    this.#context.metrics.connectionOpened(protocol);
    const ended = session.run().then((outcome) => {
      this.#sessions.delete(session);
      this.#context.metrics.connectionClosed(protocol, outcome);
      this.#context.logger.debug({ protocol, remoteAddress: address, outcome }, "connection closed");
    });
    this.#sessions.set(session, ended);
  }

  #overBound(address: string): "total" | "address" | undefined {
    if (this.#sockets.size >= this.#config.maxConnections) return "total";
    return this.#networks.of(address) >= this.#config.maxConnectionsPerAddress ? "address" : undefined;
  }
}

/** Undefined: the peer is gone already. */
const addressOf = ({ remoteAddress }: Socket): string | undefined =>
  remoteAddress === undefined ? undefined : plainAddress(remoteAddress);

function listenError(error: NodeJS.ErrnoException, port: number, variable: string): RtmpServerError {
  if (error.code === "EADDRINUSE") {
    const message = `Port ${port} is taken by another program. Stop it, or set ${variable} to another port.`;
    return new RtmpServerError("port_taken", message, { cause: error });
  }
  const message = `Cannot listen on port ${port} (${error.code ?? error.message}). Set HOST or ${variable}.`;
  return new RtmpServerError("listen_failed", message, { cause: error });
}

async function readTls({ certPath, keyPath }: NonNullable<Config["tls"]>): Promise<TlsFiles> {
  try {
    const [cert, key] = await Promise.all([readFile(certPath), readFile(keyPath)]);
    createSecureContext({ cert, key });
    return { cert, key };
  } catch (error) {
    const message = `Cannot use the certificate (${(error as Error).message}). Check TLS_CERT and TLS_KEY.`;
    throw new RtmpServerError("tls_unreadable", message, { cause: error });
  }
}
