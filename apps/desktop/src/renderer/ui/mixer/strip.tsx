import { IconButton } from "@footlight/ui/button.tsx";
import { Ear, Headphones, Volume2, VolumeX } from "lucide-react";
import type { SoundSettings, Source } from "../../../model/document.ts";
import { positionOf, volumeAt, volumeWords } from "../../state/fader.ts";
import { sourceTrouble } from "../../state/source-words.ts";
import { useGesture } from "../parts/fields.tsx";
import { useStudio, useTopic } from "../use-studio.ts";
import { Meter } from "./meter.tsx";
import { SoundMenu } from "./sound-menu.tsx";
import { TalkButton } from "./talk-button.tsx";

const NEXT_MONITOR = { off: "also", also: "only", only: "off" } as const;
const MONITOR_WORDS = {
  off: "You do not hear it",
  also: "You hear it too",
  only: "Only you hear it",
} as const;

/** One source in the mixer. */
export const Strip = ({ source }: { source: Source }) => {
  const studio = useStudio();
  const state = useTopic("sources")?.[source.id];
  const gesture = useGesture();
  const isHeld = (useTopic("talking") ?? []).includes(source.id);
  const { sound } = source;
  if (!sound) return null;
  const change = (part: Partial<SoundSettings>, id: string | null = null) =>
    void studio.do({ kind: "sound", sourceId: source.id, change: part }, id);
  const trouble = sourceTrouble(source.settings.kind, state);
  return (
    <div className="strip" data-muted={isSilent(sound, isHeld) || undefined}>
      <div className="strip-top">
        <span className="strip-name" title={source.name}>
          {source.name}
        </span>
        <span className="range-value">{volumeWords(sound.volumeDb)}</span>
      </div>
      <Meter id={source.id} name={source.name} />
      <input
        type="range"
        className="range"
        min={0}
        max={1}
        step={0.005}
        value={positionOf(sound.volumeDb)}
        aria-label={`Volume of ${source.name}`}
        aria-valuetext={volumeWords(sound.volumeDb)}
        title="Double-click for 0 dB"
        onPointerDown={gesture.begin}
        onBlur={gesture.begin}
        onDoubleClick={() => change({ volumeDb: 0 })}
        onChange={(event) => change({ volumeDb: volumeAt(Number(event.target.value)) }, gesture.id())}
      />
      <div className="strip-keys">
        <IconButton
          label={`${sound.muted ? "Unmute" : "Mute"} ${source.name}`}
          icon={sound.muted ? VolumeX : Volume2}
          size="sm"
          className="strip-mute"
          aria-pressed={sound.muted}
          onClick={() => change({ muted: !sound.muted })}
        />
        <IconButton
          label={`Solo ${source.name}`}
          icon={Ear}
          size="sm"
          aria-pressed={sound.solo}
          onClick={() => change({ solo: !sound.solo })}
        />
        <IconButton
          label={`${MONITOR_WORDS[sound.monitor]}: ${source.name}`}
          icon={Headphones}
          size="sm"
          aria-pressed={sound.monitor !== "off"}
          onClick={() => change({ monitor: NEXT_MONITOR[sound.monitor] })}
        />
        <TalkButton source={source} talkKey={sound.talkKey} />
        <span className="top-gap" />
        <SoundMenu source={source} sound={sound} />
      </div>
      {trouble && (
        <p className="row-trouble" role="status">
          {trouble}
        </p>
      )}
    </div>
  );
};

const isSilent = ({ muted, talkKey }: SoundSettings, isHeld: boolean): boolean =>
  muted || (talkKey === "push" && !isHeld) || (talkKey === "cough" && isHeld);
