import type { FastifyRequest } from "fastify";
import { originOf } from "./client.ts";

/**
 * Whether a call that changes something may count the browser's cookie as its sender's will.
 * Browsers say where a request comes from; what says nothing is no browser, and must then send a
 * type that no form of a foreign page can send. Every older browser sends `Origin` on a POST.
 */
export function isSameSite(request: FastifyRequest, publicUrl: string | undefined): boolean {
  const site = request.headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin" || site === "none";
  const { origin } = request.headers;
  if (origin !== undefined) {
    const own = [originOf(request)];
    if (publicUrl !== undefined) own.push(new URL(publicUrl).origin);
    return own.includes(origin);
  }
  return /^application\/json\b/i.test(request.headers["content-type"] ?? "");
}
