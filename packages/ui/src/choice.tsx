import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import { Switch } from "@base-ui/react/switch";
import { useId } from "react";
import "./choice.css";

interface Choice {
  value: string;
  label: string;
  detail: string;
}

/** A few exclusive choices, each with a sentence. */
export const RadioCards = ({
  name,
  label,
  hint,
  choices,
  value,
  onChange,
}: {
  name: string;
  label: string;
  hint?: string | undefined;
  choices: Choice[];
  value: string;
  onChange: (value: string) => void;
}) => {
  const id = useId();
  return (
    <div className="field">
      <span id={id} className="field-label">
        {label}
      </span>
      <RadioGroup
        name={name}
        value={value}
        onValueChange={(next: unknown) => onChange(String(next))}
        aria-labelledby={id}
        className="radio-cards"
      >
        {choices.map((choice) => (
          // biome-ignore lint/a11y/noLabelWithoutControl: the radio inside is the control
          <label key={choice.value} className="radio-card">
            <Radio.Root value={choice.value} className="radio">
              <Radio.Indicator className="radio-dot" />
            </Radio.Root>
            <span>
              <span className="radio-name">{choice.label}</span>
              <span className="field-hint">{choice.detail}</span>
            </span>
          </label>
        ))}
      </RadioGroup>
      {hint && <p className="field-hint">{hint}</p>}
    </div>
  );
};

export const SwitchField = ({
  name,
  label,
  hint,
  defaultChecked,
}: {
  name: string;
  label: string;
  hint: string;
  defaultChecked: boolean;
}) => (
  // biome-ignore lint/a11y/noLabelWithoutControl: the switch inside is the control
  <label className="switch-field">
    <Switch.Root name={name} defaultChecked={defaultChecked} className="switch">
      <Switch.Thumb className="switch-thumb" />
    </Switch.Root>
    <span>
      <span className="radio-name">{label}</span>
      <span className="field-hint">{hint}</span>
    </span>
  </label>
);
