import { Field as BaseField } from "@base-ui/react/field";
import { type ComponentProps, type ReactNode, useState } from "react";
import { Button } from "./button.tsx";
import { cx } from "./cx.ts";
import "./field.css";

interface FieldProps {
  label: string;
  name: string;
  hint?: ReactNode;
  /** What is wrong with it; shown and announced. */
  error?: string | undefined;
}

/** A labelled control with its hint and its error tied to it. */
const Frame = ({
  label,
  name,
  hint,
  error,
  children,
  extra,
}: FieldProps & { children: ReactNode; extra?: ReactNode }) => (
  <BaseField.Root name={name} invalid={error !== undefined} className="field">
    <span className="field-top">
      <BaseField.Label className="field-label">{label}</BaseField.Label>
      {extra}
    </span>
    {children}
    {error !== undefined && (
      <BaseField.Error match className="field-error">
        {error}
      </BaseField.Error>
    )}
    {error === undefined && hint !== undefined && (
      <BaseField.Description className="field-hint">{hint}</BaseField.Description>
    )}
  </BaseField.Root>
);

type InputProps = FieldProps &
  Omit<ComponentProps<"input">, "name" | "ref" | "defaultValue" | "value"> & {
    value?: string;
    defaultValue?: string;
  };

export const TextField = ({ label, name, hint, error, className, ...input }: InputProps) => (
  <Frame {...{ label, name, hint, error }}>
    <BaseField.Control {...input} className={cx("input", className)} />
  </Frame>
);

export const PasswordField = ({ label, name, hint, error, ...input }: InputProps) => {
  const [shown, setShown] = useState(false);
  return (
    <Frame
      {...{ label, name, hint, error }}
      extra={
        <Button variant="quiet" size="sm" onClick={() => setShown(!shown)} aria-pressed={shown}>
          {shown ? "Hide" : "Show"}
          <span className="sr-only"> {label.toLowerCase()}</span>
        </Button>
      }
    >
      <BaseField.Control {...input} type={shown ? "text" : "password"} className="input" spellCheck={false} />
    </Frame>
  );
};

type AreaProps = FieldProps & Omit<ComponentProps<"textarea">, "name" | "ref">;
export const TextArea = ({ label, name, hint, error, ...area }: AreaProps) => (
  <Frame {...{ label, name, hint, error }}>
    <BaseField.Control render={<textarea {...area} />} className="input input-area" />
  </Frame>
);
