import { Labelled } from "./labelled.tsx";

export interface Option<T extends string> {
  readonly value: T;
  readonly label: string;
}

/** The system's own menu. */
export const SelectField = <T extends string>({
  label,
  value,
  options,
  hint,
  none,
  onChange,
}: {
  label: string;
  value: T;
  options: readonly Option<T>[];
  hint?: string;
  /** Shown, and nothing to choose, where there are no options. */
  none?: string;
  onChange: (value: T) => void;
}) => (
  <Labelled label={label} hint={hint}>
    {(id) => (
      <select
        id={id}
        className="input"
        value={value}
        disabled={none !== undefined && options.length === 0}
        onChange={(event) => {
          const chosen = options.find((option) => option.value === event.target.value);
          if (chosen) onChange(chosen.value);
        }}
      >
        {none !== undefined && options.length === 0 && <option value="">{none}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    )}
  </Labelled>
);
