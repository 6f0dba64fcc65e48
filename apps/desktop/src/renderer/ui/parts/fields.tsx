import { Switch } from "@base-ui/react/switch";
import { Labelled } from "@footlight/ui/labelled.tsx";
import { type ReactNode, useId, useState } from "react";
import "@footlight/ui/choice.css";
import "./modal.css";

/** A number that is taken when the person is done with it; what is no number goes back to what it was. */
export const NumberInput = ({
  label,
  value,
  min,
  max,
  step = 1,
  onChange,
}: {
  label: string;
  value: number;
  min?: number;
  max?: number;
  step?: number;
  onChange: (value: number) => void;
}) => {
  const [typed, setTyped] = useState<string | null>(null);
  const take = () => {
    const wanted = typed === null || typed.trim() === "" ? Number.NaN : Number(typed);
    setTyped(null);
    if (!Number.isFinite(wanted)) return;
    const bounded = Math.min(max ?? wanted, Math.max(min ?? wanted, wanted));
    if (bounded !== value) onChange(bounded);
  };
  return (
    <Labelled label={label}>
      {(id) => (
        <input
          id={id}
          className="input"
          type="number"
          {...{ min, max, step }}
          value={typed ?? String(Math.round(value * 100) / 100)}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={take}
          onKeyDown={(event) => event.key === "Enter" && take()}
        />
      )}
    </Labelled>
  );
};

/** In kbps, of a bitrate in bits a second. */
export const BitrateInput = ({ bps, onChange }: { bps: number; onChange: (bps: number) => void }) => (
  <NumberInput
    label="Bitrate, kbps"
    value={bps / 1000}
    min={100}
    max={100_000}
    step={100}
    onChange={(kbps) => onChange(Math.round(kbps * 1000))}
  />
);

export const Toggle = ({
  label,
  hint,
  checked,
  onChange,
}: {
  label: string;
  hint?: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
}) => (
  // biome-ignore lint/a11y/noLabelWithoutControl: the switch inside is the control
  <label className="toggle">
    <Switch.Root checked={checked} onCheckedChange={(next) => onChange(next)} className="switch">
      <Switch.Thumb className="switch-thumb" />
    </Switch.Root>
    <span>
      <span className="radio-name">{label}</span>
      {hint && <span className="field-hint">{hint}</span>}
    </span>
  </label>
);

/** One gesture from the press to the letting go, or for one run of a key. */
export const RangeField = ({
  label,
  value,
  min,
  max,
  step,
  words,
  onChange,
}: {
  label: string;
  value: number;
  min: number;
  max: number;
  step: number;
  words: string;
  onChange: (value: number, gesture: string) => void;
}) => {
  const id = useId();
  const gesture = useGesture();
  return (
    <div className="range-field">
      <label htmlFor={id} className="field-label">
        {label}
      </label>
      <span className="range-value">{words}</span>
      <input
        id={id}
        type="range"
        className="range"
        {...{ min, max, step, value }}
        aria-valuetext={words}
        onPointerDown={gesture.begin}
        onBlur={gesture.begin}
        onChange={(event) => onChange(Number(event.target.value), gesture.id())}
      />
    </div>
  );
};

/** Names what belongs together for undo. */
export const useGesture = (): { begin: () => void; id: () => string } => {
  const [state] = useState(() => ({ current: crypto.randomUUID() }));
  return {
    begin: () => {
      state.current = crypto.randomUUID();
    },
    id: () => state.current,
  };
};

export const ColourField = ({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (value: string, gesture: string) => void;
}) => {
  const gesture = useGesture();
  return (
    <Labelled label={label}>
      {(id) => (
        <input
          id={id}
          type="color"
          className="colour-input"
          value={value.slice(0, 7)}
          onFocus={gesture.begin}
          onChange={(event) => onChange(`${event.target.value}${value.slice(7)}`, gesture.id())}
        />
      )}
    </Labelled>
  );
};
