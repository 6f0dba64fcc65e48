import { Button } from "@footlight/ui/button.tsx";
import { PasswordField, TextField } from "@footlight/ui/field.tsx";
import { SelectField } from "@footlight/ui/select-field.tsx";
import { type FormEvent, useState } from "react";
import type { TargetSnapshot } from "../../../contract/studio-topics.ts";
import { useStudio } from "../use-studio.ts";

type Kind = "rtmp" | "whip";

/** Address and key of any service that takes RTMP or WHIP. */
export const TargetForm = ({
  target,
  onDone,
  onCancel,
  submit = "Save",
}: {
  target: TargetSnapshot | null;
  onDone: () => void;
  onCancel?: () => void;
  submit?: string;
}) => {
  const studio = useStudio();
  const [kind, setKind] = useState<Kind>(target?.kind === "whip" ? "whip" : "rtmp");
  const [fault, setFault] = useState<"bad_url" | "no_key" | null>(null);
  const [busy, setBusy] = useState(false);
  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "").trim();
    const url = text("url");
    const key = text("key");
    setBusy(true);
    const answer = await studio.ask("targets.save", {
      id: target?.id ?? null,
      name: text("name") || hostOf(url),
      kind,
      url,
      key: key === "" ? null : key,
    });
    setBusy(false);
    setFault(answer?.fault ?? null);
    if (answer && answer.fault === null) onDone();
  };
  return (
    <form className="form" onSubmit={(event) => void save(event)}>
      <SelectField
        label="Protocol"
        value={kind}
        options={[
          { value: "rtmp", label: "RTMP or RTMPS, which every service takes" },
          { value: "whip", label: "WHIP, with the least delay" },
        ]}
        onChange={setKind}
      />
      <TextField
        label="Address"
        name="url"
        required
        defaultValue={target?.url ?? ""}
        placeholder={kind === "rtmp" ? "rtmp://live.example.org/live" : "https://live.example.org/whip"}
        error={
          fault === "bad_url"
            ? `That is no address for ${kind.toUpperCase()}. It begins with ${kind === "rtmp" ? "rtmp:// or rtmps://" : "https:// or http://"}.`
            : undefined
        }
      />
      <PasswordField
        label="Stream key"
        name="key"
        autoComplete="off"
        hint={
          target?.hasKey
            ? "Leave it empty to keep the one that is saved."
            : "Your service shows it to you. Give it to nobody."
        }
        error={fault === "no_key" ? "A stream key is needed." : undefined}
      />
      <TextField
        label="Name"
        name="name"
        maxLength={120}
        defaultValue={target?.name ?? ""}
        hint="What you call it; left empty, its host."
      />
      <div className="form-actions">
        {onCancel && <Button onClick={onCancel}>Cancel</Button>}
        <Button type="submit" variant="primary" busy={busy}>
          {submit}
        </Button>
      </div>
    </form>
  );
};

const hostOf = (url: string): string => /^[a-z]+:\/\/([^/:]+)/i.exec(url)?.[1] ?? "Target";
