import type { Me } from "@footlight/shared";
import { Button } from "@footlight/ui/button.tsx";
import { Card } from "@footlight/ui/card.tsx";
import { ConfirmDialog } from "@footlight/ui/dialog.tsx";
import { PasswordField } from "@footlight/ui/field.tsx";
import { toast } from "@footlight/ui/toast.tsx";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useRenewAll } from "../../api/account.ts";
import { messageOf } from "../../api/problem.ts";
import { useTRPC } from "../../api/trpc.ts";
import { FormProblem } from "../../app/form-problem.tsx";
import { fieldsOf } from "./account-form.tsx";
import { ProfileCard } from "./profile-card.tsx";
import { RequireSignIn } from "./require-sign-in.tsx";

export const SettingsPage = () => (
  <RequireSignIn>
    {(me) => (
      <div className="page page-medium">
        <title>Settings – Footlight</title>
        <h1>Settings</h1>
        <div className="cards">
          <ProfileCard me={me} />
          <PasswordCard me={me} />
          <SessionsCard />
          <DeleteCard me={me} />
        </div>
      </div>
    )}
  </RequireSignIn>
);

const PasswordCard = ({ me }: { me: Me }) => {
  const trpc = useTRPC();
  const form = useRef<HTMLFormElement>(null);
  const change = useMutation(
    trpc.account.changePassword.mutationOptions({
      onSuccess: () => {
        form.current?.reset();
        toast("Password changed");
      },
    }),
  );
  return (
    <Card id="password" title="Password">
      <form
        ref={form}
        className="stack"
        noValidate
        onSubmit={(event) => {
          const field = fieldsOf(event);
          change.mutate({ currentPassword: field("current"), newPassword: field("new") });
        }}
      >
        <input type="hidden" name="username" autoComplete="username" value={me.username} readOnly />
        <PasswordField name="current" label="Current password" autoComplete="current-password" required />
        <PasswordField
          name="new"
          label="New password"
          autoComplete="new-password"
          hint="At least 8 characters."
          required
        />
        <FormProblem error={change.error} />
        <div>
          <Button type="submit" variant="primary" busy={change.isPending}>
            Change password
          </Button>
        </div>
      </form>
    </Card>
  );
};

const SessionsCard = () => {
  const trpc = useTRPC();
  const renew = useRenewAll();
  const out = useMutation(
    trpc.account.signOutEverywhere.mutationOptions({
      onSuccess: () => renew(),
      onError: (error) => toast(messageOf(error), "bad"),
    }),
  );
  return (
    <Card id="sessions" title="Signed-in devices">
      <p className="soft">
        If you left yourself signed in somewhere, or somebody else may be: this signs out every browser and
        app, this one too.
      </p>
      <div className="row settings-action">
        <ConfirmDialog
          trigger={<Button busy={out.isPending}>Sign out everywhere</Button>}
          title="Sign out everywhere?"
          confirm="Sign out"
          danger={false}
          onConfirm={() => out.mutate()}
        >
          <p>You will have to sign in again here. A running broadcast goes on.</p>
        </ConfirmDialog>
      </div>
    </Card>
  );
};

const DeleteCard = ({ me }: { me: Me }) => {
  const trpc = useTRPC();
  const renew = useRenewAll();
  const [password, setPassword] = useState("");
  const remove = useMutation(
    trpc.account.deleteAccount.mutationOptions({
      onSuccess: async () => {
        await renew();
        toast("Your account is deleted");
      },
    }),
  );
  return (
    <Card id="delete" title="Delete account">
      <div className="stack">
        <p className="soft">
          Your channel, its key, followers and recordings go with it, and <strong>{me.username}</strong>{" "}
          becomes free. This cannot be taken back.
        </p>
        <PasswordField
          name="delete-password"
          label="Your password, to be sure"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <FormProblem error={remove.error} />
        <div>
          <ConfirmDialog
            trigger={
              <Button variant="danger" disabled={password === ""} busy={remove.isPending}>
                Delete account
              </Button>
            }
            title={`Delete ${me.username} for good?`}
            confirm="Delete account"
            onConfirm={() => remove.mutate({ password })}
          >
            <p>Everything of your channel is removed.</p>
          </ConfirmDialog>
        </div>
      </div>
    </Card>
  );
};
