import type { FastifyInstance } from "fastify";
import { ApiError } from "./api-error.ts";

/** Avatars are named by their content, so an address never shows another picture. */
export function registerAvatars(
  app: FastifyInstance,
  avatars: { load(hash: string): Promise<Uint8Array | undefined> },
): void {
  app.get<{ Params: { file: string } }>("/avatars/:file", async (request, reply) => {
    const hash = /^([0-9a-f]{64})\.jpg$/.exec(request.params.file)?.[1];
    const picture = hash === undefined ? undefined : await avatars.load(hash);
    if (hash === undefined || picture === undefined) throw new ApiError("not_found");
    const etag = `"${hash.slice(0, 32)}"`;
    reply.header("cache-control", "public, max-age=31536000, immutable").header("etag", etag);
    if (request.headers["if-none-match"] === etag) return await reply.code(304).send();
    return await reply.type("image/jpeg").send(Buffer.from(picture));
  });
}
