import { IconButton } from "@footlight/ui/button.tsx";
import { formatUptime } from "@footlight/ui/format.ts";
import { Pause, Play, Scissors } from "lucide-react";
import { byteWords, durationWords, recordingFaultWords } from "../../state/live-words.ts";
import { useStudio, useTopic } from "../use-studio.ts";

/** How the local recording does; nothing while there is none. */
export const RecordingStatus = () => {
  const studio = useStudio();
  const recording = useTopic("recording");
  if (!recording) return null;
  const { state, durationMs, bytes, fault, leftMs, remux } = recording;
  if (remux?.state === "running")
    return <span className="status-figure">Making an MP4: {Math.floor(remux.progress * 100)}%</span>;
  if (state === "idle") return fault === null ? null : <RecordingFault fault={fault} />;
  const paused = state === "paused";
  return (
    <>
      <span
        className="status-figure"
        title={leftMs === null ? undefined : `The disk has room for ${durationWords(leftMs)}`}
      >
        {paused ? "Recording paused" : "Recording"} {formatUptime(new Date(0).toISOString(), durationMs)},{" "}
        {byteWords(bytes)}
      </span>
      <IconButton
        label={paused ? "Go on recording" : "Pause the recording"}
        icon={paused ? Play : Pause}
        size="sm"
        onClick={() => void studio.ask("recording.pause", { paused: !paused })}
      />
      <IconButton
        label="Go on recording in a new file"
        icon={Scissors}
        size="sm"
        onClick={() => void studio.ask("recording.split", undefined)}
      />
    </>
  );
};

const RecordingFault = ({ fault }: { fault: string }) => {
  const words = `The recording stopped. ${recordingFaultWords(fault)}`;
  return (
    <span className="status-words status-bad" role="status" title={words}>
      {words}
    </span>
  );
};
