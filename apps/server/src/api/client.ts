import { createHash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { Caller } from "../domain/accounts/account.ts";

export const SESSION_COOKIE = "footlight_session";

export function callerOf(request: FastifyRequest): Caller {
  return { address: request.ip, userAgent: request.headers["user-agent"] };
}

/** Names a token where it is counted, without keeping it. */
export function tokenName(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}

const HOST = /^(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9.-]{1,253})(:\d{1,5})?$/;

/** `http://host:port` as the client sees us; what a client claims is kept to the shape of a host. */
export function originOf(request: FastifyRequest): string {
  const host = HOST.test(request.host ?? "") ? request.host : "localhost";
  return `${request.protocol}://${host}`;
}

/** Without a slash at the end, so that paths can follow. */
export function baseUrl(publicUrl: string | undefined, request: FastifyRequest): string {
  return publicUrl === undefined ? originOf(request) : publicUrl.replace(/\/+$/, "");
}
