import { IconButton } from "@footlight/ui/button.tsx";
import { SelectField } from "@footlight/ui/select-field.tsx";
import { SlidersHorizontal } from "lucide-react";
import { useState } from "react";
import type { SoundSettings, Source } from "../../../model/document.ts";
import { SoundFilters } from "../filters/sound-filters.tsx";
import { NumberInput, RangeField, Toggle } from "../parts/fields.tsx";
import { Modal } from "../parts/modal.tsx";
import { useDocument, useStudio } from "../use-studio.ts";

const TRACKS = [1, 2, 3, 4, 5, 6];

/** What a source's sound has beyond fader and mute. */
export const SoundMenu = ({ source, sound }: { source: Source; sound: SoundSettings }) => {
  const [open, setOpen] = useState(false);
  return (
    <>
      <IconButton
        label={`Sound settings of ${source.name}`}
        icon={SlidersHorizontal}
        size="sm"
        onClick={() => setOpen(true)}
      />
      {open && (
        <Modal title={`Sound of ${source.name}`} onClose={() => setOpen(false)}>
          <SoundForm source={source} sound={sound} />
        </Modal>
      )}
    </>
  );
};

const panWords = (pan: number) =>
  pan === 0 ? "centre" : `${Math.round(Math.abs(pan) * 100)}% ${pan < 0 ? "left" : "right"}`;

const SoundForm = ({ source, sound }: { source: Source; sound: SoundSettings }) => {
  const studio = useStudio();
  const isGlobal = useDocument().globalSound.includes(source.id);
  const change = (part: Partial<SoundSettings>, gesture: string | null = null) =>
    void studio.do({ kind: "sound", sourceId: source.id, change: part }, gesture);
  return (
    <div className="form">
      <RangeField
        label="Balance"
        value={sound.pan}
        min={-1}
        max={1}
        step={0.05}
        words={panWords(sound.pan)}
        onChange={(pan, gesture) => change({ pan }, gesture)}
      />
      <div className="form-row">
        <NumberInput
          label="Held back, milliseconds"
          value={sound.offsetMs}
          min={0}
          max={20_000}
          onChange={(offsetMs) => change({ offsetMs })}
        />
        <SelectField
          label="In your own ears"
          value={sound.monitor}
          options={[
            { value: "off", label: "Not" },
            { value: "also", label: "Too" },
            { value: "only", label: "Only there, not on air" },
          ]}
          onChange={(monitor) => change({ monitor })}
        />
      </div>
      <SelectField
        label="Talk key"
        value={sound.talkKey}
        options={[
          { value: "none", label: "None: heard unless muted" },
          { value: "push", label: "Push to talk: heard while held" },
          { value: "cough", label: "Push to mute: silent while held" },
        ]}
        hint="A key for it is chosen in the settings, under “Hotkeys”. The button in the mixer does the same."
        onChange={(talkKey) => change({ talkKey })}
      />
      <Toggle
        label="Mono"
        hint="Left and right as one, in the middle"
        checked={sound.mono}
        onChange={(mono) => change({ mono })}
      />
      <fieldset className="tracks">
        <legend className="field-label">Tracks of the recording; viewers hear track 1</legend>
        {TRACKS.map((track) => (
          <label key={track} className="track">
            <input
              type="checkbox"
              checked={sound.tracks.includes(track)}
              onChange={(event) =>
                change({
                  tracks: event.target.checked
                    ? [...sound.tracks, track].toSorted()
                    : sound.tracks.filter((one) => one !== track),
                })
              }
            />
            {track}
          </label>
        ))}
      </fieldset>
      <SoundFilters filters={sound.filters} onChange={(filters, gesture) => change({ filters }, gesture)} />
      {isGlobal && (
        <div>
          <RemoveGlobal source={source} />
        </div>
      )}
    </div>
  );
};

const RemoveGlobal = ({ source }: { source: Source }) => {
  const studio = useStudio();
  return (
    <button
      type="button"
      className="button button-danger button-sm"
      onClick={() =>
        void studio.doAndTell({ kind: "source-remove", sourceId: source.id }, `“${source.name}” removed`)
      }
    >
      Remove {source.name}
    </button>
  );
};
