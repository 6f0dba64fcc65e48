import type { FastifyInstance } from "fastify";
import { registerRtcResource } from "../../http/rtc-resource.ts";
import type { WhipIngest } from "./whip-ingest.ts";

/** `POST /whip` with the stream key as bearer token: one address for all channels. Sessions are below it. */
export async function registerWhip(app: FastifyInstance, ingest: WhipIngest): Promise<void> {
  await registerRtcResource(app, {
    path: "/whip",
    bearer: true,
    open: (request) => ingest.open(request),
  });
}
