import {
  RealtimeClient,
  type RealtimeDeps,
  type RealtimeSocket,
  type SocketEvents,
} from "@footlight/realtime/realtime-client.ts";
import { REALTIME_PATH } from "@footlight/shared";

/**
 * A client of this page's own server; `close()` it. The module brings zod along: import it lazily where a
 * page shall be quick.
 */
export function openRealtime(auth?: RealtimeDeps["auth"]): RealtimeClient {
  const client = new RealtimeClient({ connect, random: Math.random, ...(auth && { auth }) });
  const wake = () => client.retryNow();
  addEventListener("online", wake);
  addEventListener("pageshow", wake);
  const stop = client.link.subscribe(() => {
    if (client.link.get().kind !== "closed") return;
    removeEventListener("online", wake);
    removeEventListener("pageshow", wake);
    stop();
  });
  return client;
}

function connect(events: SocketEvents): RealtimeSocket {
  const url = new URL(REALTIME_PATH, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(url);
  socket.addEventListener("open", () => events.opened());
  socket.addEventListener("message", ({ data }) => typeof data === "string" && events.received(data));
  socket.addEventListener("close", ({ code }) => events.closed(code));
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: () => socket.close(),
  };
}
