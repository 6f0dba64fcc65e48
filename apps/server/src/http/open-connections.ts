import type { Server, ServerResponse } from "node:http";
import type { Http2SecureServer, ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import { delay } from "../platform/lifecycle.ts";

/** Closes servers for good: no new connection, idle ones go at once, running answers get a deadline. */
export class OpenConnections {
  readonly #deadlineMs: number;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Set<ServerHttp2Session>();
  #closing = false;

  constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
  }

  watch(server: Server | Http2SecureServer): void {
    server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    if ("setSecureContext" in server) {
      server.on("session", (session) => {
        this.#sessions.add(session);
        session.once("close", () => this.#sessions.delete(session));
      });
    }
  }

  /** An answer that begins while the server closes is the last one of its connection. */
  began(res: ServerResponse): void {
    if (this.#closing && res.req.httpVersionMajor === 1) res.setHeader("connection", "close");
  }

  async close(servers: readonly (Server | Http2SecureServer)[]): Promise<void> {
    this.#closing = true;
    const closed = Promise.all(
      servers.map((server) => new Promise<void>((resolve) => void server.close(() => resolve()))),
    );
    const giveUp = new AbortController();
    // A keep-alive connection becomes idle when its answer is out; node closes only those idle now.
    const sweep = setInterval(() => this.#closeIdle(servers), 50);
    this.#closeIdle(servers);
    const late = delay(this.#deadlineMs, giveUp.signal).then(
      () => this.#destroyAll(),
      () => {},
    );
    await Promise.race([closed, late]);
    giveUp.abort();
    clearInterval(sweep);
    await closed;
  }

  #closeIdle(servers: readonly (Server | Http2SecureServer)[]): void {
    for (const server of servers) if ("closeIdleConnections" in server) server.closeIdleConnections();
    for (const session of this.#sessions) session.close();
  }

  #destroyAll(): void {
    for (const session of this.#sessions) session.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }
}
