import { StreamId } from "@footlight/shared";
import type { FastifyInstance } from "fastify";
import { ApiError } from "./api-error.ts";

export interface PictureDeps {
  readonly avatars: { load(hash: string): Promise<Uint8Array | undefined> };
  readonly thumbnails: { get(streamId: StreamId): Uint8Array | undefined };
}

/** Avatars (named by their content, so immutable) and live pictures of streams. */
export function registerPictures(app: FastifyInstance, deps: PictureDeps): void {
  app.get<{ Params: { file: string } }>("/avatars/:file", async (request, reply) => {
    const hash = /^([0-9a-f]{64})\.jpg$/.exec(request.params.file)?.[1];
    const picture = hash === undefined ? undefined : await deps.avatars.load(hash);
    if (hash === undefined || picture === undefined) throw new ApiError("not_found");
    const etag = `"${hash.slice(0, 32)}"`;
    reply.header("cache-control", "public, max-age=31536000, immutable").header("etag", etag);
    if (request.headers["if-none-match"] === etag) return await reply.code(304).send();
    return await reply.type("image/jpeg").send(Buffer.from(picture));
  });

  app.get<{ Params: { file: string } }>("/thumbnails/:file", async (request, reply) => {
    const name = /^(.+)\.jpg$/.exec(request.params.file)?.[1];
    const streamId = StreamId.safeParse(name);
    const picture = streamId.success ? deps.thumbnails.get(streamId.data) : undefined;
    if (picture === undefined) throw new ApiError("not_found");
    return await reply
      .type("image/jpeg")
      .header("cache-control", "public, max-age=10")
      .send(Buffer.from(picture));
  });
}
