import { rest, type StreamId } from "@footlight/shared";
import type { FastifyRequest } from "fastify";
import type { Account } from "../../domain/accounts/account.ts";
import type { Domain } from "../../domain/create-domain.ts";
import type { Stream } from "../../domain/streams/stream.ts";
import { bearerToken } from "../../http/bearer.ts";
import { ApiError, accepted } from "../api-error.ts";
import { originOf } from "../client.ts";
import { isoTime, type Presenter } from "../presenter.ts";
import { type RestRoute, route } from "./route.ts";

export function streamRoutes(
  domain: Pick<Domain, "channels" | "keys" | "streams" | "lists" | "rehearsals">,
  presenter: Presenter,
): RestRoute[] {
  const streamNamed = async (streamId: StreamId, request: FastifyRequest): Promise<Stream> => {
    const allowed = await domain.rehearsals.allows(streamId, bearerToken(request));
    const stream = allowed ? await domain.streams.byId(streamId) : undefined;
    if (stream === undefined) throw new ApiError("stream_not_found");
    return stream;
  };
  const answers = async (streams: readonly Stream[], base: string) =>
    await Promise.all(streams.map((stream) => presenter.stream(stream, base)));

  return [
    route(
      {
        method: "POST",
        path: "/streams/start",
        operationId: "startStream",
        summary: "Make the channel's stream ready for its encoder, or change the one that is ready",
        auth: "bearer",
        body: rest.StartStreamBody,
        status: 201,
        answer: rest.StartStreamAnswer,
        errors: ["stream_already_live"],
      },
      async ({ request, body, base, account }) => {
        const channel = await domain.channels.of(owner(account));
        const { stream } = accepted(
          await domain.streams.start(channel, {
            title: body.title,
            category: body.category,
            tags: body.tags,
            latencyMode: body.latency_mode,
            recording: body.enable_recording,
            chat: body.enable_chat,
          }),
        );
        const key = await domain.keys.of(channel.channelId);
        return {
          stream_id: stream.streamId,
          stream_key: key.reveal(),
          ingest_urls: presenter.ingestUrls(originOf(request)),
          playback_url: `${base}/${channel.username}`,
          status: "ready" as const,
          created_at: isoTime(stream.createdAtMs),
        };
      },
    ),
    route(
      {
        method: "GET",
        path: "/streams",
        operationId: "listStreams",
        summary: "Running streams, most watched first",
        auth: "none",
        query: rest.ListStreamsQuery,
        status: 200,
        answer: rest.ListStreamsAnswer,
        errors: [],
      },
      async ({ query, base }) => {
        const page = await domain.lists.list(query);
        return { streams: await answers(page.streams, base), next_cursor: page.nextCursor };
      },
    ),
    route(
      {
        method: "GET",
        path: "/streams/search",
        operationId: "searchStreams",
        summary: "Running streams in whose title, category, tags or channel all the words occur",
        auth: "none",
        query: rest.SearchStreamsQuery,
        status: 200,
        answer: rest.SearchStreamsAnswer,
        errors: [],
      },
      async ({ query, base }) => {
        const { min_viewers: minViewers, ...request } = query;
        const page = await domain.lists.search({ ...request, minViewers, sort: "viewer_count" });
        return {
          streams: await answers(page.streams, base),
          total_results: page.total,
          next_cursor: page.nextCursor,
        };
      },
    ),
    route(
      {
        method: "GET",
        path: "/streams/:id",
        operationId: "getStream",
        summary: "One stream",
        auth: "optional",
        params: rest.StreamParams,
        status: 200,
        answer: rest.StreamAnswer,
        errors: ["stream_not_found"],
      },
      async ({ request, params, base }) =>
        await presenter.stream(await streamNamed(params.id, request), base),
    ),
    route(
      {
        method: "GET",
        path: "/streams/:id/playback",
        operationId: "getPlayback",
        summary: "Where and in which qualities a stream plays",
        auth: "optional",
        params: rest.StreamParams,
        status: 200,
        answer: rest.PlaybackAnswer,
        errors: ["stream_not_found"],
      },
      async ({ request, params, base }) =>
        await presenter.playback(await streamNamed(params.id, request), base),
    ),
    route(
      {
        method: "POST",
        path: "/streams/:id/end",
        operationId: "endStream",
        summary: "End one's own stream; its key is refused until the next start",
        auth: "bearer",
        params: rest.StreamParams,
        status: 200,
        answer: rest.EndStreamAnswer,
        errors: ["stream_not_found", "forbidden"],
      },
      async ({ params, account }) => {
        accepted(await domain.streams.end(owner(account).userId, params.id));
        return { stream_id: params.id, status: "ended" as const };
      },
    ),
  ];
}

/** Routes with `auth: "bearer"` are not reached without an account. */
function owner(account: Account | undefined): Account {
  if (account === undefined) throw new ApiError("unauthenticated");
  return account;
}
