import { Button } from "@footlight/ui/button.tsx";
import { Notice } from "@footlight/ui/notice.tsx";
import { SelectField } from "@footlight/ui/select-field.tsx";
import { useState } from "react";
import type { CallOutput } from "../../../contract/studio-calls.ts";
import type { StudioSettings } from "../../../contract/studio-topics.ts";
import { CollectionField } from "../collections/collection-field.tsx";
import { useDocument, useStudio } from "../use-studio.ts";
import type { ChangeSettings } from "./settings.tsx";

type Imported = CallOutput<"document.import">;

const UNREADABLE = {
  broken: "That file is damaged, so nothing was changed.",
  future: "That file was made by a newer studio, so nothing was changed.",
  unknown: "That is no collection of ours and no file of OBS, so nothing was changed.",
} as const;

/** The collection as a whole, and how the window looks. */
export const ScenesPane = ({ settings, change }: { settings: StudioSettings; change: ChangeSettings }) => {
  const studio = useStudio();
  const document = useDocument();
  const [answer, setAnswer] = useState<Imported | null>(null);
  return (
    <div className="form">
      <SelectField
        label="Appearance"
        value={settings.theme}
        options={[
          { value: "system", label: "As the system" },
          { value: "dark", label: "Dark" },
          { value: "light", label: "Light" },
        ]}
        onChange={(theme) => change({ theme })}
      />
      <CollectionField />
      <SelectField
        label="Safe scene"
        value={document.safeSceneId ?? ""}
        options={[
          { value: "", label: "None: black and silent" },
          ...document.scenes.map((scene) => ({ value: scene.id, label: scene.name })),
        ]}
        hint="What panic cuts to."
        onChange={(id) => void studio.do({ kind: "safe-scene", sceneId: id === "" ? null : id })}
      />
      <div className="form-row">
        <Button onClick={() => void studio.ask("document.export", undefined)}>Export to a file</Button>
        <Button onClick={() => void studio.ask("document.import", undefined).then(setAnswer)}>
          Import from a file
        </Button>
      </div>
      <p className="field-hint">
        A collection of ours or of OBS opens beside yours; a profile of OBS (basic.ini) sets size, pace and
        bitrate.
      </p>
      {answer && <ImportNotice answer={answer} />}
    </div>
  );
};

const ImportNotice = ({ answer }: { answer: Imported }) => {
  if (answer.result === "cancelled") return null;
  if (answer.result === "unreadable") return <Notice tone="bad">{UNREADABLE[answer.cause]}</Notice>;
  return (
    <Notice tone={answer.unmatched.length > 0 ? "warn" : "good"} title={`Imported ${answer.name}`}>
      {answer.unmatched.length > 0 && (
        <>
          <p>These were left out, or want a look:</p>
          <ul>
            {answer.unmatched.map((words) => (
              <li key={words}>{words}</li>
            ))}
          </ul>
        </>
      )}
    </Notice>
  );
};
