import type { IncomingHttpHeaders } from "node:http";
import { StreamId } from "@footlight/shared";
import type { FastifyInstance } from "fastify";
import { type RtcResourceOptions, registerRtcResource } from "../http/rtc-resource.ts";
import { RtcRefusal } from "../stream/rtc.ts";
import type { RtcWatching } from "./rtc-port.ts";

export interface WhepDeps extends Pick<RtcResourceOptions, "iceServers" | "limit"> {
  readonly engine: RtcWatching;
  /** Whether the stream runs here and offers the ultra tier. */
  readonly offersUltra: (streamId: StreamId) => boolean;
  /** Whether whoever sends these may see it. */
  readonly allows: (streamId: StreamId, headers: IncomingHttpHeaders) => boolean | Promise<boolean>;
}

/** `POST /whep/{stream}`: any WHEP player watches what anybody may watch. Sessions are below it. */
export async function registerWhep(
  app: FastifyInstance,
  { engine, offersUltra, allows, ...shared }: WhepDeps,
): Promise<void> {
  await registerRtcResource(app, {
    ...shared,
    path: "/whep/:streamId",
    bearer: false,
    open: async ({ params, headers, offer, address, userAgent }) => {
      const streamId = StreamId.safeParse(params["streamId"]);
      const offered = streamId.success && offersUltra(streamId.data);
      if (!offered || !(await allows(streamId.data, headers))) {
        throw new RtcRefusal("not_live", "No stream of this name is live in WebRTC.");
      }
      return engine.watch(streamId.data, offer, { address, userAgent });
    },
  });
}
