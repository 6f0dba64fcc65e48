import { Button } from "@footlight/ui/button.tsx";
import { PasswordField, TextField } from "@footlight/ui/field.tsx";
import { Notice } from "@footlight/ui/notice.tsx";
import { useMutation } from "@tanstack/react-query";
import { Link, Navigate, useSearchParams } from "react-router";
import { useMe, useRenewAll, useServerInfo } from "../../api/account.ts";
import { problemOf, wordsFor } from "../../api/problem.ts";
import { useTRPC } from "../../api/trpc.ts";
import { AccountForm } from "./account-form.tsx";
import { returnTo } from "./return-to.ts";
import { signUpErrors } from "./sign-up-errors.ts";

export const SignupPage = () => {
  const trpc = useTRPC();
  const renew = useRenewAll();
  const [params] = useSearchParams();
  const { data: me } = useMe();
  const { data: info } = useServerInfo();
  const signUp = useMutation(trpc.account.signUp.mutationOptions({ onSuccess: () => renew() }));
  if (me) return <Navigate to={returnTo(params)} replace />;

  const first = info?.needsOperator === true;
  const closed = info?.registration === "closed" && !first;
  const invited = info?.registration === "invited" && !first;
  const problem = signUp.error ? problemOf(signUp.error) : null;
  const errors = signUpErrors(problem);
  const foot = (
    <p>
      Have an account? <Link to={`/login?${params}`}>Sign in</Link>.
    </p>
  );
  if (closed) {
    return (
      <AccountForm title="Sign up" error={null} onSubmit={() => undefined} foot={foot}>
        <Notice title="No new accounts">{wordsFor("registration_closed")}</Notice>
      </AccountForm>
    );
  }
  return (
    <AccountForm
      title={first ? "Set up this server" : "Make an account"}
      lead={
        first ? (
          <Notice title="You are the first here">
            <p>This account becomes the operator's: it can invite people and make reset links for them.</p>
          </Notice>
        ) : (
          <p>One account to follow channels and to broadcast on your own.</p>
        )
      }
      error={Object.keys(errors).length > 0 ? null : signUp.error}
      onSubmit={(field) =>
        signUp.mutate({
          username: field("username").trim().toLowerCase(),
          email: field("email").trim(),
          password: field("password"),
          ...(field("invite") && { invite: field("invite").trim() }),
        })
      }
      foot={foot}
    >
      {invited && (
        <TextField name="invite" label="Invitation code" defaultValue={params.get("invite") ?? ""} required />
      )}
      <TextField
        name="username"
        label="Username"
        hint="3 to 25 letters a–z, digits and _. It is your channel's address."
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={25}
        required
        error={errors["username"]}
      />
      <TextField
        name="email"
        label="E-mail"
        type="email"
        autoComplete="email"
        required
        hint="Only for a forgotten password; nobody else sees it."
        error={errors["email"]}
      />
      <PasswordField
        name="password"
        label="Password"
        autoComplete="new-password"
        hint="At least 8 characters."
        required
        error={errors["password"]}
      />
      <Button type="submit" variant="primary" size="lg" busy={signUp.isPending}>
        {first ? "Make the operator's account" : "Sign up"}
      </Button>
    </AccountForm>
  );
};
