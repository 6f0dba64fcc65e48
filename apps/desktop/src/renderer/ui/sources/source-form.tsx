import { Button } from "@footlight/ui/button.tsx";
import { SelectField } from "@footlight/ui/select-field.tsx";
import type { SourceKind, SourceSettings } from "../../../model/document.ts";
import { ColourField, NumberInput, Toggle } from "../parts/fields.tsx";
import { useDocument, useEditedScene, useStudio } from "../use-studio.ts";
import { CapturePicker } from "./capture-picker.tsx";
import { DeviceField } from "./device-field.tsx";
import { GuestField } from "./guest-field.tsx";
import { PageForm } from "./page-form.tsx";
import { TextForm } from "./text-form.tsx";

/** `name` is what the source could be called now. */
export type OnSettings = (settings: SourceSettings, gesture: string | null, name?: string) => void;

/** What a source of each kind shows: for adding one and for changing it. */
export const SourceForm = ({
  kind,
  settings,
  onChange,
  sourceId,
}: {
  kind: SourceKind;
  settings: SourceSettings | null;
  onChange: OnSettings;
  /** Absent while it is being added. */
  sourceId?: string;
}) => {
  if (kind === "display" || kind === "window") return <CapturePicker {...{ kind, settings, onChange }} />;
  if (kind === "camera" || kind === "microphone") return <DeviceField {...{ kind, settings, onChange }} />;
  if (kind === "image" || kind === "video") return <FileField {...{ kind, settings, onChange }} />;
  if (kind === "scene") return <SceneField {...{ settings, onChange }} />;
  switch (settings?.kind) {
    case "colour":
      return (
        <ColourField
          label="Colour"
          value={settings.colour}
          onChange={(colour, gesture) => onChange({ ...settings, colour }, gesture)}
        />
      );
    case "text":
      return <TextForm settings={settings} onChange={onChange} />;
    case "slideshow":
      return <SlideshowForm {...{ settings, onChange }} />;
    case "browser":
      return <PageForm {...{ settings, onChange, sourceId }} />;
    case "guest":
      return <GuestField {...{ settings, onChange }} />;
    case "test-picture":
      return <p className="field-hint">Colour bars, a turning hand and a running clock.</p>;
    case "desktop-audio":
      return <p className="field-hint">What other programmes play on this machine.</p>;
    default:
      return null;
  }
};

const nameOf = (path: string) =>
  path
    .split(/[\\/]/)
    .at(-1)
    ?.replace(/\.[^.]+$/, "") ?? "";

const FileField = ({
  kind,
  settings,
  onChange,
}: {
  kind: "image" | "video";
  settings: SourceSettings | null;
  onChange: OnSettings;
}) => {
  const studio = useStudio();
  const current = settings?.kind === "image" || settings?.kind === "video" ? settings : null;
  const pick = async () => {
    const path = (await studio.ask("files.pick", { kind, many: false }))?.paths[0];
    if (path === undefined) return;
    const loop = current?.kind === "video" ? current.loop : true;
    onChange(kind === "image" ? { kind, path } : { kind, path, loop }, null, nameOf(path));
  };
  return (
    <div className="form">
      <div className="field">
        <span className="field-label">File</span>
        <p className="field-hint">{current?.path ?? "None chosen yet"}</p>
        <div>
          <Button onClick={() => void pick()}>{current ? "Choose another file" : "Choose a file"}</Button>
        </div>
      </div>
      {current?.kind === "video" && (
        <Toggle
          label="Play again from the start"
          checked={current.loop}
          onChange={(loop) => onChange({ ...current, loop }, null)}
        />
      )}
    </div>
  );
};

const SceneField = ({ settings, onChange }: { settings: SourceSettings | null; onChange: OnSettings }) => {
  const edited = useEditedScene();
  const others = useDocument().scenes.filter((scene) => scene.id !== edited.id);
  if (others.length === 0)
    return (
      <p className="field-hint">There is no other scene yet. Add one, and it can be shown in this one.</p>
    );
  const value = settings?.kind === "scene" ? settings.sceneId : "";
  return (
    <SelectField
      label="Scene"
      value={value}
      options={[
        ...(value === "" ? [{ value: "", label: "Choose a scene" }] : []),
        ...others.map((scene) => ({ value: scene.id, label: scene.name })),
      ]}
      onChange={(sceneId) => {
        const name = others.find((scene) => scene.id === sceneId)?.name;
        if (name !== undefined) onChange({ kind: "scene", sceneId }, null, name);
      }}
    />
  );
};

type Of<K extends SourceKind> = Extract<SourceSettings, { kind: K }>;

const SlideshowForm = ({ settings, onChange }: { settings: Of<"slideshow">; onChange: OnSettings }) => {
  const studio = useStudio();
  const pick = async () => {
    const paths = (await studio.ask("files.pick", { kind: "image", many: true }))?.paths ?? [];
    if (paths.length > 0) onChange({ ...settings, paths: paths.slice(0, 500) }, null);
  };
  return (
    <div className="form">
      <div className="field">
        <span className="field-label">Images</span>
        <p className="field-hint">
          {settings.paths.length === 0 ? "None chosen yet" : settings.paths.map(nameOf).join(", ")}
        </p>
        <div>
          <Button onClick={() => void pick()}>Choose images</Button>
        </div>
      </div>
      <div className="form-row">
        <NumberInput
          label="Seconds each"
          value={settings.everyMs / 1000}
          min={0.2}
          max={3600}
          step={0.5}
          onChange={(seconds) => onChange({ ...settings, everyMs: Math.round(seconds * 1000) }, null)}
        />
        <NumberInput
          label="Fade, milliseconds"
          value={settings.fadeMs}
          min={0}
          max={10_000}
          step={50}
          onChange={(fadeMs) => onChange({ ...settings, fadeMs }, null)}
        />
      </div>
      <Toggle
        label="In random order"
        checked={settings.shuffle}
        onChange={(shuffle) => onChange({ ...settings, shuffle }, null)}
      />
    </div>
  );
};
