import { type ReactNode, useId } from "react";
import "./field.css";

/** A native control under its name, with a hint. */
export const Labelled = ({
  label,
  hint,
  children,
}: {
  label: string;
  hint?: string | undefined;
  /** Given the id that the control must have. */
  children: (id: string) => ReactNode;
}) => {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id} className="field-label">
        {label}
      </label>
      {children(id)}
      {hint && <p className="field-hint">{hint}</p>}
    </div>
  );
};
