import type { IncomingHttpHeaders } from "node:http";
import { StreamId, Username } from "@footlight/shared";
import type { FastifyInstance } from "fastify";
import { type RtcResourceOptions, registerRtcResource } from "../http/rtc-resource.ts";
import { RtcRefusal } from "../stream/rtc.ts";
import type { RtcWatching } from "./rtc-port.ts";

export interface WhepDeps extends Pick<RtcResourceOptions, "iceServers" | "limit"> {
  readonly engine: RtcWatching;
  /** Whether the stream runs here and offers the ultra tier. */
  readonly offersUltra: (streamId: StreamId) => boolean;
  /** A channel's open stream. */
  readonly streamOf: (username: Username) => Promise<StreamId | undefined>;
  /** Whether whoever sends these may see it. */
  readonly allows: (streamId: StreamId, headers: IncomingHttpHeaders) => boolean | Promise<boolean>;
}

/**
 * `POST /whep/{name}`: any WHEP player watches what anybody may watch. The name is a stream's id, or the username
 * of the channel that it is on. Sessions are below it.
 */
export async function registerWhep(
  app: FastifyInstance,
  { engine, offersUltra, streamOf, allows, ...shared }: WhepDeps,
): Promise<void> {
  const offeredBy = async (name: string | undefined): Promise<StreamId | undefined> => {
    const id = StreamId.safeParse(name);
    // Some ids are usernames too: what is live under its own id is nobody else's to take by a name.
    if (id.success && offersUltra(id.data)) return id.data;
    const username = Username.safeParse(name);
    const open = username.success ? await streamOf(username.data) : undefined;
    return open !== undefined && offersUltra(open) ? open : undefined;
  };
  await registerRtcResource(app, {
    ...shared,
    path: "/whep/:name",
    bearer: false,
    open: async ({ params, headers, offer, address, userAgent }) => {
      const streamId = await offeredBy(params["name"]);
      if (streamId === undefined || !(await allows(streamId, headers))) {
        throw new RtcRefusal("not_live", "No stream of this name is live in WebRTC.");
      }
      return engine.watch(streamId, offer, { address, userAgent });
    },
  });
}
