import { Button } from "@footlight/ui/button.tsx";
import { useStore } from "@footlight/ui/use-store.ts";
import { ArrowLeft } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { FirstRun as FirstRunModel, STEPS, type Step } from "../../state/set-up/first-run.ts";
import { useStudio } from "../use-studio.ts";
import { AccountStep } from "./account-step.tsx";
import { DevicesStep } from "./devices-step.tsx";
import { MeasureStep } from "./measure-step.tsx";
import { ProposalStep } from "./proposal-step.tsx";
import { WelcomeStep } from "./welcome-step.tsx";
import "@footlight/ui/empty-state.css";
import "../settings/settings.css";
import "./first-run.css";

const TITLES: Record<Step, string> = {
  welcome: "Welcome to Footlight",
  account: "Where shall your broadcasts go?",
  measure: "Your line and this machine",
  devices: "What shall be seen and heard?",
  proposal: "This is how you would go on air",
};
const NAMES: Partial<Record<Step, string>> = {
  account: "Where to",
  measure: "Measure",
  devices: "Camera and sound",
  proposal: "Proposal",
};

/** The first minutes: from nothing to a control room that fits line, machine and person. Every step can be left out. */
export const FirstRun = () => {
  const studio = useStudio();
  const [model] = useState(() => new FirstRunModel(studio));
  useEffect(() => () => model.close(), [model]);
  const step = useStore(model.step);
  return (
    <main className="first-run">
      <div className="first-run-card" data-step={step}>
        {step !== "welcome" && <Steps now={step} />}
        <Titled key={step} step={step}>
          {content(step, model)}
        </Titled>
        {step !== "welcome" && (
          <div className="first-run-ways">
            <Button variant="quiet" size="sm" icon={ArrowLeft} onClick={() => model.back()}>
              Back
            </Button>
            <Button variant="quiet" size="sm" onClick={() => model.leave()}>
              Leave the set-up
            </Button>
          </div>
        )}
      </div>
    </main>
  );
};

const content = (step: Step, model: FirstRunModel): ReactNode => {
  switch (step) {
    case "welcome":
      return <WelcomeStep model={model} />;
    case "account":
      return <AccountStep model={model} />;
    case "measure":
      return <MeasureStep model={model} />;
    case "devices":
      return <DevicesStep model={model} />;
    case "proposal":
      return <ProposalStep model={model} />;
  }
};

const Steps = ({ now }: { now: Step }) => (
  <ol className="first-run-steps" aria-label="Steps">
    {STEPS.filter((step) => NAMES[step] !== undefined).map((step) => (
      <li
        key={step}
        aria-current={step === now ? "step" : undefined}
        data-past={STEPS.indexOf(step) < STEPS.indexOf(now) || undefined}
      >
        {NAMES[step]}
      </li>
    ))}
  </ol>
);

/** A new step is read from its title on. */
const Titled = ({ step, children }: { step: Step; children: ReactNode }) => {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus({ preventScroll: true }), []);
  return (
    <>
      <h1 ref={title} tabIndex={-1} className="first-run-title">
        {TITLES[step]}
      </h1>
      {children}
    </>
  );
};
