import { Button, LinkButton } from "@footlight/ui/button.tsx";
import { EmptyState } from "@footlight/ui/empty-state.tsx";
import { countOf } from "@footlight/ui/format.ts";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { useTRPC } from "../../api/trpc.ts";
import { ErrorState } from "../../app/error-state.tsx";
import { CategoryFilter } from "./category-filter.tsx";
import { StreamGrid, StreamGridSkeleton } from "./stream-grid.tsx";

export const SearchPage = () => {
  const [params, setParams] = useSearchParams();
  const q = params.get("q") ?? "";
  const category = params.get("category");
  return (
    <div className="page home">
      <title>{`${q ? `“${q}”` : "Search"} – Footlight`}</title>
      <section aria-labelledby="results">
        <div className="home-top">
          <h1 id="results">{q ? `Live streams with “${q}”` : "Search"}</h1>
          <CategoryFilter
            value={category}
            onChange={(next) => setParams({ q, ...(next && { category: next }) })}
          />
        </div>
        <Results q={q} category={category} />
      </section>
    </div>
  );
};

const Results = ({ q, category }: { q: string; category: string | null }) => {
  const trpc = useTRPC();
  const found = useInfiniteQuery(
    trpc.streams.search.infiniteQueryOptions(
      { q, limit: 24, ...(category && { category }) },
      { getNextPageParam: (page) => page.nextCursor, refetchInterval: 30_000 },
    ),
  );
  if (found.isPending) return <StreamGridSkeleton />;
  if (found.isLoadingError) return <ErrorState error={found.error} retry={() => void found.refetch()} />;
  const streams = found.data.pages.flatMap((page) => page.streams);
  return (
    <>
      <p role="status" className="sr-only">
        {countOf(streams.length, "result")}
      </p>
      {streams.length === 0 ? (
        <EmptyState title="No live stream matches" action={<LinkButton to="/">See who is live</LinkButton>}>
          <p>
            Titles, channels, categories and tags are searched. A channel that is offline is at its own
            address.
          </p>
        </EmptyState>
      ) : (
        <StreamGrid streams={streams} />
      )}
      {found.hasNextPage && (
        <div className="home-more">
          <Button busy={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
            Show more
          </Button>
        </div>
      )}
    </>
  );
};
