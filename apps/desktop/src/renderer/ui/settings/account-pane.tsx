import { Button } from "@footlight/ui/button.tsx";
import { Notice } from "@footlight/ui/notice.tsx";
import { useStudio, useTopic } from "../use-studio.ts";
import { SignInForm } from "./sign-in-form.tsx";

export const AccountPane = () => {
  const studio = useStudio();
  const account = useTopic("account");
  if (!account) return null;
  if (account.username === null) return <SignInForm />;
  return (
    <div className="form">
      <Notice
        tone="good"
        title={`Signed in as ${account.username}`}
        actions={
          <Button size="sm" onClick={() => void studio.ask("account.sign-out", undefined)}>
            Sign out
          </Button>
        }
      >
        <p>{account.server}</p>
      </Notice>
      {!account.keepsSecrets && (
        <Notice tone="warn">
          This system has no secret store, so you sign in again when you open the studio the next time.
        </Notice>
      )}
    </div>
  );
};
