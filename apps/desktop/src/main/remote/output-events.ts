import type { BroadcastSnapshot, TopicSnapshot } from "../../contract/studio-topics.ts";
import type { StudioDocument } from "../../model/document.ts";
import { type RemoteEvent, subscription } from "./messages.ts";

type BroadcastState = BroadcastSnapshot["state"];
const output = (what: string): string => `OBS_WEBSOCKET_OUTPUT_${what}`;
const intent = subscription.outputs;

/** A stream's state in their words, given what it was; undefined: nothing that they have a word for. */
export function streamEvent(before: BroadcastState, after: BroadcastState): RemoteEvent | undefined {
  if (before === after) return undefined;
  const words: Record<BroadcastState, string> = {
    idle: "STOPPED",
    starting: "STARTING",
    live: before === "interrupted" ? "RECONNECTED" : "STARTED",
    interrupted: "RECONNECTING",
    stopping: "STOPPING",
  };
  const data = {
    outputActive: after === "live" || after === "interrupted",
    outputState: output(words[after]),
  };
  return { type: "StreamStateChanged", intent, data };
}

type Recording = Pick<TopicSnapshot<"recording">, "state" | "path">;

export function recordEvent(before: Recording, after: Recording): RemoteEvent | undefined {
  if (before.state === after.state)
    return after.state === "idle" || before.path === after.path
      ? undefined
      : { type: "RecordFileChanged", intent, data: { newOutputPath: after.path } };
  const word = {
    idle: "STOPPED",
    paused: "PAUSED",
    recording: before.state === "paused" ? "RESUMED" : "STARTED",
  };
  const data = {
    outputActive: after.state !== "idle",
    outputState: output(word[after.state]),
    outputPath: after.path ?? before.path,
  };
  return { type: "RecordStateChanged", intent, data };
}

export function replayEvent(before: boolean, after: boolean): RemoteEvent | undefined {
  if (before === after) return undefined;
  const data = { outputActive: after, outputState: output(after ? "STARTED" : "STOPPED") };
  return { type: "ReplayBufferStateChanged", intent, data };
}

const mulOf = (db: number): number => Math.min(1, 10 ** (db / 20));

/** Of each input that is heard; the meter knows the loudest of its two channels. */
export function meterEvent(levels: TopicSnapshot<"levels">, document: StudioDocument): RemoteEvent {
  const inputs = levels.flatMap(({ id, peakDb, lufs }) => {
    const source = document.sources[id];
    if (!source) return [];
    const peak = mulOf(peakDb);
    const channel = [Math.min(peak, mulOf(lufs)), peak, peak];
    return [{ inputName: source.name, inputUuid: source.id, inputLevelsMul: [channel, channel] }];
  });
  return { type: "InputVolumeMeters", intent: subscription.volumeMeters, data: { inputs } };
}
