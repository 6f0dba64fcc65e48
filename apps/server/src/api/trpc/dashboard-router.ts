import {
  AvatarAnswer,
  ChannelSettings,
  Dashboard,
  Done,
  KeyAnswer,
  UploadAvatarInput,
} from "@footlight/shared";
import { settingsOf } from "../../domain/channels/channel.ts";
import type { Domain } from "../../domain/create-domain.ts";
import { ApiError, accepted } from "../api-error.ts";
import { isoTime, type Presenter } from "../presenter.ts";
import { router, signedIn } from "./procedures.ts";

export interface DashboardRouterDeps {
  readonly domain: Pick<
    Domain,
    | "channels"
    | "avatars"
    | "keys"
    | "rotation"
    | "streams"
    | "follows"
    | "viewers"
    | "audience"
    | "block"
    | "refusals"
    | "switching"
    | "live"
  >;
  readonly presenter: Presenter;
}

const DONE = { ok: true } as const;

/** A streamer's control room. Every procedure works on the caller's own channel; none takes an id. */
export function dashboardRouter({ domain, presenter }: DashboardRouterDeps) {
  return router({
    get: signedIn.output(Dashboard).query(async ({ ctx }) => {
      const channel = await domain.channels.of(ctx.me);
      const open = await domain.streams.openOf(channel.channelId);
      const ingest = presenter.ingestUrls(ctx.origin);
      const refused = domain.refusals.recent(channel.channelId, open?.streamId);
      return {
        username: channel.username,
        settings: settingsOf(channel),
        followerCount: await domain.follows.followers(channel.channelId),
        ingest: {
          rtmp: ingest.rtmp,
          rtmps: ingest.rtmps ?? null,
          webrtc: ingest.webrtc,
          lan: presenter.lanRtmp(ctx.origin),
        },
        stream:
          open === undefined
            ? null
            : {
                streamId: open.streamId,
                status: open.status,
                startedAt: open.startedAtMs === null ? null : isoTime(open.startedAtMs),
                viewerCount: await domain.viewers.count(open.streamId),
                playback: await presenter.playback(open, ""),
              },
        health: open === undefined ? null : (domain.live.health(open.streamId) ?? null),
        audience: open === undefined || open.status === "ready" ? null : domain.audience.view(open.streamId),
        refused:
          refused === undefined
            ? null
            : { code: refused.code, at: isoTime(refused.atMs), address: refused.address },
        publishBlocked: domain.block.isSet(channel),
      };
    }),

    updateChannel: signedIn
      .input(ChannelSettings)
      .output(ChannelSettings)
      .mutation(async ({ ctx, input }) => {
        const channel = await domain.channels.of(ctx.me);
        await domain.channels.update(channel.channelId, input);
        await domain.streams.follow(channel.channelId, input);
        return settingsOf(await domain.channels.of(ctx.me));
      }),

    uploadAvatar: signedIn
      .input(UploadAvatarInput)
      .output(AvatarAnswer)
      .mutation(async ({ ctx, input }) => {
        const channel = await domain.channels.of(ctx.me);
        const image = Buffer.from(input.data, "base64");
        const stored = accepted(await domain.avatars.upload(channel, image));
        return { avatar: presenter.avatar(stored.hash) };
      }),

    removeAvatar: signedIn.output(AvatarAnswer).mutation(async ({ ctx }) => {
      await domain.avatars.remove(await domain.channels.of(ctx.me));
      return { avatar: null };
    }),

    revealKey: signedIn.output(KeyAnswer).mutation(async ({ ctx }) => {
      const channel = await domain.channels.of(ctx.me);
      return { streamKey: (await domain.keys.of(channel.channelId)).reveal() };
    }),

    rotateKey: signedIn.output(KeyAnswer).mutation(async ({ ctx }) => {
      const channel = await domain.channels.of(ctx.me);
      return { streamKey: (await domain.rotation.rotate(channel.channelId)).reveal() };
    }),

    endStream: signedIn.output(Done).mutation(async ({ ctx }) => {
      const channel = await domain.channels.of(ctx.me);
      const open = await domain.streams.openOf(channel.channelId);
      if (open === undefined) throw new ApiError("stream_not_live");
      await domain.streams.endNow(open);
      return DONE;
    }),

    /** Lets the encoder in again that was refused because its stream had been ended. */
    allowPublish: signedIn.output(Done).mutation(async ({ ctx }) => {
      const channel = await domain.channels.of(ctx.me);
      await domain.block.lift(channel.channelId);
      domain.refusals.forget(channel.channelId);
      return DONE;
    }),

    /** Cuts off who publishes now, so that the one who was refused as `key_in_use` gets in. */
    switchPublisher: signedIn.output(Done).mutation(async ({ ctx }) => {
      const channel = await domain.channels.of(ctx.me);
      const open = await domain.streams.openOf(channel.channelId);
      if (open === undefined || open.status === "ready") throw new ApiError("stream_not_live");
      domain.switching.away(open.streamId, refusedEncoder(domain.refusals.recent(open.streamId)));
      domain.live.revoke(open.streamId, "switched");
      domain.refusals.forget(open.streamId);
      return DONE;
    }),
  });
}

function refusedEncoder(refused: ReturnType<Domain["refusals"]["recent"]>) {
  return refused === undefined ? undefined : { remoteAddress: refused.address, encoder: refused.encoder };
}
