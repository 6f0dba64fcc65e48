import type { ChannelPage } from "@footlight/shared";
import { Avatar } from "@footlight/ui/avatar.tsx";
import { Badge } from "@footlight/ui/badge.tsx";
import { LinkButton } from "@footlight/ui/button.tsx";
import { cx } from "@footlight/ui/cx.ts";
import { countOf, formatCount, formatUptime, spokenUptime } from "@footlight/ui/format.ts";
import { Skeleton } from "@footlight/ui/skeleton.tsx";
import { useNow } from "@footlight/ui/use-now.ts";
import { Clock, Eye } from "lucide-react";
import { Link } from "react-router";
import { FollowButton } from "./follow-button.tsx";
import "./channel.css";

interface HeadProps {
  channel: ChannelPage;
  live: boolean;
  viewers: number;
  onChange: () => void;
}

/** Title, who, how many, since when, and the follow button. */
export const ChannelHead = ({ channel, live, viewers, onChange }: HeadProps) => (
  <header className="channel-head">
    <span className={cx("channel-picture", live && "channel-picture-live")}>
      <Avatar name={channel.displayName} src={channel.avatar} size="lg" />
    </span>
    <div className="channel-words">
      <h1 className="channel-title">
        {live ? (channel.stream?.title ?? channel.title) : channel.displayName}
      </h1>
      <p className="channel-name">
        {live ? channel.displayName : countOf(channel.followerCount, "follower")}
        {live && !channel.rehearsal && <Badge tone="live">LIVE</Badge>}
        {channel.rehearsal && <Badge tone="wait">Rehearsal: only you see this</Badge>}
      </p>
    </div>
    <div className="channel-facts">
      {live && <LiveFacts viewers={viewers} startedAt={channel.stream?.started_at ?? null} />}
      {channel.own ? (
        <LinkButton to="/dashboard">Dashboard</LinkButton>
      ) : (
        <FollowButton channel={channel} onChange={onChange} />
      )}
    </div>
  </header>
);

const LiveFacts = ({ viewers, startedAt }: { viewers: number; startedAt: string | null }) => {
  const now = useNow();
  return (
    <>
      <span className="channel-fact" title={countOf(viewers, "viewer")} data-testid="viewers">
        <Eye aria-hidden size={17} />
        {formatCount(viewers)}
        <span className="sr-only">viewers</span>
      </span>
      {startedAt && (
        <span className="channel-fact" title="On air for">
          <Clock aria-hidden size={16} />
          <span aria-hidden>{formatUptime(startedAt, now)}</span>
          <span className="sr-only">on air for {spokenUptime(startedAt, now)}</span>
        </span>
      )}
    </>
  );
};

export const ChannelAbout = ({ channel, live }: { channel: ChannelPage; live: boolean }) => {
  const tagged = channel.category !== "" || channel.tags.length > 0;
  if (!tagged && !channel.bio && !live) return null;
  return (
    <section className="channel-about" aria-label={`About ${channel.displayName}`}>
      {tagged && (
        <ul className="channel-tags" aria-label="Category and tags">
          {channel.category && (
            <li>
              <Link
                to={`/?${new URLSearchParams({ category: channel.category })}`}
                className="channel-category"
              >
                {channel.category}
              </Link>
            </li>
          )}
          {channel.tags.map((tag) => (
            <li key={tag}>
              <Badge>{tag}</Badge>
            </li>
          ))}
        </ul>
      )}
      {channel.bio && <p className="channel-bio">{channel.bio}</p>}
      {live && <p className="channel-followers">{countOf(channel.followerCount, "follower")}</p>}
    </section>
  );
};

export const ChannelHeadSkeleton = () => (
  <div className="channel-head" role="status" aria-busy aria-label="Loading channel">
    <Skeleton className="skeleton-disc" />
    <div className="channel-words stream-skeleton">
      <Skeleton className="skeleton-title" />
      <Skeleton className="skeleton-line-short" />
    </div>
  </div>
);
