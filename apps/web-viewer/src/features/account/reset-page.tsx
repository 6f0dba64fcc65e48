import { Button, LinkButton } from "@footlight/ui/button.tsx";
import { PasswordField, TextField } from "@footlight/ui/field.tsx";
import { Notice } from "@footlight/ui/notice.tsx";
import { useMutation } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import { useServerInfo } from "../../api/account.ts";
import { useTRPC } from "../../api/trpc.ts";
import { AccountForm } from "./account-form.tsx";

/** With a token: choose a new password. Without: ask for a link by mail. */
export const ResetPage = () => {
  const [params] = useSearchParams();
  const token = params.get("token");
  return token ? <ChoosePassword token={token} /> : <AskForLink />;
};

const ChoosePassword = ({ token }: { token: string }) => {
  const trpc = useTRPC();
  const reset = useMutation(trpc.account.resetPassword.mutationOptions());
  if (reset.isSuccess) {
    return (
      <AccountForm title="Password changed" error={null} onSubmit={() => undefined}>
        <Notice tone="good">You are signed out everywhere. Sign in with the new password.</Notice>
        <LinkButton to="/login" variant="primary" size="lg">
          Sign in
        </LinkButton>
      </AccountForm>
    );
  }
  return (
    <AccountForm
      title="Choose a new password"
      error={reset.error}
      onSubmit={(field) => reset.mutate({ token, newPassword: field("password") })}
    >
      <PasswordField
        name="password"
        label="New password"
        autoComplete="new-password"
        hint="At least 8 characters."
        required
      />
      <Button type="submit" variant="primary" size="lg" busy={reset.isPending}>
        Change password
      </Button>
    </AccountForm>
  );
};

const AskForLink = () => {
  const trpc = useTRPC();
  const { data: info } = useServerInfo();
  const request = useMutation(trpc.account.requestReset.mutationOptions());
  const back = (
    <p>
      <Link to="/login">Back to sign in</Link>
    </p>
  );
  if (info?.mail === false) {
    return (
      <AccountForm title="Reset your password" error={null} onSubmit={() => undefined} foot={back}>
        <Notice title="This server sends no mail">Ask its operator for a reset link.</Notice>
      </AccountForm>
    );
  }
  return (
    <AccountForm
      title="Reset your password"
      lead={<p>We send a link to the address of your account.</p>}
      error={request.error}
      onSubmit={(field) => request.mutate({ email: field("email").trim() })}
      foot={back}
    >
      {request.isSuccess && (
        <Notice tone="good" title="Look into your mail">
          If there is an account with that address, a link is on its way. It works for an hour.
        </Notice>
      )}
      <TextField name="email" label="E-mail" type="email" autoComplete="email" required />
      <Button type="submit" variant="primary" size="lg" busy={request.isPending}>
        Send link
      </Button>
    </AccountForm>
  );
};
