import { Button } from "@footlight/ui/button.tsx";
import { TextArea, TextField } from "@footlight/ui/field.tsx";
import { FolderOpen, RefreshCw } from "lucide-react";
import type { SourceSettings } from "../../../model/document.ts";
import { fileAddress } from "../../../model/file-address.ts";
import { NumberInput, Toggle, useGesture } from "../parts/fields.tsx";
import { useStudio } from "../use-studio.ts";
import type { OnSettings } from "./source-form.tsx";
import "./page-form.css";

type PageSettings = Extract<SourceSettings, { kind: "browser" }>;

/** A web page: where it is, how large, and what is changed about its looks. */
export const PageForm = ({
  settings,
  onChange,
  sourceId,
}: {
  settings: PageSettings;
  onChange: OnSettings;
  /** Absent while it is being added. */
  sourceId: string | undefined;
}) => {
  const studio = useStudio();
  const gesture = useGesture();
  const pick = async () => {
    const path = (await studio.ask("files.pick", { kind: "page", many: false }))?.paths[0];
    if (path !== undefined) onChange({ ...settings, url: fileAddress(path) }, null);
  };
  return (
    <div className="form">
      <TextField
        label="Address"
        name="url"
        type="url"
        hint="Of a page on the web, or of a file on this machine."
        value={settings.url}
        onFocus={gesture.begin}
        onChange={(event) => onChange({ ...settings, url: event.target.value }, gesture.id())}
      />
      <div className="page-form-buttons">
        <Button size="sm" icon={FolderOpen} onClick={() => void pick()}>
          Choose a file
        </Button>
        {sourceId !== undefined && (
          <Button size="sm" icon={RefreshCw} onClick={() => void studio.ask("source.reload", { sourceId })}>
            Load again
          </Button>
        )}
      </div>
      <div className="form-row">
        <NumberInput
          label="Width"
          value={settings.width}
          min={16}
          max={4096}
          onChange={(width) => onChange({ ...settings, width: Math.round(width) }, null)}
        />
        <NumberInput
          label="Height"
          value={settings.height}
          min={16}
          max={4096}
          onChange={(height) => onChange({ ...settings, height: Math.round(height) }, null)}
        />
        <NumberInput
          label="Frames a second"
          value={settings.fps}
          min={1}
          max={60}
          onChange={(fps) => onChange({ ...settings, fps: Math.round(fps) }, null)}
        />
      </div>
      <Toggle
        label="Close while hidden"
        hint="Costs nothing while no scene shows it, and is loaded anew when one does."
        checked={settings.closeWhenHidden}
        onChange={(closeWhenHidden) => onChange({ ...settings, closeWhenHidden }, null)}
      />
      <TextArea
        label="CSS of your own"
        name="css"
        value={settings.css}
        onFocus={gesture.begin}
        onChange={(event) => onChange({ ...settings, css: event.target.value }, gesture.id())}
      />
    </div>
  );
};
