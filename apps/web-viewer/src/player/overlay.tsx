import { Button } from "@footlight/ui/button.tsx";
import { Play, RotateCw, VolumeX } from "lucide-react";
import type { EngineFailure } from "./engine.ts";
import type { FallReason } from "./fall-back.ts";
import type { PlayerSnapshot } from "./player-state.ts";

const FAILURES: Record<EngineFailure, string> = {
  network: "The video could not be fetched. Check your connection.",
  missing: "The video is not there at the moment.",
  full: "All places are taken at the moment.",
  media: "This browser could not play the video.",
  unsupported: "This browser cannot decode the video. A newer one can.",
};

const FALLS: Record<FallReason, string> = {
  full: "Real time is full: playing with more delay",
  blocked: "No real time on this network: playing with more delay",
  lost: "Real time broke off: playing with more delay",
  poor: "Connection too poor for real time: playing with more delay",
};

const noticeWords = ({ lean, dataSaver, tierNotice }: PlayerSnapshot): string | null => {
  // Too little came in time: by the line, by this machine, or from the server. Nobody here can tell which.
  if (lean) return "Playing with more delay to keep the picture smooth";
  if (tierNotice === null || dataSaver) return null;
  return tierNotice.kind === "back" ? "Back in real time" : FALLS[tierNotice.reason];
};

interface OverlayProps {
  snapshot: PlayerSnapshot;
  onPlay: () => void;
  onUnmute: () => void;
  onRetry: () => void;
}

/** What the player itself has to say over the picture. */
export const Overlay = ({ snapshot, onPlay, onUnmute, onRetry }: OverlayProps) => {
  const { state, mutedByBrowser } = snapshot;
  const notice = noticeWords(snapshot);
  if (state.kind === "failed") {
    return (
      <div className="player-message" role="alert">
        <p>{FAILURES[state.failure]}</p>
        <Button variant="primary" icon={RotateCw} onClick={onRetry} data-testid="player-retry">
          Try again
        </Button>
      </div>
    );
  }
  const waiting = state.kind === "loading" || state.kind === "buffering" || state.kind === "recovering";
  return (
    <>
      {waiting && (
        <div className="player-waiting" aria-hidden>
          <span className="lamps">
            <i />
            <i />
            <i />
          </span>
        </div>
      )}
      <p role="status" className="sr-only">
        {waiting ? "Loading video" : ""}
      </p>
      {state.kind === "paused" && (
        <button type="button" className="player-big" onClick={onPlay} aria-label="Play">
          <Play aria-hidden size={34} fill="currentColor" />
        </button>
      )}
      {notice !== null && (
        // Each is faded out by itself.
        <p key={notice} role="status" className="player-notice" data-testid="notice">
          {notice}
        </p>
      )}
      {mutedByBrowser && state.kind !== "paused" && (
        <button type="button" className="player-unmute" onClick={onUnmute} data-testid="unmute">
          <VolumeX aria-hidden size={22} />
          Tap to unmute
        </button>
      )}
    </>
  );
};
