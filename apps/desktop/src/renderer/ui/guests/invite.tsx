import { STAGE_LIMITS } from "@footlight/shared";
import { Button, IconButton } from "@footlight/ui/button.tsx";
import { CopyButton } from "@footlight/ui/copy-button.tsx";
import { TextField } from "@footlight/ui/field.tsx";
import { Tabs } from "@footlight/ui/tabs.tsx";
import { Link2, UserPlus, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import type { StageSnapshot } from "../../../contract/stage.ts";
import { useStudio } from "../use-studio.ts";
import { useStage } from "./use-stage.ts";

type Invitations = Extract<StageSnapshot, { state: "open" }>["invitations"];

/** Brings people in: by a link that works once, or by their username. */
export const Invite = ({ invitations }: { invitations: Invitations }) => (
  <section aria-label="Invite" className="guests-invite">
    <h3 className="guests-group">Invite</h3>
    <Tabs
      label="Way to invite"
      tabs={[
        { value: "link", label: "By link", content: <ByLink /> },
        { value: "name", label: "By username", content: <ByName /> },
      ]}
    />
    <Unused invitations={invitations} />
  </section>
);

const ByLink = () => {
  const studio = useStudio();
  const ask = useStage();
  const [busy, setBusy] = useState(false);
  const [url, setUrl] = useState<string | null>(null);
  const make = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const name = String(new FormData(form).get("guest") ?? "").trim();
    setBusy(true);
    const answer = await ask("stage.invite-link", { name: name === "" ? null : name });
    setBusy(false);
    if (answer?.url == null) return;
    form.reset();
    setUrl(answer.url);
    await navigator.clipboard.writeText(answer.url).then(
      () => studio.say("Link copied"),
      // It stands there to be copied by hand.
      () => undefined,
    );
  };
  return (
    <form className="form" onSubmit={(event) => void make(event)}>
      <TextField
        label="For whom"
        name="guest"
        placeholder="A note for yourself"
        maxLength={STAGE_LIMITS.name}
        autoComplete="off"
      />
      <Button type="submit" icon={Link2} busy={busy}>
        Copy a new link
      </Button>
      <div role="status" className="form">
        {url !== null && (
          <>
            <code className="guests-link" data-testid="invite-url">
              {url}
            </code>
            <CopyButton value={url} what="the link" />
            <p className="field-hint">It works once, within a day. It is shown only now.</p>
          </>
        )}
      </div>
    </form>
  );
};

const ByName = () => {
  const ask = useStage();
  const [busy, setBusy] = useState(false);
  const [invited, setInvited] = useState<string | null>(null);
  const invite = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const username = String(new FormData(form).get("username") ?? "").trim();
    setBusy(true);
    setInvited(null);
    const answer = await ask("stage.invite-name", { username });
    setBusy(false);
    if (answer === null) return;
    form.reset();
    setInvited(username);
  };
  return (
    <form className="form" onSubmit={(event) => void invite(event)}>
      <TextField label="Username" name="username" autoComplete="off" required />
      <Button type="submit" icon={UserPlus} busy={busy}>
        Invite
      </Button>
      <p role="status" className="field-hint">
        {invited !== null && `${invited} finds the invitation under Dashboard, Stage, on your server.`}
      </p>
    </form>
  );
};

const Unused = ({ invitations }: { invitations: Invitations }) => {
  const ask = useStage();
  if (invitations.length === 0) return null;
  return (
    <section aria-label="Not used yet">
      <h3 className="guests-group">Not used yet</h3>
      <ul className="rows">
        {invitations.map(({ invitationId, username, name, expiresAt }) => {
          const whom = username === null ? (name ?? "a link") : `@${username}`;
          const until = new Date(expiresAt).toLocaleString(undefined, {
            ...{ weekday: "short", hour: "numeric", minute: "2-digit" },
          });
          return (
            <li key={invitationId} className="row guest">
              <span className="guest-name">
                <span className="row-name">{whom}</span>
                <span className="guest-notes">until {until}</span>
              </span>
              <IconButton
                size="sm"
                icon={X}
                label={`Take back the invitation of ${whom}`}
                onClick={() => void ask("stage.revoke", { invitationId })}
              />
            </li>
          );
        })}
      </ul>
    </section>
  );
};
