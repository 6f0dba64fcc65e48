import { useEffect } from "react";
import { BeaconSender, type Viewer } from "./beacon-sender.ts";
import type { Player } from "./player.ts";

/** Tells the server how well this viewer watches this stream; nothing where there is no viewer to speak of. */
export const useBeacons = (player: Player | null, viewer: Viewer | null): void => {
  const { streamId, viewerId } = viewer ?? {};
  useEffect(() => {
    if (!player || streamId === undefined || viewerId === undefined) return;
    const sender = new BeaconSender(player, { streamId, viewerId });
    return () => sender.close();
  }, [player, streamId, viewerId]);
};
