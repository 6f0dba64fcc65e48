import { arrange, type Place } from "@footlight/realtime/stage/layouts.ts";
import { isSilent } from "@footlight/realtime/stage/people.ts";
import type { StageLayout } from "@footlight/shared";
import { Avatar } from "@footlight/ui/avatar.tsx";
import { cx } from "@footlight/ui/cx.ts";
import { useStore } from "@footlight/ui/use-store.ts";
import { Hand, MicOff, SignalLow, SignalMedium } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { isStarting, type LocalDevices } from "./media/local-devices.ts";
import { type StageItem, stageItems } from "./stage-items.ts";
import type { StageSeat } from "./stage-seat.ts";
import { TrackAudio, TrackVideo } from "./track-media.tsx";

/** Louder than this is speech worth a ring, dBov. */
const SPEECH_DB = -50;
const STARTING = "Starting your camera…";

const useSize = () => {
  const element = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return [element, size] as const;
};

/** The stage as those see it who are on it: everybody in the places of the host's layout, and their sound. */
export const StageTiles = ({ seat, devices }: { seat: StageSeat; devices: LocalDevices }) => {
  const view = useStore(seat.view);
  const local = useStore(devices.state);
  const [area, size] = useSize();
  const items = stageItems(view, local, { programme: false });
  const layout: StageLayout = view.stage?.layout ?? { kind: "grid", spotlight: null };
  const speaker = view.stage?.activeSpeaker ?? null;
  const places = size.width === 0 ? [] : arrange(layout, items, { ...size, gap: 8 }, speaker);
  const placeOf = new Map(places.map((place) => [place.id, place]));
  return (
    <section className="stage-tiles dark-room" aria-label="The stage" data-testid="stage-tiles">
      <div ref={area} className="stage-area">
        {items.length === 0 && (
          <div className="tile-empty" role="status">
            <p>{isStarting(local.camera) ? STARTING : "Coming to the stage…"}</p>
          </div>
        )}
        {items.map((item) => {
          const place = placeOf.get(item.id);
          return (
            place && (
              <Tile
                key={item.id}
                item={item}
                place={place}
                isSpeaking={isHeard(item, speaker)}
                isStarting={item.isMe && item.kind === "camera" && isStarting(local.camera)}
              />
            )
          );
        })}
      </div>
      <StageSound seat={seat} devices={devices} />
    </section>
  );
};

const isHeard = ({ person }: StageItem, speaker: string | null): boolean =>
  person !== null && (person.id === speaker || person.level > SPEECH_DB) && !isSilent(person);

const Tile = ({
  item,
  place,
  isSpeaking,
  isStarting,
}: {
  item: StageItem;
  place: Place;
  isSpeaking: boolean;
  isStarting: boolean;
}) => {
  const { person, track, name } = item;
  const isCamera = item.kind === "camera";
  return (
    <figure
      className={cx("tile", isCamera && isSpeaking && "tile-speaking")}
      style={{ translate: `${place.x}px ${place.y}px`, width: place.width, height: place.height }}
      data-testid={`tile-${item.kind}`}
      data-name={name}
    >
      {track ? (
        <TrackVideo
          track={track}
          fit={place.fit}
          mirrored={item.isMe && isCamera}
          label={isCamera ? name : `Shared by ${name}`}
        />
      ) : (
        <div className="tile-empty">
          <Avatar name={name} src={null} size={place.height > 180 ? "xl" : "md"} />
          {isStarting && <p>{STARTING}</p>}
        </div>
      )}
      <figcaption className="tile-caption">
        <span className="tile-name">{captionOf(item)}</span>
        {isCamera && person && <Marks person={person} />}
      </figcaption>
    </figure>
  );
};

const captionOf = ({ kind, name, isMe, person }: StageItem): string => {
  switch (kind) {
    case "screen":
      return `${name} – screen`;
    case "programme":
      return `${name} – programme`;
    case "camera":
      return `${name}${isMe ? " (you)" : ""}${person?.online === false ? " – reconnecting" : ""}`;
  }
};

const Marks = ({ person }: { person: NonNullable<StageItem["person"]> }) => (
  <>
    {person.handRaisedAt !== null && (
      <Hand className="mark-hand" size={16} role="img" aria-label="Hand raised" />
    )}
    {isSilent(person) && <MicOff size={16} role="img" aria-label="Muted" />}
    {person.network === "fair" && <SignalMedium size={16} role="img" aria-label="Connection: fair" />}
    {person.network === "poor" && (
      <SignalLow className="mark-poor" size={16} role="img" aria-label="Connection: poor" />
    )}
  </>
);

/** Everything that is heard; never oneself. */
const StageSound = ({ seat, devices }: { seat: StageSeat; devices: LocalDevices }) => {
  const { tracks } = useStore(seat.view);
  const { speaker } = useStore(devices.state);
  return (
    <>
      {[...tracks]
        .filter(([, { kind }]) => kind === "audio")
        .map(([producerId, track]) => (
          <TrackAudio key={producerId} track={track} speaker={speaker} />
        ))}
    </>
  );
};
