import { Button } from "@footlight/ui/button.tsx";
import { PasswordField } from "@footlight/ui/field.tsx";
import type { FormEvent } from "react";
import type { StudioSettings } from "../../../contract/studio-topics.ts";
import { NumberInput, Toggle } from "../parts/fields.tsx";
import { useStudio } from "../use-studio.ts";
import type { ChangeSettings } from "./settings.tsx";

/** For Stream Deck plug-ins and bots: they speak obs-websocket 5. */
export const RemotePane = ({ settings, change }: { settings: StudioSettings; change: ChangeSettings }) => {
  const studio = useStudio();
  const { remote } = settings;
  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const password = String(new FormData(form).get("remote-password") ?? "");
    const answer = await studio.ask("remote.password", { password });
    if (answer === null) return;
    form.reset();
    studio.say("Password saved");
  };
  return (
    <div className="form">
      <Toggle
        label="Let programmes on this machine control the studio"
        hint="For Stream Deck plug-ins and bots that speak obs-websocket 5. Nothing from outside this machine gets in."
        checked={remote.enabled}
        onChange={(enabled) => change({ remote: { ...remote, enabled } })}
      />
      <NumberInput
        label="Port"
        value={remote.port}
        min={1024}
        max={65_535}
        onChange={(port) => change({ remote: { ...remote, port: Math.round(port) } })}
      />
      <form className="form" onSubmit={(event) => void save(event)}>
        <PasswordField
          label="New password"
          name="remote-password"
          minLength={6}
          required
          autoComplete="off"
          hint="They need it to connect. At least six characters."
        />
        <div className="form-actions">
          <Button type="submit">Save the password</Button>
        </div>
      </form>
    </div>
  );
};
