import { useEffect, useRef, useSyncExternalStore } from "react";
import { Needle } from "../../state/needle.ts";
import { useStudio } from "../use-studio.ts";
import { drawMeter } from "./draw-meter.ts";

const SILENT_DB = -100;
const CLIPPED_DB = -0.3;

/** Peak as a bar with the last highest held, loudness as a line. Moved past React, with the pictures. */
export const Meter = ({ id, name }: { id: string; name: string }) => {
  const studio = useStudio();
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const needle = new Needle();
    const draw = (nowMs: number) => {
      const level = studio.topics.levels.get()?.find((one) => one.id === id);
      needle.move(level?.peakDb ?? SILENT_DB, nowMs);
      if (!bar.current) return;
      drawMeter(bar.current, [needle.peakDb, needle.heldDb, level?.lufs ?? SILENT_DB]);
      bar.current.toggleAttribute("data-clipped", needle.heldDb > CLIPPED_DB);
    };
    draw(performance.now());
    return studio.beat.subscribe(draw);
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
  const { beat, topics } = useStudio();
  const words = () => loudnessWords(topics.levels.get()?.find((one) => one.id === id)?.lufs ?? SILENT_DB);
  return <span>{useSyncExternalStore(beat.subscribe, words)}</span>;
};
Meter.Loudness = LoudnessValue;

const loudnessWords = (lufs: number) => (lufs < -70 ? "silent" : `${lufs.toFixed(0).replace("-", "−")} LUFS`);
