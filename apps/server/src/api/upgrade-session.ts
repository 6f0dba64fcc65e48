import type { IncomingMessage } from "node:http";
import { bearerToken } from "../http/bearer.ts";
import { SESSION_COOKIE } from "./client.ts";

/** The session's secret of a request that has no fastify: a bearer token, else the cookie of a page of ours. */
export function sessionOfRequest(
  request: Pick<IncomingMessage, "headers">,
  publicUrl: string | undefined,
): string | undefined {
  return bearerToken(request) ?? sessionOfUpgrade(request, publicUrl);
}

/**
 * The session's secret in a WebSocket handshake. A browser sends the cookie along whichever page opens the
 * socket, and no CORS keeps it from that, so it counts only where the page is ours.
 */
export function sessionOfUpgrade(
  request: Pick<IncomingMessage, "headers">,
  publicUrl: string | undefined,
): string | undefined {
  if (!isOwnPage(request, publicUrl)) return undefined;
  const pairs = (request.headers.cookie ?? "").split(/; */);
  const name = `${SESSION_COOKIE}=`;
  const value = pairs.find((pair) => pair.startsWith(name))?.slice(name.length);
  try {
    return value === undefined ? undefined : decodeURIComponent(value);
  } catch {
    return undefined;
  }
}

/** Who sends neither header is no browser, and has its cookie by its own will. */
function isOwnPage({ headers }: Pick<IncomingMessage, "headers">, publicUrl: string | undefined): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin" || site === "none";
  const { origin, host } = headers;
  if (origin === undefined) return true;
  if (publicUrl !== undefined && origin === new URL(publicUrl).origin) return true;
  return origin === `http://${host}` || origin === `https://${host}`;
}
