import { Button } from "@footlight/ui/button.tsx";
import { Notice } from "@footlight/ui/notice.tsx";
import { Tabs } from "@footlight/ui/tabs.tsx";
import type { FirstRun } from "../../state/set-up/first-run.ts";
import { SignInForm } from "../settings/sign-in-form.tsx";
import { TargetForm } from "../settings/target-form.tsx";
import { useStudio, useTopic } from "../use-studio.ts";

/** A server to sign in to, or a key of any service; or neither for now. */
export const AccountStep = ({ model }: { model: FirstRun }) => {
  const account = useTopic("account");
  const isSignedIn = account?.username != null;
  const arrive = () => model.arrive();
  return (
    <>
      <Tabs
        label="Where broadcasts go"
        tabs={[
          {
            value: "server",
            label: "Your Footlight server",
            content:
              account?.username == null ? (
                <SignInForm onDone={arrive} />
              ) : (
                <SignedIn username={account.username} server={account.server} onGo={() => model.next()} />
              ),
          },
          {
            value: "key",
            label: "Another service",
            content: <TargetForm target={null} submit="Save and go on" onDone={arrive} />,
          },
        ]}
      />
      {!isSignedIn && (
        <p className="first-run-later">
          <Button variant="quiet" size="sm" onClick={() => model.next()}>
            Decide later
          </Button>
        </p>
      )}
    </>
  );
};

const SignedIn = ({ username, server, onGo }: { username: string; server: string; onGo: () => void }) => {
  const studio = useStudio();
  return (
    <div className="form">
      <Notice tone="good" title={`Signed in as ${username}`}>
        <p>{server}</p>
      </Notice>
      <div className="form-actions">
        <Button onClick={() => void studio.ask("account.sign-out", undefined)}>Sign out</Button>
        <Button variant="primary" onClick={onGo}>
          Go on
        </Button>
      </div>
    </div>
  );
};
