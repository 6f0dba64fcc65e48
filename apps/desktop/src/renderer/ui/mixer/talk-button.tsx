import { Button } from "@footlight/ui/button.tsx";
import { useEffect, useState } from "react";
import type { SoundSettings, Source } from "../../../model/document.ts";
import { useStudio, useTopic } from "../use-studio.ts";

/** Held by pointer, or by the space bar, it does what the source's talk key does; it lights up while either is held. */
export const TalkButton = ({ source, talkKey }: { source: Source; talkKey: SoundSettings["talkKey"] }) => {
  const studio = useStudio();
  const isHeld = (useTopic("talking") ?? []).includes(source.id);
  const [holding, setHolding] = useState(false);
  // However the holding ends, also with the strip itself, the key is let go.
  useEffect(() => {
    if (!holding) return;
    void studio.ask("push-to-talk", { sourceId: source.id, on: true });
    return () => void studio.ask("push-to-talk", { sourceId: source.id, on: false });
  }, [holding, studio, source.id]);
  if (talkKey === "none") return null;
  const words = talkKey === "push" ? "Talk" : "Cough";
  return (
    <Button
      size="sm"
      className="strip-talk"
      aria-pressed={isHeld}
      aria-label={`${words}: ${source.name}`}
      title={`Hold to be ${talkKey === "push" ? "heard" : "silent"}`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setHolding(true);
      }}
      onPointerUp={() => setHolding(false)}
      onPointerCancel={() => setHolding(false)}
      onKeyDown={(event) => event.key === " " && setHolding(true)}
      onKeyUp={(event) => event.key === " " && setHolding(false)}
      onBlur={() => setHolding(false)}
    >
      {words}
    </Button>
  );
};
