import { Slider } from "@base-ui/react/slider";
import type { Tier } from "@footlight/shared";
import { IconButton } from "@footlight/ui/button.tsx";
import { cx } from "@footlight/ui/cx.ts";
import { formatBitrate } from "@footlight/ui/format.ts";
import { Menu, MenuChoice, MenuItem, MenuLine, MenuSwitch } from "@footlight/ui/menu.tsx";
import {
  Maximize,
  Minimize,
  Pause,
  PictureInPicture2,
  Play,
  RectangleHorizontal,
  Settings,
  Volume1,
  Volume2,
  VolumeX,
} from "lucide-react";
import type { RefObject } from "react";
import type { PlayerCommand } from "./hotkeys.ts";
import type { Player } from "./player.ts";
import type { PlayerSnapshot } from "./player-state.ts";
import { ScrubBar } from "./scrub-bar.tsx";
import type { TierWish } from "./tier-choice.ts";
import { clockTime, type Timeline } from "./timeline.ts";
import { useTimeline } from "./use-timeline.ts";

interface ControlsProps {
  player: Player;
  snapshot: PlayerSnapshot;
  container: RefObject<HTMLElement | null>;
  screen: RefObject<HTMLElement | null>;
  sourceUrl: string | undefined;
  fullscreen: boolean;
  theatre: boolean;
  canTheatre: boolean;
  run: (command: PlayerCommand) => void;
  onMenu: (open: boolean) => void;
  /** The scrub bar is held: the controls stay. */
  onHold: (holding: boolean) => void;
}

export const Controls = ({
  player,
  snapshot,
  fullscreen,
  theatre,
  canTheatre,
  run,
  ...rest
}: ControlsProps) => {
  const paused = snapshot.state.kind === "paused";
  const timeline = useTimeline(player, rest.screen);
  return (
    <div className="controls">
      {timeline && (
        <ScrubBar player={player} timeline={timeline} sourceUrl={rest.sourceUrl} onHold={rest.onHold} />
      )}
      <div className="controls-row">
        <IconButton
          label={paused ? "Play (k)" : "Pause (k)"}
          icon={paused ? Play : Pause}
          onClick={() => run("toggle")}
          data-testid="play"
        />
        <Volume player={player} snapshot={snapshot} run={run} />
        <LiveMark live={timeline ? timeline.live : !paused} run={run} />
        {timeline && <Place timeline={timeline} />}
        <span className="controls-space" />
        <QualityMenu
          player={player}
          snapshot={snapshot}
          run={run}
          container={rest.container}
          fullscreen={fullscreen}
          onMenu={rest.onMenu}
        />
        {document.pictureInPictureEnabled && (
          <IconButton
            className="controls-wide"
            label="Picture in picture (i)"
            icon={PictureInPicture2}
            onClick={() => run("pip")}
          />
        )}
        {canTheatre && (
          <IconButton
            className="controls-wide"
            label={theatre ? "Leave theatre (t)" : "Theatre (t)"}
            icon={RectangleHorizontal}
            aria-pressed={theatre}
            onClick={() => run("theatre")}
            data-testid="theatre"
          />
        )}
        <IconButton
          label={fullscreen ? "Leave full screen (f)" : "Full screen (f)"}
          icon={fullscreen ? Minimize : Maximize}
          onClick={() => run("fullscreen")}
          data-testid="fullscreen"
        />
      </div>
    </div>
  );
};

const Volume = ({ player, snapshot, run }: Pick<ControlsProps, "player" | "snapshot" | "run">) => {
  const level = snapshot.muted ? 0 : snapshot.volume;
  const icon = level === 0 ? VolumeX : level < 0.5 ? Volume1 : Volume2;
  return (
    <div className="volume">
      <IconButton
        label={snapshot.muted ? "Unmute (m)" : "Mute (m)"}
        icon={icon}
        onClick={() => run("mute")}
        data-testid="mute"
      />
      <Slider.Root
        value={Math.round(level * 100)}
        onValueChange={(value) => player.setVolume(value / 100)}
        min={0}
        max={100}
        step={5}
        className="volume-slider"
      >
        <Slider.Control className="volume-control">
          <Slider.Track className="volume-track">
            <Slider.Indicator className="volume-level" />
            <Slider.Thumb className="volume-thumb" aria-label="Volume" />
          </Slider.Track>
        </Slider.Control>
      </Slider.Root>
    </div>
  );
};

