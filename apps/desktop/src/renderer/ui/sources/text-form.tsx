import { TextArea } from "@footlight/ui/field.tsx";
import { SelectField } from "@footlight/ui/select-field.tsx";
import type { SourceSettings } from "../../../model/document.ts";
import { ColourField, NumberInput, Toggle, useGesture } from "../parts/fields.tsx";
import type { OnSettings } from "./source-form.tsx";

type TextSettings = Extract<SourceSettings, { kind: "text" }>;

const WEIGHTS = [
  { value: "400", label: "Regular" },
  { value: "600", label: "Semibold" },
  { value: "800", label: "Extra bold" },
] as const;

export const TextForm = ({ settings, onChange }: { settings: TextSettings; onChange: OnSettings }) => {
  const gesture = useGesture();
  const backed = !settings.background.endsWith("00") || settings.background.length === 7;
  return (
    <div className="form">
      <TextArea
        label="Text"
        name="text"
        maxLength={10_000}
        value={settings.text}
        onFocus={gesture.begin}
        onChange={(event) => onChange({ ...settings, text: event.target.value }, gesture.id())}
      />
      <div className="form-row">
        <NumberInput
          label="Size"
          value={settings.sizePx}
          min={4}
          max={2000}
          onChange={(sizePx) => onChange({ ...settings, sizePx }, null)}
        />
        <SelectField
          label="Weight"
          value={WEIGHTS.find((one) => Number(one.value) >= settings.weight)?.value ?? "800"}
          options={WEIGHTS}
          onChange={(weight) => onChange({ ...settings, weight: Number(weight) }, null)}
        />
      </div>
      <div className="form-row">
        <SelectField
          label="Alignment"
          value={settings.align}
          options={[
            { value: "left", label: "Left" },
            { value: "centre", label: "Centre" },
            { value: "right", label: "Right" },
          ]}
          onChange={(align) => onChange({ ...settings, align }, null)}
        />
        <ColourField
          label="Colour"
          value={settings.colour}
          onChange={(colour, id) => onChange({ ...settings, colour }, id)}
        />
      </div>
      <Toggle
        label="Background"
        checked={backed}
        onChange={(on) => onChange({ ...settings, background: on ? "#000000cc" : "#00000000" }, null)}
      />
      {backed && (
        <ColourField
          label="Background colour"
          value={settings.background}
          onChange={(background, id) => onChange({ ...settings, background }, id)}
        />
      )}
    </div>
  );
};
