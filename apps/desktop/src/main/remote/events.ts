import type { BroadcastSnapshot, TopicSnapshot } from "../../contract/studio-topics.ts";
import type { StudioDocument } from "../../model/document.ts";
import { type RemoteEvent, subscription } from "./messages.ts";
import type { ItemNumbers } from "./names.ts";

/** What clients hear of a change to the document. */
export function documentEvents(
  before: StudioDocument,
  after: StudioDocument,
  numbers: ItemNumbers,
): readonly RemoteEvent[] {
  const events: RemoteEvent[] = [];
  if (before.programmeSceneId !== after.programmeSceneId) {
    const scene = after.scenes.find(({ id }) => id === after.programmeSceneId);
    const data = { sceneName: scene?.name, sceneUuid: scene?.id };
    events.push({ type: "CurrentProgramSceneChanged", intent: subscription.scenes, data });
  }
  for (const source of Object.values(after.sources)) {
    const was = before.sources[source.id]?.sound;
    if (was === undefined || source.sound === undefined || was === source.sound) continue;
    const input = { inputName: source.name, inputUuid: source.id };
    const { muted, volumeDb } = source.sound;
    if (was.muted !== muted)
      events.push({
        type: "InputMuteStateChanged",
        intent: subscription.inputs,
        data: { ...input, inputMuted: muted },
      });
    if (was.volumeDb !== volumeDb) {
      const data = { ...input, inputVolumeDb: volumeDb, inputVolumeMul: 10 ** (volumeDb / 20) };
      events.push({ type: "InputVolumeChanged", intent: subscription.inputs, data });
    }
  }
  for (const scene of after.scenes) {
    const was = before.scenes.find(({ id }) => id === scene.id);
    if (was === undefined || was === scene) continue;
    for (const item of scene.items) {
      const old = was.items.find(({ id }) => id === item.id);
      if (old === undefined || old.visible === item.visible) continue;
      const data = {
        sceneName: scene.name,
        sceneUuid: scene.id,
        sceneItemId: numbers.of(scene, item),
        sceneItemEnabled: item.visible,
      };
      events.push({ type: "SceneItemEnableStateChanged", intent: subscription.sceneItems, data });
    }
  }
  return events;
}

type BroadcastState = BroadcastSnapshot["state"];
const output = (what: string): string => `OBS_WEBSOCKET_OUTPUT_${what}`;

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
  return { type: "StreamStateChanged", intent: subscription.outputs, data };
}

type Recording = TopicSnapshot<"recording">;

export function recordEvent(before: Recording, after: Recording): RemoteEvent | undefined {
  if (before.state === after.state) return undefined;
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
  return { type: "RecordStateChanged", intent: subscription.outputs, data };
}
