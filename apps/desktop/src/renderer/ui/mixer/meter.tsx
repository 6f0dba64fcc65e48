import { useStore } from "@footlight/ui/use-store.ts";
import { useEffect, useRef } from "react";
import { meterShare } from "../../state/fader.ts";
import { useStudio } from "../use-studio.ts";

/** How long the highest peak stays marked. */
const HOLD_MS = 1_500;

/** Peak as a bar with the last highest held, loudness as a line. Moved past React: it changes ten times a second. */
export const Meter = ({ id, name }: { id: string; name: string }) => {
  const studio = useStudio();
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const store = studio.topics.levels;
    let held = { db: -100, atMs: 0 };
    const draw = () => {
      const level = store.get()?.find((one) => one.id === id);
      const peakDb = level?.peakDb ?? -100;
      const now = performance.now();
      if (peakDb >= held.db || now - held.atMs > HOLD_MS) held = { db: peakDb, atMs: now };
      const style = bar.current?.style;
      style?.setProperty("--peak", String(meterShare(peakDb)));
      style?.setProperty("--held", String(meterShare(held.db)));
      style?.setProperty("--loudness", String(meterShare(level?.lufs ?? -100)));
      bar.current?.toggleAttribute("data-clipped", held.db > -0.3);
    };
    draw();
    return store.subscribe(draw);
  }, [studio, id]);
  return (
    <div className="meter" ref={bar} role="img" aria-label={`Level of ${name}`} data-meter={id}>
      <div className="meter-peak" />
      <div className="meter-held" />
      <div className="meter-loudness" />
    </div>
  );
};

const LoudnessValue = ({ id }: { id: string }) => {
  const lufs = useStore(useStudio().topics.levels)?.find((one) => one.id === id)?.lufs ?? -100;
  return <span>{lufs < -70 ? "silent" : `${lufs.toFixed(0).replace("-", "−")} LUFS`}</span>;
};
Meter.Loudness = LoudnessValue;
