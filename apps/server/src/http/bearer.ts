import type { FastifyRequest } from "fastify";

/** RFC 6750; undefined where there is no bearer token. */
export function bearerToken(request: Pick<FastifyRequest, "headers">): string | undefined {
  return /^Bearer ([\x21-\x7e]{1,512})$/i.exec(request.headers.authorization ?? "")?.[1];
}
