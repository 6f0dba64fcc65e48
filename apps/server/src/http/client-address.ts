import type { IncomingMessage } from "node:http";
import proxyAddr from "@fastify/proxy-addr";

/**
 * Who really asks: the socket's address, or what the trusted proxies before us (`TRUST_PROXY`) say
 * in `X-Forwarded-For`. The same rule as fastify's `request.ip`, for what is answered before fastify.
 */
export function clientAddress(trusted: readonly string[]): (req: IncomingMessage) => string {
  if (trusted.length === 0) return (req) => req.socket.remoteAddress ?? "";
  const trust = proxyAddr.compile([...trusted]);
  return (req) => proxyAddr(req, trust) ?? "";
}
