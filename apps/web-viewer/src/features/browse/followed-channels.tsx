import { Avatar } from "@footlight/ui/avatar.tsx";
import { cx } from "@footlight/ui/cx.ts";
import { countOf } from "@footlight/ui/format.ts";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { useMe } from "../../api/account.ts";
import { useTRPC } from "../../api/trpc.ts";

/** The channels that I follow, live ones first; nothing for who follows nobody. */
export const FollowedChannels = () => {
  const trpc = useTRPC();
  const { data: me } = useMe();
  const { data } = useQuery(
    trpc.follows.list.queryOptions(undefined, { enabled: Boolean(me), refetchInterval: 20_000 }),
  );
  if (!me || !data || data.length === 0) return null;
  return (
    <section aria-labelledby="following" className="followed">
      <h2 id="following" className="followed-title">
        Following
      </h2>
      <ul className="followed-list">
        {data.map((channel) => (
          <li key={channel.username}>
            <Link
              to={`/${channel.username}`}
              className={cx("followed-channel", !channel.live && "followed-off")}
            >
              <span className={cx("followed-picture", channel.live && "followed-live")}>
                <Avatar name={channel.displayName} src={channel.avatar} />
              </span>
              <span className="followed-text">
                <span className="followed-name">{channel.displayName}</span>
                <span className="followed-state">
                  {channel.live ? `Live · ${countOf(channel.live.viewerCount, "viewer")}` : "Offline"}
                </span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
};
