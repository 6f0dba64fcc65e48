import { useStore } from "@footlight/ui/use-store.ts";
import { useEffect, useRef } from "react";
import type { MicrophonePreview } from "../../state/set-up/microphone-preview.ts";
import { deviceWords } from "../../state/set-up/words.ts";
import { drawMeter } from "../mixer/draw-meter.ts";
import "../mixer/mixer.css";

export const MicrophoneView = ({
  microphone,
  isThere,
}: {
  microphone: MicrophonePreview;
  isThere: boolean;
}) => {
  const now = useStore(microphone.store);
  if (now.state !== "live")
    return (
      <p className="field-hint" role="status">
        {deviceWords("microphone", now, isThere)}
      </p>
    );
  return (
    <div className="device-sound">
      <Level microphone={microphone} />
      <p className="device-on">
        Microphone is on. Speak as you will on air: the bar should come into the yellow.
      </p>
    </div>
  );
};

/** Moved past React: it changes fifteen times a second. */
const Level = ({ microphone }: { microphone: MicrophonePreview }) => {
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const draw = () => {
      if (bar.current) drawMeter(bar.current, [microphone.level.get()]);
    };
    draw();
    return microphone.level.subscribe(draw);
  }, [microphone]);
  return (
    <div className="meter" ref={bar} role="img" aria-label="Level of your microphone">
      <div className="meter-peak" />
    </div>
  );
};
