import { Button, LinkButton } from "@footlight/ui/button.tsx";
import { EmptyState } from "@footlight/ui/empty-state.tsx";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { useMe, useServerInfo } from "../../api/account.ts";
import { useTRPC } from "../../api/trpc.ts";
import { ErrorState } from "../../app/error-state.tsx";
import { CategoryFilter } from "./category-filter.tsx";
import { FollowedChannels } from "./followed-channels.tsx";
import { StreamGrid, StreamGridSkeleton } from "./stream-grid.tsx";

const REFRESH_MS = 15_000;
/** A stream that has just begun gets its picture in a moment. */
const NEW_REFRESH_MS = 3_000;

/** Who is on now. */
export const HomePage = () => {
  const [params, setParams] = useSearchParams();
  const category = params.get("category");
  return (
    <div className="page home">
      <title>Footlight – live now</title>
      <FollowedChannels />
      <section aria-labelledby="live-now">
        <div className="home-top">
          <h1 id="live-now">{category ?? "Live now"}</h1>
          <CategoryFilter value={category} onChange={(next) => setParams(next ? { category: next } : {})} />
        </div>
        <LiveStreams category={category} />
      </section>
    </div>
  );
};

const LiveStreams = ({ category }: { category: string | null }) => {
  const trpc = useTRPC();
  const streams = useInfiniteQuery(
    trpc.streams.list.infiniteQueryOptions(
      { limit: 24, ...(category && { category }) },
      {
        getNextPageParam: (page) => page.nextCursor,
        refetchInterval: ({ state }) =>
          state.data?.pages.some((page) => page.streams.some((stream) => stream.thumbnail === null))
            ? NEW_REFRESH_MS
            : REFRESH_MS,
      },
    ),
  );
  if (streams.isPending) return <StreamGridSkeleton />;
  if (streams.isLoadingError)
    return <ErrorState error={streams.error} retry={() => void streams.refetch()} />;
  const shown = streams.data.pages.flatMap((page) => page.streams);
  if (shown.length === 0) return <DarkStage category={category} />;
  return (
    <>
      <StreamGrid streams={shown} />
      {streams.hasNextPage && (
        <div className="home-more">
          <Button busy={streams.isFetchingNextPage} onClick={() => void streams.fetchNextPage()}>
            Show more
          </Button>
        </div>
      )}
    </>
  );
};

const DarkStage = ({ category }: { category: string | null }) => {
  const { data: me } = useMe();
  const { data: info } = useServerInfo();
  const invitation = info?.needsOperator ? "Set up this server" : "Make an account and go live";
  if (category) {
    return (
      <EmptyState
        title={`Nobody is live in ${category}`}
        action={<LinkButton to="/">See everything</LinkButton>}
      >
        <p>This page looks again by itself.</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title="The stage is yours"
      action={
        <LinkButton to={me ? "/dashboard" : "/signup"} variant="primary" size="lg">
          {me ? "Open my dashboard" : invitation}
        </LinkButton>
      }
    >
      <p>
        Nobody is live. Go on with the Footlight studio, straight from this browser, or with OBS and any other
        encoder: your dashboard shows each way. Your channel appears here a few seconds later.
      </p>
    </EmptyState>
  );
};
