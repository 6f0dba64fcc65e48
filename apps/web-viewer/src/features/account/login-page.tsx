import { Button } from "@footlight/ui/button.tsx";
import { PasswordField, TextField } from "@footlight/ui/field.tsx";
import { useMutation } from "@tanstack/react-query";
import { Link, Navigate, useSearchParams } from "react-router";
import { useMe, useRenewAll, useServerInfo } from "../../api/account.ts";
import { useTRPC } from "../../api/trpc.ts";
import { AccountForm } from "./account-form.tsx";
import { returnTo } from "./return-to.ts";

export const LoginPage = () => {
  const trpc = useTRPC();
  const renew = useRenewAll();
  const [params] = useSearchParams();
  const { data: me } = useMe();
  const { data: info } = useServerInfo();
  const signIn = useMutation(trpc.account.signIn.mutationOptions({ onSuccess: () => renew() }));
  if (me) return <Navigate to={returnTo(params)} replace />;
  return (
    <AccountForm
      title="Sign in"
      error={signIn.error}
      onSubmit={(field) => signIn.mutate({ username: field("username").trim(), password: field("password") })}
      foot={
        <p>
          New here? <Link to={`/signup?${params}`}>Make an account</Link>.
          {info?.mail !== false ? (
            <>
              {" "}
              Forgotten the password? <Link to="/reset">Reset it</Link>.
            </>
          ) : (
            " Forgotten the password? Ask the operator of this server for a reset link."
          )}
        </p>
      }
    >
      <TextField
        name="username"
        label="Username or e-mail"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
      />
      <PasswordField name="password" label="Password" autoComplete="current-password" required />
      <Button type="submit" variant="primary" size="lg" busy={signIn.isPending}>
        Sign in
      </Button>
    </AccountForm>
  );
};
