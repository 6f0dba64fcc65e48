import type { HeartbeatAnswer, StreamId } from "@footlight/shared";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { z } from "zod";
import { useTRPCClient } from "../../api/trpc.ts";

const EVERY_MS = 10_000;

/** Tells the server every 10 s that somebody watches; hears how many do. */
export const useHeartbeat = (
  streamId: StreamId | null,
  viewerId: string,
  watching: boolean,
  onChange: () => void,
): z.infer<typeof HeartbeatAnswer> | null => {
  const client = useTRPCClient();
  const { data } = useQuery({
    queryKey: ["heartbeat", streamId, viewerId],
    queryFn: () => (streamId ? client.viewers.heartbeat.mutate({ streamId, viewerId }) : null),
    enabled: streamId !== null && watching,
    refetchInterval: EVERY_MS,
    refetchIntervalInBackground: true,
    staleTime: 0,
    retry: false,
  });
  const status = data?.status;
  useEffect(() => {
    // The channel is asked at once when the stream is not as the page believes.
    if (status && status !== "live") onChange();
  }, [status, onChange]);
  return data ?? null;
};
