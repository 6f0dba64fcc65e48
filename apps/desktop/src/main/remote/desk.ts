import type { EngineSnapshot } from "../../contract/studio-topics.ts";
import type { OnAir } from "../broadcast/on-air.ts";
import type { TargetBook } from "../broadcast/target-book.ts";
import type { Topics } from "../ipc/topics.ts";
import type { Preferences } from "../system/preferences.ts";
import type { OutputDesk } from "./output-requests.ts";

/** The one service of that protocol is a target of this id; setting it leaves the others alone, but off. */
const SERVICE = "remote";

interface World {
  readonly onAir: OnAir;
  readonly book: TargetBook;
  readonly topics: Topics;
  readonly preferences: Preferences;
  readonly engine: () => EngineSnapshot;
}

/** What the remote control may do with the outputs. */
export function outputDesk({ onAir, book, topics, preferences, engine }: World): Omit<OutputDesk, "mark"> {
  return {
    broadcast: () => ({ ...onAir.broadcast.snapshot(), panic: onAir.panic }),
    targets: () => topics.latest("targets") ?? [],
    recording: () => onAir.recording.snapshot,
    engine,
    figures: () => onAir.broadcast.figures,
    recordingFolder: () => preferences.values.settings.recording.folder,
    startBroadcast: async () => (await onAir.start())?.code ?? null,
    stopBroadcast: () => onAir.broadcast.stop(),
    startRecording: () => onAir.recording.start(),
    stopRecording: () => onAir.recording.stopped(),
    pauseRecording: (paused) => onAir.recording.pause(paused),
    splitRecording: () => onAir.recording.split(),
    service: () => {
      const target = book.all().find(({ id }) => id === SERVICE);
      if (target === undefined || target.kind === "footlight") return null;
      return { kind: target.kind, url: target.url, key: book.key(SERVICE) ?? "" };
    },
    setService: (kind, url, key) => {
      const fault = book.save({ id: SERVICE, name: "Remote control", kind, url, key });
      if (fault !== null) return fault;
      for (const { id } of book.all()) book.enable(id, id === SERVICE);
      return null;
    },
  };
}