/** Lit while at the edge; behind it, it is the way back. */
const LiveMark = ({ live, run }: Pick<ControlsProps, "run"> & { live: boolean }) => (
  <button
    type="button"
    className={cx("live-mark", !live && "live-mark-behind")}
    onClick={() => run("live")}
    title={live ? "You are at the live edge" : "Back to live"}
    data-testid="live"
  >
    <span className="live-dot" aria-hidden />
    {live ? "Live" : "Go live"}
  </button>
);

/**
 * How far behind, and how long the stream is by now; the scrub bar says it to screen readers. At the edge
 * nothing: a time beside "Live" reads as how far behind it is.
 */
const Place = ({ timeline }: { timeline: Timeline }) => {
  if (timeline.live) return null;
  return (
    <span className="controls-time" aria-hidden data-testid="place">
      <b>−{clockTime(timeline.behindS)}</b>
      <span className="controls-wide"> / {clockTime(timeline.endS)}</span>
    </span>
  );
};

const QualityMenu = ({
  player,
  snapshot,
  run,
  container,
  fullscreen,
  onMenu,
}: Pick<ControlsProps, "player" | "snapshot" | "run" | "container" | "fullscreen" | "onMenu">) => {
  // A phone's picture is lower than the menu: there it hangs over the page below.
  const isLow = !fullscreen && window.matchMedia("(max-width: 640px)").matches;
  const current = snapshot.qualities.find((quality) => quality.id === snapshot.current);
  const choices = [...snapshot.qualities].reverse().map((quality) => ({
    value: quality.id,
    label: quality.label,
    detail: formatBitrate(quality.bitrateBps),
  }));
  return (
    <Menu
      {...(isLow ? { side: "bottom" } : { side: "top", container })}
      onOpenChange={onMenu}
      trigger={<IconButton label="Quality and statistics" icon={Settings} data-testid="quality" />}
    >
      <MenuChoice
        label="Quality"
        value={snapshot.selected}
        onChange={(value) => player.select(value)}
        choices={[{ value: "auto", label: "Auto", detail: current?.label }, ...choices]}
      />
      {snapshot.tiers.length > 1 && <TierChoices player={player} snapshot={snapshot} />}
      <MenuLine />
      <MenuSwitch on={snapshot.dataSaver} onChange={(on) => player.setDataSaver(on)} data-testid="data-saver">
        Data saver
      </MenuSwitch>
      <MenuItem onClick={() => run("statistics")}>Statistics</MenuItem>
    </Menu>
  );
};

/** What each tier is, and what it costs. */
const TIERS: Record<Tier, { label: string; detail: string }> = {
  ultra: { label: "Ultra", detail: "under 0.5 s, may skip on a poor line" },
  low: { label: "Low", detail: "about 1 s" },
  standard: { label: "Standard", detail: "2 to 3 s, the steadiest" },
};

const TierChoices = ({ player, snapshot }: Pick<ControlsProps, "player" | "snapshot">) => {
  const offered = snapshot.tiers.map((tier) => ({ value: `tier-${tier}`, ...TIERS[tier] }));
  const wishes: Record<string, TierWish> = {
    "tier-ultra": "ultra",
    "tier-low": "low",
    "tier-standard": "standard",
  };
  const chosen = snapshot.tiers.some((tier) => tier === snapshot.wish) ? snapshot.wish : "auto";
  const playing = snapshot.tier === null ? undefined : TIERS[snapshot.tier].label;
  return (
    <>
      <MenuLine />
      <MenuChoice
        label="Delay"
        value={`tier-${chosen}`}
        onChange={(value) => player.setTier(wishes[value] ?? "auto")}
        choices={[{ value: "tier-auto", label: "Least possible", detail: playing }, ...offered]}
      />
    </>
  );
};
