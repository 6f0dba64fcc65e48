import { once } from "node:events";
import { type AddressInfo, isIP } from "node:net";
import { WebSocketServer } from "ws";
import { chosenSubprotocol } from "./coding.ts";
import type { RemoteEvent } from "./messages.ts";
import { RemoteSession } from "./remote-session.ts";
import type { Requests } from "./requests.ts";

const MAX_SESSIONS = 16;
const MAX_MESSAGE_BYTES = 256 * 1024;
/** Wrong passwords a minute, of all clients together: they all come from this machine. */
const MAX_WRONG = 10;
const WRONG_WINDOW_MS = 60_000;

/** The remote control's listener, on this machine alone. */
export class RemoteServer implements AsyncDisposable {
  readonly #sessions = new Set<RemoteSession>();
  #wrong: number[] = [];

  private constructor(
    private readonly server: WebSocketServer,
    password: string,
    requests: Requests,
  ) {
    server.on("connection", (socket, request) => {
      socket.on("error", () => socket.terminate());
      if (this.#sessions.size >= MAX_SESSIONS || this.#isBesieged() || !isLocalName(request.headers.host)) {
        socket.close(1013, "try again later");
        return;
      }
      const session = new RemoteSession(socket, password, requests, () => this.#wrong.push(Date.now()));
      this.#sessions.add(session);
      socket.once("close", () => this.#sessions.delete(session));
    });
  }

  /** Throws when the port is taken. */
  static async listen(port: number, password: string, requests: Requests): Promise<RemoteServer> {
    const server = new WebSocketServer({
      host: "127.0.0.1",
      port,
      maxPayload: MAX_MESSAGE_BYTES,
      handleProtocols: (offered) => chosenSubprotocol(offered),
    });
    await once(server, "listening");
    return new RemoteServer(server, password, requests);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  tell(event: RemoteEvent): void {
    for (const session of this.#sessions) session.tell(event);
  }

  /** Whether anybody listens to what is costly to tell. */
  isHeard(intent: number): boolean {
    return [...this.#sessions].some((session) => session.hears(intent));
  }

  counts(): { readonly incoming: number; readonly outgoing: number } {
    const sum = { incoming: 0, outgoing: 0 };
    for (const { counts } of this.#sessions) {
      sum.incoming += counts.incoming;
      sum.outgoing += counts.outgoing;
    }
    return sum;
  }

  #isBesieged(): boolean {
    const since = Date.now() - WRONG_WINDOW_MS;
    this.#wrong = this.#wrong.filter((at) => at > since);
    return this.#wrong.length >= MAX_WRONG;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.server.clients) client.terminate();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

/** A web page whose name was made to point to this machine (DNS rebinding) names itself here. */
function isLocalName(host: string | undefined): boolean {
  const name = host?.replace(/:\d+$/, "").replace(/^\[|\]$/g, "") ?? "";
  return name === "localhost" || isIP(name) !== 0;
}
