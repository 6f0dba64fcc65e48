import type { HeartbeatAnswer, StreamId } from "@footlight/shared";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { z } from "zod";
import { useTRPCClient } from "../../api/trpc.ts";

const EVERY_MS = 10_000;

/** One viewer a tab: lives as long as the tab. */
const viewerId = (): string => {
  const key = "footlight.viewer";
  try {
    const kept = sessionStorage.getItem(key);
    if (kept) return kept;
    const made =
      crypto.randomUUID?.() ??
      Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16)).join("");
    sessionStorage.setItem(key, made);
    return made;
  } catch {
    return `tab-${Math.random().toString(36).slice(2).padEnd(12, "0")}`;
  }
};

/** Tells the server every 10 s that somebody watches; hears how many do. */
export const useHeartbeat = (
  streamId: StreamId | null,
  watching: boolean,
  onChange: () => void,
): z.infer<typeof HeartbeatAnswer> | null => {
  const client = useTRPCClient();
  const [id] = useState(viewerId);
  const { data } = useQuery({
    queryKey: ["heartbeat", streamId, id],
    queryFn: () => (streamId ? client.viewers.heartbeat.mutate({ streamId, viewerId: id }) : null),
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
