import { type RefObject, useCallback, useEffect, useState } from "react";

/** iPhones show only the video itself full screen, by a call of their own. */
interface AppleVideo {
  webkitEnterFullscreen: () => void;
}
const isAppleVideo = (video: unknown): video is AppleVideo =>
  typeof video === "object" && video !== null && "webkitEnterFullscreen" in video;

export const useFullscreen = (root: RefObject<HTMLElement | null>, video: () => HTMLVideoElement | null) => {
  const [active, setActive] = useState(false);
  useEffect(() => {
    const onChange = () => setActive(document.fullscreenElement === root.current);
    document.addEventListener("fullscreenchange", onChange);
    return () => document.removeEventListener("fullscreenchange", onChange);
  }, [root]);

  const toggle = useCallback(() => {
    const change = async () => {
      if (document.fullscreenElement) return document.exitFullscreen();
      if (root.current?.requestFullscreen) return root.current.requestFullscreen();
      const shown = video();
      if (isAppleVideo(shown)) shown.webkitEnterFullscreen();
    };
    // Refused without a gesture: nothing to mend.
    change().catch(() => undefined);
  }, [root, video]);
  return { active, toggle };
};
