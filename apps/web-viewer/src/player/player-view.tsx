import { cx } from "@footlight/ui/cx.ts";
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import type { Viewer } from "./beacon-sender.ts";
import { Controls } from "./controls.tsx";
import { useFullscreen } from "./fullscreen.ts";
import { commandFor, keyFactsOf, type PlayerCommand } from "./hotkeys.ts";
import { Overlay } from "./overlay.tsx";
import type { PlayerSource } from "./player-source.ts";
import { StatsPanel } from "./stats-panel.tsx";
import { useBeacons } from "./use-beacons.ts";
import { useFigures } from "./use-figures.ts";
import { useIdle } from "./use-idle.ts";
import { useMediaSession } from "./use-media-session.ts";
import { usePlayer } from "./use-player.ts";
import "./player.css";

interface PlayerViewProps {
  source: PlayerSource | null;
  title: string;
  artist: string;
  theatre?: boolean;
  onTheatre?: () => void;
  /** The picture stands or the engine failed: a good moment to ask how the stream is. */
  onTrouble?: () => void;
  /** Whose beacons this player sends; a preview sends none. */
  viewer?: Viewer | null;
  /** A preview of one's own stream makes no sound by itself, and remembers none of it. */
  startMuted?: boolean;
  /** Laid over the picture: offline, starting, reconnecting, ended. Null: the player says what it does itself. */
  curtain?: ReactNode;
  /** The curtain waits until the picture stands still without having been paused, and goes when it moves again. */
  curtainWhenStill?: boolean;
}

/**
 * The video with everything on it. For tests and benchmarks the outer element carries `data-state`,
 * `data-quality`, `data-latency-ms`, `data-buffer-ms`, `data-stalls` and `data-first-frame-ms`.
 */
export const PlayerView = ({
  source,
  title,
  artist,
  theatre = false,
  onTheatre,
  onTrouble,
  viewer = null,
  startMuted = false,
  curtain = null,
  curtainWhenStill = false,
}: PlayerViewProps) => {
  const root = useRef<HTMLDivElement>(null);
  const screen = useRef<HTMLDivElement>(null);
  const [player, snapshot] = usePlayer(screen, source, startMuted);
  useBeacons(player, viewer);
  const [statistics, setStatistics] = useState(false);
  const [menuOpen, setMenuOpen] = useState(false);
  const [holding, setHolding] = useState(false);
  const shownVideo = useCallback(() => player?.video ?? null, [player]);
  const fullscreen = useFullscreen(root, shownVideo);
  const figures = useFigures(player, root);
  const { kind } = snapshot.state;
  const playing = kind === "playing";
  const trouble = kind === "buffering" || kind === "recovering" || kind === "ended" || kind === "failed";
  useEffect(() => {
    if (trouble) onTrouble?.();
  }, [trouble, onTrouble]);
  const [idle, wake] = useIdle(playing && !menuOpen && !holding);
  useMediaSession(player, title, artist);

  const run = useCallback(
    (command: PlayerCommand) => {
      if (!player) return;
      const { volume, muted } = player.snapshot.get();
      wake();
      switch (command) {
        case "toggle":
          return player.toggle();
        case "mute":
          return player.setMuted(!muted);
        case "louder":
          return player.setVolume((muted ? 0 : volume) + 0.1);
        case "softer":
          return player.setVolume(volume - 0.1);
        case "back-5":
          return player.seekBy(-5);
        case "forward-5":
          return player.seekBy(5);
        case "back-10":
          return player.seekBy(-10);
        case "forward-10":
          return player.seekBy(10);
        case "start":
          return player.seek(0);
        case "live":
          return player.toLive();
        case "fullscreen":
          return fullscreen.toggle();
        case "theatre":
          return onTheatre?.();
        case "pip":
          return void togglePictureInPicture(shownVideo());
        case "statistics":
          return setStatistics((shown) => !shown);
      }
    },
    [player, wake, fullscreen.toggle, onTheatre, shownVideo],
  );

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!root.current || event.defaultPrevented) return;
      const command = commandFor(keyFactsOf(event, root.current));
      if (!command) return;
      event.preventDefault();
      run(command);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [run]);

  const covered = curtain !== null && !(curtainWhenStill && (playing || kind === "paused"));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: moving the pointer only shows the controls, which have keys
    <div
      ref={root}
      className={cx("player dark-room", idle && !covered && "player-idle", theatre && "player-theatre")}
      data-testid="player"
      data-state={kind}
      data-quality={snapshot.current ?? ""}
      data-selected={snapshot.selected}
      onPointerMove={(event) => event.pointerType === "mouse" && wake()}
      onPointerLeave={(event) => event.pointerType === "mouse" && wake(0)}
      onFocus={() => wake()}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys k and f do the same */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys k and f do the same */}
      <div
        ref={screen}
        className="player-screen"
        data-label={`${title}, live video`}
        onClick={() =>
          window.matchMedia("(pointer: coarse)").matches ? wake(idle ? undefined : 0) : run("toggle")
        }
        onDoubleClick={() => run("fullscreen")}
      />
      {covered ? (
        <div className="player-curtain" data-testid="curtain">
          {curtain}
        </div>
      ) : (
        <>
          <Overlay
            snapshot={snapshot}
            onPlay={() => run("toggle")}
            onUnmute={() => player?.setMuted(false)}
            onRetry={() => player?.retry()}
          />
          {player && (
            <Controls
              player={player}
              snapshot={snapshot}
              container={root}
              screen={screen}
              sourceUrl={source?.url}
              fullscreen={fullscreen.active}
              theatre={theatre}
              run={run}
              canTheatre={onTheatre !== undefined}
              onMenu={setMenuOpen}
              onHold={setHolding}
            />
          )}
        </>
      )}
      {statistics && figures && <StatsPanel figures={figures} onClose={() => setStatistics(false)} />}
    </div>
  );
};

const togglePictureInPicture = async (video: HTMLVideoElement | null): Promise<void> => {
  try {
    if (document.pictureInPictureElement) await document.exitPictureInPicture();
    else await video?.requestPictureInPicture();
  } catch {
    // Not allowed just now (no frame yet, no gesture): nothing to mend.
  }
};
