import { useEffect } from "react";
import type { Player } from "./player.ts";

/** What the system's media keys and lock screen show and do. */
export const useMediaSession = (player: Player | null, title: string, artist: string): void => {
  useEffect(() => {
    if (!player || !("mediaSession" in navigator)) return;
    const { mediaSession } = navigator;
    mediaSession.metadata = new MediaMetadata({ title, artist, album: "Footlight" });
    mediaSession.setActionHandler("play", () => void player.play());
    mediaSession.setActionHandler("pause", () => player.pause());
    mediaSession.setActionHandler("seekbackward", () => player.seekBy(-10));
    mediaSession.setActionHandler("seekforward", () => player.seekBy(10));
    return () => {
      mediaSession.metadata = null;
      for (const action of ["play", "pause", "seekbackward", "seekforward"] as const)
        mediaSession.setActionHandler(action, null);
    };
  }, [player, title, artist]);
};
