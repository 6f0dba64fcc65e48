import { STAGE_LIMITS, type StageDesk, type StageInvitation, Username } from "@footlight/shared";
import { Button, IconButton } from "@footlight/ui/button.tsx";
import { Card } from "@footlight/ui/card.tsx";
import { SwitchField } from "@footlight/ui/choice.tsx";
import { CopyButton } from "@footlight/ui/copy-button.tsx";
import { TextField } from "@footlight/ui/field.tsx";
import { Tabs } from "@footlight/ui/tabs.tsx";
import { useMutation } from "@tanstack/react-query";
import { Link2, UserPlus, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTRPC } from "../../api/trpc.ts";
import { FormProblem } from "../../app/form-problem.tsx";
import { useStageAction } from "./use-stage-action.ts";

/** Brings people in: by a link that works once, or by their username. */
export const InviteCard = ({ desk }: { desk: StageDesk }) => {
  // Here, as the other tab takes what is in this one's panel away.
  const [made, setMade] = useState<MadeLink | null>(null);
  return (
    <Card id="invite" title="Invite">
      <Tabs
        label="Way to invite"
        tabs={[
          {
            value: "link",
            label: "By link",
            content: <ByLink desk={desk} made={made} onMade={setMade} />,
          },
          { value: "name", label: "By username", content: <ByName /> },
        ]}
      />
      <Invitations desk={desk} />
    </Card>
  );
};

interface MadeLink {
  readonly url: string;
  readonly invitationId: string;
}

const ByLink = ({
  desk,
  made,
  onMade,
}: {
  desk: StageDesk;
  made: MadeLink | null;
  onMade: (made: MadeLink) => void;
}) => {
  const trpc = useTRPC();
  const invite = useMutation(
    trpc.stage.inviteByLink.mutationOptions({
      ...useStageAction(),
      onSuccess: ({ url, invitation }) => onMade({ url, invitationId: invitation.invitationId }),
    }),
  );
  // Used up or taken back: there is nothing to copy any more.
  const of = desk.invitations.find(({ invitationId }) => invitationId === made?.invitationId);
  const url = of === undefined || of.participantId !== null ? null : made?.url;
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("guest") ?? "").trim();
    invite.mutate(name ? { name } : {});
    event.currentTarget.reset();
  };
  return (
    <form className="stack" onSubmit={onSubmit}>
      <TextField
        label="For whom"
        name="guest"
        placeholder="A note for yourself"
        maxLength={STAGE_LIMITS.name}
        autoComplete="off"
      />
      <Button type="submit" icon={Link2} busy={invite.isPending}>
        Make a link
      </Button>
      <div role="status" className="stack">
        {url && (
          <>
            <code className="secret-value" data-testid="invite-url">
              {url}
            </code>
            <CopyButton value={url} what="the link" />
            <p className="field-hint">
              It works once, within a day, until the stage closes. It is shown only now.
            </p>
          </>
        )}
      </div>
    </form>
  );
};

const ByName = () => {
  const trpc = useTRPC();
  const [wrong, setWrong] = useState<string>();
  const [sent, setSent] = useState<string>();
  const { onSettled } = useStageAction();
  const invite = useMutation(
    trpc.stage.inviteByName.mutationOptions({
      onSuccess: ({ username }) => setSent(username ?? undefined),
      onSettled,
    }),
  );
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const username = Username.safeParse(
      String(form.get("username") ?? "")
        .trim()
        .replace(/^@/, "")
        .toLowerCase(),
    );
    setWrong(username.success ? undefined : "That is not a username.");
    setSent(undefined);
    if (username.success) invite.mutate({ username: username.data, coStream: form.get("coStream") === "on" });
  };
  return (
    <form className="stack" onSubmit={onSubmit}>
      <TextField label="Username" name="username" error={wrong} autoComplete="off" required />
      <SwitchField
        name="coStream"
        label="Co-stream"
        hint="Their channel may show your stream on its own page, if they want to."
        defaultChecked={false}
      />
      <FormProblem error={invite.error} />
      <Button type="submit" icon={UserPlus} busy={invite.isPending}>
        Invite
      </Button>
      <p role="status" className="field-hint">
        {sent && `${sent} finds the invitation under Dashboard, Stage.`}
      </p>
    </form>
  );
};

const Invitations = ({ desk }: { desk: StageDesk }) => {
  const trpc = useTRPC();
  const revoke = useMutation(trpc.stage.revokeInvitation.mutationOptions(useStageAction()));
  const open = desk.invitations.filter(({ participantId }) => participantId === null);
  if (open.length === 0) return null;
  return (
    <section className="people-group" aria-label="Open invitations">
      <h3 className="people-title">Not used yet</h3>
      <ul>
        {open.map((invitation) => (
          <li key={invitation.invitationId} className="person">
            <span className="person-name">
              {forWhom(invitation)}
              <span className="person-note">until {untilWhen(invitation)}</span>
            </span>
            <IconButton
              size="sm"
              icon={X}
              label={`Take back the invitation of ${forWhom(invitation)}`}
              onClick={() => revoke.mutate({ invitationId: invitation.invitationId })}
            />
          </li>
        ))}
      </ul>
    </section>
  );
};

const forWhom = ({ username, name }: StageInvitation): string =>
  username === null ? `Link${name ? ` for ${name}` : ""}` : `@${username}`;

const untilWhen = ({ expiresAt }: StageInvitation): string =>
  new Date(expiresAt).toLocaleString(undefined, { weekday: "short", hour: "numeric", minute: "2-digit" });
