import { Button } from "@footlight/ui/button.tsx";
import { SelectField } from "@footlight/ui/select-field.tsx";
import type { StudioSettings } from "../../../contract/studio-topics.ts";
import { NumberInput } from "../parts/fields.tsx";
import { useStudio } from "../use-studio.ts";
import type { ChangeSettings } from "./settings.tsx";

const TRACKS = [1, 2, 3, 4, 5, 6];

export const RecordingPane = ({ settings, change }: { settings: StudioSettings; change: ChangeSettings }) => {
  const studio = useStudio();
  const { recording } = settings;
  const set = (part: Partial<StudioSettings["recording"]>) =>
    change({ recording: { ...recording, ...part } });
  const pick = async () => {
    const folder = (await studio.ask("folder.pick", undefined))?.path;
    if (folder != null) set({ folder });
  };
  return (
    <div className="form">
      <div className="field">
        <span className="field-label">Folder</span>
        <p className="field-hint">{recording.folder}</p>
        <div className="form-row">
          <Button onClick={() => void pick()}>Choose another folder</Button>
          <Button onClick={() => void studio.ask("recording.reveal", undefined)}>Show the folder</Button>
        </div>
      </div>
      <div className="form-row">
        <SelectField
          label="Format"
          value={recording.container}
          options={[
            { value: "mp4", label: "MP4, in fragments" },
            { value: "mkv", label: "Matroska (MKV)" },
          ]}
          hint="Both survive a crash or a power cut."
          onChange={(container) => set({ container })}
        />
        <NumberInput
          label="Bitrate, kbps"
          value={recording.bitrateBps / 1000}
          min={100}
          max={100_000}
          step={100}
          onChange={(kbps) => set({ bitrateBps: Math.round(kbps * 1000) })}
        />
      </div>
      <fieldset className="tracks">
        <legend className="field-label">Sound tracks</legend>
        {TRACKS.map((track) => {
          const on = recording.tracks.includes(track);
          return (
            <label key={track} className="track">
              <input
                type="checkbox"
                checked={on}
                disabled={on && recording.tracks.length === 1}
                onChange={() =>
                  set({
                    tracks: on
                      ? recording.tracks.filter((one) => one !== track)
                      : [...recording.tracks, track].toSorted(),
                  })
                }
              />
              {track}
            </label>
          );
        })}
      </fieldset>
    </div>
  );
};
