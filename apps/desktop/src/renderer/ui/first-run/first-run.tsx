import { Button } from "@footlight/ui/button.tsx";
import { GhostLight } from "@footlight/ui/ghost-light.tsx";
import { Tabs } from "@footlight/ui/tabs.tsx";
import { SignInForm } from "../settings/sign-in-form.tsx";
import { TargetForm } from "../settings/target-form.tsx";
import { useStudio } from "../use-studio.ts";
import "@footlight/ui/empty-state.css";
import "../settings/settings.css";
import "./first-run.css";

/** The first minute: a server to sign in to, or a key of any service; or neither for now. */
export const FirstRun = () => {
  const studio = useStudio();
  const enter = () => void studio.ask("settings.change", { welcomed: true });
  return (
    <main className="first-run">
      <div className="first-run-card">
        <div className="first-run-head">
          <GhostLight size={72} />
          <h1>Welcome to Footlight</h1>
          <p>Where shall your broadcasts go?</p>
        </div>
        <Tabs
          label="Where broadcasts go"
          tabs={[
            { value: "server", label: "Your Footlight server", content: <SignInForm onDone={enter} /> },
            {
              value: "key",
              label: "Another service",
              content: <TargetForm target={null} submit="Save and go on" onDone={enter} />,
            },
          ]}
        />
        <p className="first-run-later">
          <Button variant="quiet" size="sm" onClick={enter}>
            Decide later
          </Button>
        </p>
      </div>
    </main>
  );
};
