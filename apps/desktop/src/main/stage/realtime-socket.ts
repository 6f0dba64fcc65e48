import type { RealtimeSocket, SocketEvents } from "@footlight/realtime/realtime-client.ts";
import { REALTIME_CLOSE } from "@footlight/shared";
import { WebSocket } from "ws";

/** A socket to `/realtime` from a process without a page. */
export function connectRealtime(url: string, events: SocketEvents): RealtimeSocket {
  const socket = new WebSocket(url, { handshakeTimeout: 10_000 });
  socket.on("open", () => events.opened());
  socket.on("message", (data, isBinary) => {
    if (!isBinary) events.received(String(data));
  });
  // Told by `close`, which follows.
  socket.on("error", () => undefined);
  socket.on("close", (code) => events.closed(code || REALTIME_CLOSE.goingAway));
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: () => socket.close(1000),
  };
}
