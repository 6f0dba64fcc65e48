import { Button } from "@footlight/ui/button.tsx";
import { useStore } from "@footlight/ui/use-store.ts";
import { useEffect, useState } from "react";
import type { Figures } from "../../state/set-up/first-run.ts";
import { Measuring, measuredOf } from "../../state/set-up/measuring.ts";
import { useStudio, useTopic } from "../use-studio.ts";
import { Findings } from "./findings.tsx";
import { ProposalForm } from "./proposal-form.tsx";

/** Line and machine once more, for a picture that fits them now; the scenes stay as they are. */
export const MeasureAgain = ({ onClose }: { onClose: () => void }) => {
  const studio = useStudio();
  const settings = useTopic("settings");
  const [measuring] = useState(() => new Measuring(studio));
  useEffect(() => {
    void measuring.start();
    return () => measuring.cancel();
  }, [measuring]);
  const found = useStore(measuring.store);
  const accept = async ({ width, height, fps, ...rest }: Figures) => {
    if (settings === null) return;
    await studio.do({ kind: "canvas", canvas: { width, height, fps }, scaleItems: true });
    await studio.ask("settings.change", { video: { ...settings.video, width, height, fps, ...rest } });
    onClose();
  };
  const leave = <Button onClick={onClose}>Leave it as it is</Button>;
  return (
    <div className="form">
      <Findings measuring={measuring} />
      {measuring.isDone ? (
        <ProposalForm
          measured={measuredOf(found, { camera: null, screen: null })}
          accept="Take this"
          other={leave}
          onAccept={(figures) => void accept(figures)}
        />
      ) : (
        <div className="form-actions">{leave}</div>
      )}
    </div>
  );
};
