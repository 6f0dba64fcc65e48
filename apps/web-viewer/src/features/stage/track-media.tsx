import { cx } from "@footlight/ui/cx.ts";
import { useEffect, useRef } from "react";

/** One picture track, without a sound. */
export const TrackVideo = ({
  track,
  fit = "cover",
  mirrored = false,
  label,
}: {
  track: MediaStreamTrack;
  fit?: "cover" | "contain";
  mirrored?: boolean;
  label: string;
}) => {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = new MediaStream([track]);
  }, [track]);
  return (
    <video
      ref={video}
      autoPlay
      playsInline
      muted
      aria-label={label}
      className={cx("track-video", `track-${fit}`, mirrored && "track-mirrored")}
    />
  );
};

/** One sound track, at the chosen speaker. */
export const TrackAudio = ({
  track,
  speaker,
  muted = false,
}: {
  track: MediaStreamTrack;
  speaker: string;
  muted?: boolean;
}) => {
  const audio = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const element = audio.current;
    if (!element) return;
    element.srcObject = new MediaStream([track]);
    const play = () => void element.play().catch(() => {});
    // Where the browser wants a touch first, the next one will do.
    play();
    addEventListener("pointerdown", play);
    return () => removeEventListener("pointerdown", play);
  }, [track]);
  useEffect(() => {
    // Not in every browser; and the device may have gone meanwhile.
    if (audio.current && "setSinkId" in audio.current) void audio.current.setSinkId(speaker).catch(() => {});
  }, [speaker]);
  return <audio ref={audio} autoPlay muted={muted} />;
};
