import type { StreamCard as Card } from "@footlight/shared";
import { Skeleton } from "@footlight/ui/skeleton.tsx";
import { useNow } from "@footlight/ui/use-now.ts";
import { StreamCard } from "./stream-card.tsx";
import "./browse.css";

export const StreamGrid = ({ streams }: { streams: readonly Card[] }) => {
  const now = useNow();
  return (
    <ul className="stream-grid" data-testid="streams">
      {streams.map((stream) => (
        <li key={stream.streamId}>
          <StreamCard stream={stream} nowMs={now} />
        </li>
      ))}
    </ul>
  );
};

export const StreamGridSkeleton = () => (
  <div className="stream-grid" aria-busy role="status" aria-label="Loading streams">
    {["a", "b", "c", "d", "e", "f"].map((key) => (
      <div key={key} className="stream-card">
        <Skeleton className="skeleton-picture" />
        <div className="stream-text">
          <Skeleton className="skeleton-disc" />
          <div className="stream-skeleton">
            <Skeleton className="skeleton-line" />
            <Skeleton className="skeleton-line-short" />
          </div>
        </div>
      </div>
    ))}
  </div>
);
