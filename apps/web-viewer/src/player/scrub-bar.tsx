import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import type { Player } from "./player.ts";
import { type Tile, tileAt } from "./storyboard-tiles.ts";
import { clockTime, shareOf, spokenPlace, type Timeline, timeAt } from "./timeline.ts";
import { useStoryboard } from "./use-storyboard.ts";
import "./scrub-bar.css";

interface ScrubBarProps {
  player: Player;
  timeline: Timeline;
  sourceUrl: string | undefined;
  /** The pointer holds the bar: the controls stay. */
  onHold: (holding: boolean) => void;
}

/** Seconds that a key goes, from the place where the viewer is. */
const STEPS: Record<string, number> = {
  ArrowLeft: -5,
  ArrowDown: -5,
  ArrowRight: 5,
  ArrowUp: 5,
  PageDown: -60,
  PageUp: 60,
};

/** The bar's end is the live place, for a finger as well. */
const LIVE_END_PX = 8;

const percent = (share: number) => `${(share * 100).toFixed(3)}%`;

/** The rewind window from its oldest place to the live one: point, drag, touch or keys. */
export const ScrubBar = ({ player, timeline, sourceUrl, onHold }: ScrubBarProps) => {
  const bar = useRef<HTMLDivElement>(null);
  /** Where the pointer is, as a share of the bar; null when it is elsewhere. */
  const [pointed, setPointed] = useState<number | null>(null);
  const [dragging, setDragging] = useState(false);
  const tiles = useStoryboard(sourceUrl, pointed !== null);

  const shareAt = (event: PointerEvent) => {
    const box = bar.current?.getBoundingClientRect();
    if (!box || box.right - event.clientX < LIVE_END_PX) return 1;
    return Math.max(0, (event.clientX - box.left) / box.width);
  };
  const goTo = (share: number) => (share >= 1 ? player.toLive() : player.seek(timeAt(timeline, share)));
  const release = () => {
    setDragging(false);
    onHold(false);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (step !== undefined) player.seekBy(step);
    else if (event.key === "Home") player.seek(timeline.startS);
    else if (event.key === "End") player.toLive();
    else return;
    event.preventDefault();
  };

  const place = dragging && pointed !== null ? pointed : shareOf(timeline, timeline.positionS);
  const pointedS = pointed === null ? null : timeAt(timeline, pointed);
  return (
    <div
      ref={bar}
      className="scrub"
      role="slider"
      tabIndex={0}
      aria-label="Place in the stream"
      aria-valuemin={Math.floor(timeline.startS)}
      aria-valuemax={Math.floor(timeline.endS)}
      aria-valuenow={Math.floor(timeline.positionS)}
      aria-valuetext={spokenPlace(timeline)}
      data-testid="scrub"
      data-dragging={dragging}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDragging(true);
        onHold(true);
        setPointed(shareAt(event));
      }}
      onPointerMove={(event) => setPointed(shareAt(event))}
      onPointerUp={(event) => {
        if (!dragging) return;
        goTo(shareAt(event));
        release();
        // A finger that has left points at nothing.
        if (event.pointerType !== "mouse") setPointed(null);
      }}
      onPointerCancel={() => {
        release();
        setPointed(null);
      }}
      onPointerLeave={() => !dragging && setPointed(null)}
    >
      <div className="scrub-track">
        {timeline.buffered.map(([from, to]) => (
          <span
            key={from}
            className="scrub-buffered"
            style={{
              left: percent(shareOf(timeline, from)),
              right: percent(1 - shareOf(timeline, to)),
            }}
          />
        ))}
        <span className="scrub-played" style={{ width: percent(place) }} />
        {pointed !== null && <span className="scrub-pointed" style={{ left: percent(pointed) }} />}
      </div>
      <span className="scrub-thumb" style={{ left: percent(place) }} />
      {pointed !== null && pointedS !== null && (
        <Preview
          share={pointed}
          words={pointed >= 1 ? "Live" : clockTime(pointedS)}
          tile={tileAt(tiles, pointedS)}
        />
      )}
    </div>
  );
};

/** The picture and the time of the place that is pointed at. */
const Preview = ({ share, words, tile }: { share: number; words: string; tile: Tile | null }) => (
  <div
    className="scrub-preview"
    // Not out of the bar at its ends: half of a tile and its frame.
    style={{ left: `clamp(82px, ${percent(share)}, calc(100% - 82px))` }}
    aria-hidden
    data-testid="preview"
  >
    {tile && (
      <span className="scrub-tile" style={{ width: tile.width, height: tile.height }}>
        <img
          src={tile.url}
          alt=""
          draggable={false}
          style={{ transform: `translate(${-tile.x}px, ${-tile.y}px)` }}
          data-testid="preview-sheet"
        />
      </span>
    )}
    <span className="scrub-time">{words}</span>
  </div>
);
