import type { StreamCard as Card } from "@footlight/shared";
import { Avatar } from "@footlight/ui/avatar.tsx";
import { Badge } from "@footlight/ui/badge.tsx";
import { countOf, formatUptime, spokenUptime } from "@footlight/ui/format.ts";
import { GhostLight } from "@footlight/ui/ghost-light.tsx";
import { useState } from "react";
import { Link } from "react-router";
import { freshThumbnail } from "./thumbnail.ts";

/** Who points at a stream will see its picture soon: by the click the player's code is there. */
const fetchWatchPage = (): void => {
  // A failure shows when the page is really wanted.
  import("../watch/watch-page.tsx").catch(() => undefined);
};

/** A live channel as a picture to press; the whole card is one link. */
export const StreamCard = ({ stream, nowMs }: { stream: Card; nowMs: number }) => (
  <article className="stream-card">
    <div className="stream-picture">
      <Thumbnail url={freshThumbnail(stream.thumbnail, nowMs)} />
      <span className="stream-mark">
        {stream.status === "interrupted" ? (
          <Badge tone="wait">RECONNECTING</Badge>
        ) : (
          <Badge tone="live">LIVE</Badge>
        )}
      </span>
      <span className="stream-count">{countOf(stream.viewerCount, "viewer")}</span>
      {stream.startedAt && (
        <span className="stream-uptime">
          <span aria-hidden>{formatUptime(stream.startedAt, nowMs)}</span>
          <span className="sr-only">on for {spokenUptime(stream.startedAt, nowMs)}</span>
        </span>
      )}
    </div>
    <div className="stream-text">
      <Avatar name={stream.displayName} src={stream.avatar} />
      <div>
        <h2 className="stream-title">
          <Link
            to={`/${stream.username}`}
            className="stream-link"
            onPointerEnter={fetchWatchPage}
            onFocus={fetchWatchPage}
          >
            {stream.title}
          </Link>
        </h2>
        <p className="stream-by">{stream.displayName}</p>
        {stream.category && <p className="stream-by">{stream.category}</p>}
      </div>
    </div>
  </article>
);

/** The old picture stays until the new one has come. */
const Thumbnail = ({ url }: { url: string | null }) => {
  const [shown, setShown] = useState<string | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const next = url !== null && url !== shown && url !== failed ? url : null;
  return (
    <>
      {shown === null ? (
        <span className="stream-dark">
          <GhostLight size={76} />
        </span>
      ) : (
        <img src={shown} alt="" className="stream-image" />
      )}
      {next && (
        <img
          key={next}
          src={next}
          alt=""
          className="stream-image stream-image-next"
          onLoad={() => setShown(next)}
          onError={() => setFailed(next)}
        />
      )}
    </>
  );
};
