import { Button } from "@footlight/ui/button.tsx";
import { PasswordField, TextField } from "@footlight/ui/field.tsx";
import { Notice } from "@footlight/ui/notice.tsx";
import { type FormEvent, useState } from "react";
import type { CallOutput } from "../../../contract/studio-calls.ts";
import { signInWords } from "../../state/words.ts";
import { useStudio, useTopic } from "../use-studio.ts";

type Fault = CallOutput<"account.sign-in">["fault"];

/** The password goes to main and from there to the server; nothing keeps it. */
export const SignInForm = ({ onDone, onCancel }: { onDone?: () => void; onCancel?: () => void }) => {
  const studio = useStudio();
  const account = useTopic("account");
  const [fault, setFault] = useState<Fault>(null);
  const [busy, setBusy] = useState(false);
  const signIn = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "");
    setBusy(true);
    const answer = await studio.ask("account.sign-in", {
      server: text("server").trim(),
      username: text("username").trim(),
      password: text("password"),
    });
    setBusy(false);
    setFault(answer?.fault ?? null);
    if (answer && answer.fault === null) onDone?.();
  };
  const isOfAccount = fault === "wrong_password" || fault === "too_often";
  return (
    <form className="form" onSubmit={(event) => void signIn(event)}>
      <TextField
        label="Server"
        name="server"
        required
        defaultValue={account?.server ?? ""}
        placeholder="https://live.example.org"
        error={fault !== null && !isOfAccount ? signInWords(fault) : undefined}
      />
      <TextField label="Username" name="username" required autoComplete="username" />
      <PasswordField label="Password" name="password" required autoComplete="current-password" />
      {fault !== null && isOfAccount && (
        <div role="alert">
          <Notice tone="bad">{signInWords(fault)}</Notice>
        </div>
      )}
      <div className="form-actions">
        {onCancel && <Button onClick={onCancel}>Cancel</Button>}
        <Button type="submit" variant="primary" busy={busy}>
          Sign in
        </Button>
      </div>
    </form>
  );
};
