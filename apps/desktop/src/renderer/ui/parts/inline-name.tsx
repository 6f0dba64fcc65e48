import { useEffect, useRef } from "react";
import "./inline-name.css";

/** A name being written in its place: Enter or leaving takes it, Escape leaves it as it was. */
export const NameInput = ({
  label,
  value,
  onDone,
}: {
  label: string;
  value: string;
  onDone: (name: string | null) => void;
}) => {
  const input = useRef<HTMLInputElement>(null);
  const over = useRef(false);
  useEffect(() => input.current?.select(), []);
  const end = (name: string | null) => {
    if (over.current) return;
    over.current = true;
    const trimmed = name?.trim() ?? "";
    onDone(trimmed === "" || trimmed === value ? null : trimmed);
  };
  return (
    <input
      ref={input}
      className="name-input"
      aria-label={label}
      defaultValue={value}
      maxLength={120}
      onBlur={(event) => end(event.target.value)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") end(event.currentTarget.value);
        if (event.key === "Escape") end(null);
      }}
    />
  );
};
