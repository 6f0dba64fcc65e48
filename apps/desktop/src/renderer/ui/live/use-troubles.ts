import { useNow } from "@footlight/ui/use-now.ts";
import { useStore } from "@footlight/ui/use-store.ts";
import { type Trouble, troublesOf } from "../../state/troubles.ts";
import { useStudio, useTopic } from "../use-studio.ts";

/** All that is the matter now, told anew each second. */
export const useTroubles = (): Trouble[] => {
  const { lately } = useStore(useStudio().trends.store);
  const video = useTopic("settings")?.video ?? null;
  const report = useTopic("report");
  const facts = {
    video,
    engine: useTopic("engine"),
    targets: useTopic("targets") ?? [],
    document: useTopic("document"),
    sources: useTopic("sources") ?? {},
    recording: useTopic("recording"),
    advice: useTopic("audience")?.advice ?? [],
    onAir: (useTopic("broadcast")?.state ?? "idle") !== "idle",
    keyframeIntervalMs: report?.keyframeIntervalMs ?? video?.keyframeIntervalMs ?? 2_000,
    nowMs: useNow(),
  };
  return troublesOf({ ...facts, dropped: lately });
};
