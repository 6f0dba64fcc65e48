import { Button } from "@footlight/ui/button.tsx";
import { useStore } from "@footlight/ui/use-store.ts";
import type { FirstRun } from "../../state/set-up/first-run.ts";
import { Findings } from "./findings.tsx";

export const MeasureStep = ({ model }: { model: FirstRun }) => {
  const { line, encoders } = useStore(model.measuring.store);
  const isBusy = line.state === "running" || encoders.state === "running";
  return (
    <>
      <Findings measuring={model.measuring} />
      <div className="form-actions">
        <Button variant={isBusy ? "outline" : "primary"} onClick={() => model.next()}>
          {isBusy ? "Skip the rest" : "Go on"}
        </Button>
      </div>
    </>
  );
};
