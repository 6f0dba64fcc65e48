import {
  CategoryCount,
  ChannelInput,
  ChannelPage,
  FollowAnswer,
  FollowedChannel,
  HeartbeatAnswer,
  HeartbeatInput,
  ListInput,
  SearchInput,
  SearchPage,
  StreamPage,
} from "@footlight/shared";
import { z } from "zod";
import type { Channel } from "../../domain/channels/channel.ts";
import type { Domain } from "../../domain/create-domain.ts";
import { ApiError, accepted } from "../api-error.ts";
import type { Presenter } from "../presenter.ts";
import { anyone, router, signedIn } from "./procedures.ts";

export interface BrowseRouterDeps {
  readonly domain: Pick<
    Domain,
    "channels" | "streams" | "stages" | "lists" | "categories" | "follows" | "viewers" | "live"
  >;
  readonly presenter: Presenter;
}

/** What visitors see: channels, lists, follows, heartbeats. */
export function browseRouters({ domain, presenter }: BrowseRouterDeps) {
  const channelNamed = async (username: string): Promise<Channel> => {
    const channel = await domain.channels.byUsername(username);
    if (channel === undefined) throw new ApiError("channel_not_found");
    return channel;
  };
  const cards = async (streams: Parameters<Presenter["card"]>[0][]) =>
    await Promise.all(streams.map((stream) => presenter.card(stream)));

  const channels = router({
    get: anyone
      .input(ChannelInput)
      .output(ChannelPage)
      .query(async ({ ctx, input }) => {
        const channel = await channelNamed(input.username);
        const me = await ctx.account();
        const own = me?.userId === channel.userId;
        const ownStream = await domain.streams.shownOn(channel.channelId, { own });
        const onAir = ownStream?.status === "live" || ownStream?.status === "interrupted";
        const carried = onAir ? undefined : await domain.stages.carriedBy(channel.userId);
        const stream = carried === undefined ? ownStream : await domain.streams.byId(carried.streamId);
        const words = stream === undefined || stream.status === "ended" ? channel : stream;
        return {
          channelId: channel.channelId,
          username: channel.username,
          displayName: channel.displayName,
          avatar: presenter.avatar(channel.avatarHash),
          bio: channel.bio,
          followerCount: await domain.follows.followers(channel.channelId),
          following:
            me === undefined || own ? null : await domain.follows.isFollowing(me.userId, channel.channelId),
          own,
          rehearsal: stream?.visibility === "rehearsal",
          title: words.title,
          category: words.category,
          tags: [...words.tags],
          stream: stream === undefined ? null : await presenter.playback(stream, ""),
          slate: stream !== undefined && domain.live.isStoodIn(stream.streamId),
          carries:
            carried === undefined
              ? null
              : { username: carried.hostUsername, displayName: carried.hostDisplayName },
        };
      }),
  });

  const streams = router({
    list: anyone
      .input(ListInput)
      .output(StreamPage)
      .query(async ({ input }) => {
        const page = await domain.lists.list(input);
        return { streams: await cards([...page.streams]), nextCursor: page.nextCursor };
      }),
    search: anyone
      .input(SearchInput)
      .output(SearchPage)
      .query(async ({ input }) => {
        const page = await domain.lists.search({ ...input, sort: "viewer_count" });
        return {
          streams: await cards([...page.streams]),
          nextCursor: page.nextCursor,
          totalResults: page.total,
        };
      }),
  });

  const categories = router({
    list: anyone.output(z.array(CategoryCount)).query(async () => await domain.categories.list()),
  });

  const follows = router({
    list: signedIn.output(z.array(FollowedChannel)).query(async ({ ctx }) => {
      const followed = await domain.follows.list(ctx.me.userId);
      return await Promise.all(
        followed.map(async ({ username, displayName, avatarHash, live }) => ({
          username,
          displayName,
          avatar: presenter.avatar(avatarHash),
          live: live === undefined ? null : await presenter.card(live),
        })),
      );
    }),
    follow: signedIn
      .input(ChannelInput)
      .output(FollowAnswer)
      .mutation(async ({ ctx, input }) => {
        const channel = await channelNamed(input.username);
        accepted(await domain.follows.follow(ctx.me.userId, channel));
        return { followerCount: await domain.follows.followers(channel.channelId), following: true };
      }),
    unfollow: signedIn
      .input(ChannelInput)
      .output(FollowAnswer)
      .mutation(async ({ ctx, input }) => {
        const channel = await channelNamed(input.username);
        await domain.follows.unfollow(ctx.me.userId, channel.channelId);
        return { followerCount: await domain.follows.followers(channel.channelId), following: false };
      }),
  });

  const viewers = router({
    heartbeat: anyone
      .input(HeartbeatInput)
      .output(HeartbeatAnswer)
      .mutation(async ({ ctx, input }) => {
        const { streamId, viewerId, quality } = input;
        const { token } = ctx;
        const counted = accepted(await domain.viewers.heartbeat(streamId, viewerId, { quality, token }));
        return { viewerCount: counted.viewerCount, status: counted.status };
      }),
  });

  return { channels, streams, categories, follows, viewers };
}
