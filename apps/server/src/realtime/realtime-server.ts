import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { REALTIME_LIMITS, type UserId } from "@footlight/shared";
import { type WebSocket, WebSocketServer } from "ws";
import { NetworkCounts } from "../platform/network.ts";
import { type ConnectionDeps, RealtimeConnection } from "./connection.ts";

const TICK_MS = 5_000;
const MAX_CONNECTIONS = 20_000;

export interface RealtimeServerDeps extends ConnectionDeps {
  readonly addressOf: (request: IncomingMessage) => string;
  /** The session's secret in the cookie, where there is one and the page that asks is our own. */
  readonly sessionTokenOf: (request: IncomingMessage) => string | undefined;
  readonly maxPerAddress: number;
  /** The last socket has gone, for good. */
  readonly onClosed: () => void;
}

/** Accepts the sockets of `/realtime` from the HTTP servers. */
export class RealtimeServer implements AsyncDisposable {
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: REALTIME_LIMITS.messageBytes,
    perMessageDeflate: false,
    clientTracking: false,
  });
  readonly #connections = new Map<RealtimeConnection, WebSocket>();
  readonly #networks = new NetworkCounts();
  readonly #ticking: NodeJS.Timeout;
  #closing = false;

  constructor(private readonly deps: RealtimeServerDeps) {
    this.#ticking = setInterval(() => this.#tick(), TICK_MS).unref();
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** A WebSocket handshake for our path. */
  readonly accept = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    this.#server.handleUpgrade(request, socket, head, (client) => this.#connected(client, request));
  };

  /** Whoever is connected by one of them loses the socket, and with it a stage's seat. */
  sessionsEnded(userId: UserId): void {
    for (const connection of this.#connections.keys()) connection.sessionsEnded(userId);
  }

  /** Everybody is told to come back; resolves when the sockets are gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true;
    clearInterval(this.#ticking);
    const open = [...this.#connections];
    const gone = open.map(([, socket]) => new Promise((resolve) => socket.once("close", resolve)));
    for (const [connection] of open) connection.close("goingAway");
    await Promise.all(gone);
    this.deps.onClosed();
  }

  #connected(socket: WebSocket, request: IncomingMessage): void {
    const { deps } = this;
    const address = deps.addressOf(request);
    const connection = new RealtimeConnection(
      socket,
      { address, userAgent: request.headers["user-agent"], sessionToken: deps.sessionTokenOf(request) },
      deps,
    );
    const sameNetwork = this.#networks.of(address);
    const leave = this.#networks.enter(address);
    this.#connections.set(connection, socket);
    socket.once("close", () => {
      this.#connections.delete(connection);
      leave();
    });
    if (this.#closing) connection.close("goingAway");
    else if (this.#connections.size > MAX_CONNECTIONS || sameNetwork >= deps.maxPerAddress)
      connection.close("tooManyConnections");
  }

  #tick(): void {
    for (const connection of this.#connections.keys()) connection.tick();
  }
}
