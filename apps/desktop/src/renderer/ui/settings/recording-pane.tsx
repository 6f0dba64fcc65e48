import { Button } from "@footlight/ui/button.tsx";
import { SelectField } from "@footlight/ui/select-field.tsx";
import type { StudioSettings } from "../../../contract/studio-topics.ts";
import { BitrateInput, NumberInput } from "../parts/fields.tsx";
import { useStudio, useTopic } from "../use-studio.ts";
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
        <BitrateInput bps={recording.bitrateBps} onChange={(bitrateBps) => set({ bitrateBps })} />
      </div>
      <div className="form-row">
        <NumberInput
          label="A replay keeps, seconds"
          value={recording.replayS}
          min={5}
          max={600}
          onChange={(seconds) => set({ replayS: Math.round(seconds) })}
        />
        <RemuxField />
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

/** The newest recording once more, for programmes that take no fragments. */
const RemuxField = () => {
  const studio = useStudio();
  const recording = useTopic("recording");
  const remux = recording?.remux ?? null;
  const runs = remux?.state === "running";
  const press = async () => {
    const answer = await studio.ask("recording.remux", undefined);
    if (answer?.fault) studio.say(REMUX_FAULTS[answer.fault], "bad");
  };
  return (
    <div className="field">
      <span className="field-label">For programmes that take plain MP4 only</span>
      <Button busy={runs} onClick={() => void press()}>
        {runs ? `Copying, ${Math.floor((remux?.progress ?? 0) * 100)}%` : "Copy the newest recording"}
      </Button>
      {remux?.state === "done" && <p className="field-hint">Saved as {remux.to}</p>}
      {remux?.state === "failed" && <p className="field-error">{remux.cause ?? "It did not work."}</p>}
    </div>
  );
};

const REMUX_FAULTS = {
  no_recording: "There is no recording yet.",
  encoder_down: "The encoder does not run. Try again in a moment.",
};
