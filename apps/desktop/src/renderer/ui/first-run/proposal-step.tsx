import { useStore } from "@footlight/ui/use-store.ts";
import { useMemo } from "react";
import type { FirstRun } from "../../state/set-up/first-run.ts";
import { measuredOf } from "../../state/set-up/measuring.ts";
import { ProposalForm } from "./proposal-form.tsx";

export const ProposalStep = ({ model }: { model: FirstRun }) => {
  const found = useStore(model.measuring.store);
  const measured = useMemo(() => {
    const { camera, screen } = model.chosen;
    return measuredOf(found, { camera, screen });
  }, [model, found]);
  return (
    <ProposalForm
      measured={measured}
      accept="Open the control room"
      onAccept={(figures) => void model.finish(figures)}
    />
  );
};
