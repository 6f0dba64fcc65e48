import {
  Done,
  PanicAnswer,
  StudioEndInput,
  StudioStartAnswer,
  StudioStartInput,
  StudioStream,
  StudioWords,
} from "@footlight/shared";
import type { Domain } from "../../domain/create-domain.ts";
import type { Stream } from "../../domain/streams/stream.ts";
import { ApiError, accepted } from "../api-error.ts";
import { isoTime, type Presenter } from "../presenter.ts";
import { router, signedIn } from "./procedures.ts";

export interface StudioRouterDeps {
  readonly domain: Pick<Domain, "channels" | "keys" | "streams" | "viewers" | "live">;
  readonly presenter: Presenter;
}

/** What the desktop studio asks for its own channel, beside what the dashboard does. */
export function studioRouter({ domain, presenter }: StudioRouterDeps) {
  const shown = async (stream: Stream): Promise<StudioStream> => ({
    streamId: stream.streamId,
    status: stream.status,
    visibility: stream.visibility,
    title: stream.title,
    category: stream.category,
    tags: [...stream.tags],
    latencyMode: stream.latencyMode,
    delayS: stream.delayS,
    graceS: stream.graceS,
    startedAt: stream.startedAtMs === null ? null : isoTime(stream.startedAtMs),
    viewerCount: await domain.viewers.count(stream.streamId),
  });

  return router({
    stream: signedIn.output(StudioStream.nullable()).query(async ({ ctx }) => {
      const channel = await domain.channels.of(ctx.me);
      const open = await domain.streams.openOf(channel.channelId);
      return open === undefined ? null : await shown(open);
    }),

    start: signedIn
      .input(StudioStartInput)
      .output(StudioStartAnswer)
      .mutation(async ({ ctx, input }) => {
        const { visibility, delayS, graceS, ...settings } = input;
        const channel = await domain.channels.of(ctx.me);
        const options = { visibility, delayS, graceS };
        const { stream } = accepted(await domain.streams.start(channel, settings, options));
        const ingest = presenter.ingestUrls(ctx.origin);
        return {
          streamId: stream.streamId,
          streamKey: (await domain.keys.of(channel.channelId)).reveal(),
          ingest: { rtmp: ingest.rtmp, rtmps: ingest.rtmps ?? null, webrtc: ingest.webrtc },
          watchPath: `/${channel.username}`,
        };
      }),

    describe: signedIn
      .input(StudioWords)
      .output(Done)
      .mutation(async ({ ctx, input }) => {
        const channel = await domain.channels.of(ctx.me);
        accepted(await domain.streams.describe(channel.channelId, input));
        return { ok: true };
      }),

    /** Also of what is only ready. */
    end: signedIn
      .input(StudioEndInput)
      .output(Done)
      .mutation(async ({ ctx, input }) => {
        const channel = await domain.channels.of(ctx.me);
        const open = await domain.streams.openOf(channel.channelId);
        if (open === undefined) throw new ApiError("stream_not_live");
        await (input.cut ? domain.streams.endNow(open) : domain.streams.endAfterDelay(open));
        return { ok: true };
      }),

    /** With a delay nothing of it has been seen yet; without one there is nothing to drop. */
    panic: signedIn.output(PanicAnswer).mutation(async ({ ctx }) => {
      const channel = await domain.channels.of(ctx.me);
      const open = await domain.streams.openOf(channel.channelId);
      const dropped = open && domain.live.panic(open.streamId);
      if (dropped === undefined) throw new ApiError("stream_not_live");
      return dropped;
    }),

    /** Of a rehearsal; takes until the next segment begins. With a delay it is a rehearsal still when this answers. */
    makePublic: signedIn.output(StudioStream).mutation(async ({ ctx }) => {
      const channel = await domain.channels.of(ctx.me);
      const { stream } = accepted(await domain.streams.makePublic(channel.channelId));
      return await shown(stream);
    }),
  });
}
