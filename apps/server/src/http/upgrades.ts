import { IncomingMessage, type Server } from "node:http";
import type { Http2SecureServer } from "node:http2";
import type { Duplex } from "node:stream";

/** Takes a WebSocket handshake; the socket is its own from here on. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Where WebSockets are answered. */
const PATH = /^\/realtime(\?|$)/;

/**
 * A request that asks for another protocol only where it is a WebSocket for our path. Node hands every
 * request with `Upgrade` to the server's listener for it, and with that takes the request's body and answer
 * away; but `Upgrade: h2c` (curl, Java) is only an offer, which RFC 9110 §7.8 lets us ignore.
 */
export class UpgradableRequest extends IncomingMessage {
  /** Set by node's constructor, before a field of this class would exist. */
  declare private asked: boolean | undefined;

  get upgrade(): boolean {
    if (this.asked !== true) return false;
    return this.headers.upgrade?.toLowerCase() === "websocket" && PATH.test(this.url ?? "");
  }

  set upgrade(asked: boolean | null) {
    this.asked = asked === true;
  }
}

export function handUpgrades(server: Server | Http2SecureServer, handler: UpgradeHandler): void {
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    handler(request, socket, head);
  });
}
