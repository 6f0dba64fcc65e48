import type { FastifyInstance } from "fastify";
import { type RtcResourceOptions, registerRtcResource } from "../../http/rtc-resource.ts";
import type { WhipIngest } from "./whip-ingest.ts";

/** `POST /whip` with the stream key as bearer token: one address for all channels. Sessions are below it. */
export async function registerWhip(
  app: FastifyInstance,
  ingest: WhipIngest,
  shared: Pick<RtcResourceOptions, "iceServers" | "limit">,
): Promise<void> {
  await registerRtcResource(app, {
    ...shared,
    path: "/whip",
    bearer: true,
    open: (request) => ingest.open(request),
  });
}
