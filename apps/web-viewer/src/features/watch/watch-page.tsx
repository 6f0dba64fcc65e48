import type { ChannelPage } from "@footlight/shared";
import { cx } from "@footlight/ui/cx.ts";
import { useCallback, useEffect, useRef, useState } from "react";
import { useParams } from "react-router";
import { NotFound } from "../../app/not-found.tsx";
import { warmEngine } from "../../player/choose-engine.ts";
import type { PlayerSource } from "../../player/player-source.ts";
import { PlayerView } from "../../player/player-view.tsx";
import { ChannelAbout, ChannelHead, ChannelHeadSkeleton } from "../channel/channel-head.tsx";
import { curtainFor } from "./curtains.tsx";
import { useChannel } from "./use-channel.ts";
import { useHeartbeat } from "./use-heartbeat.ts";
import { useViewerId } from "./viewer-id.ts";
import { announce, type WatchPhase } from "./watch-phase.ts";
import "./watch.css";

warmEngine();

export const WatchPage = () => {
  const username = (useParams()["username"] ?? "").toLowerCase();
  // A new channel is a new page: nothing of the last one stays.
  return <Watch key={username} username={username} />;
};

const sourceOf = (phase: WatchPhase, stream: ChannelPage["stream"] | undefined): PlayerSource | null =>
  phase.kind === "playing" || phase.kind === "reconnecting"
    ? {
        url: phase.url,
        standardUrl: phase.standardUrl,
        rungs: phase.rungs,
        whepUrl: phase.whepUrl,
        streamId: stream?.stream_id,
        startedAtMs: stream?.started_at ? Date.parse(stream.started_at) : undefined,
        waiting: phase.kind === "reconnecting",
      }
    : null;

/** A stream that has just ended is there still: who has rewound sees the rest of it. */
const useLingering = (source: PlayerSource | null, ended: boolean): PlayerSource | null => {
  const last = useRef<PlayerSource | null>(null);
  useEffect(() => {
    if (source) last.current = source;
  }, [source]);
  return source ?? (ended ? last.current : null);
};

const Watch = ({ username }: { username: string }) => {
  const { channel, phase, refresh } = useChannel(username);
  const [theatre, setTheatre] = useState(false);
  const source = sourceOf(phase, channel?.stream);
  const shown = useLingering(source, phase.kind === "ended");
  const viewerId = useViewerId();
  const streamId = channel?.stream?.stream_id ?? null;
  const heartbeat = useHeartbeat(streamId, viewerId, source !== null, refresh);
  const toggleTheatre = useCallback(() => setTheatre((on) => !on), []);
  if (phase.kind === "missing") return <NotFound what="channel" />;

  const name = channel?.displayName ?? username;
  const live = phase.kind === "playing" || phase.kind === "reconnecting";
  const viewers = heartbeat?.viewerCount ?? channel?.stream?.viewer_count ?? 0;
  return (
    <div className={cx("watch", theatre && "watch-theatre")} data-testid="watch" data-phase={phase.kind}>
      <title>{`${live ? "● " : ""}${name} – Footlight`}</title>
      <p role="status" className="sr-only">
        {announce(phase.kind, name)}
      </p>
      <div className="watch-stage">
        <PlayerView
          source={shown}
          title={channel?.stream?.title ?? channel?.title ?? name}
          artist={name}
          theatre={theatre}
          onTheatre={toggleTheatre}
          curtain={curtainFor(phase, channel, refresh)}
          curtainWhenStill={phase.kind === "reconnecting" || phase.kind === "ended"}
          onTrouble={refresh}
          viewer={streamId && { streamId, viewerId }}
        />
      </div>
      <div className="watch-below">
        {channel ? (
          <>
            <ChannelHead channel={channel} live={live} viewers={viewers} onChange={refresh} />
            <ChannelAbout channel={channel} live={live} />
          </>
        ) : (
          <ChannelHeadSkeleton />
        )}
      </div>
    </div>
  );
};
