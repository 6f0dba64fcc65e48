import { useStore } from "@footlight/ui/use-store.ts";
import { createContext, use } from "react";
import type { StudioTopic, TopicSnapshot } from "../../contract/studio-topics.ts";
import type { Scene, StudioDocument } from "../../model/document.ts";
import { editedScene, type Studio } from "../state/studio.ts";

export const StudioContext = createContext<Studio | null>(null);

export const useStudio = (): Studio => {
  const studio = use(StudioContext);
  if (!studio) throw new Error("outside the studio");
  return studio;
};

/** What main last said; null before its first word. */
export const useTopic = <T extends StudioTopic>(topic: T): TopicSnapshot<T> | null =>
  useStore(useStudio().topics[topic]) as TopicSnapshot<T> | null;

/** Inside the control room, which opens only when there is a document. */
export const useDocument = (): StudioDocument => {
  const document = useTopic("document");
  if (!document) throw new Error("no document yet");
  return document;
};

export const useEditedScene = (): Scene => {
  const scene = editedScene(useDocument());
  if (!scene) throw new Error("a document has a scene");
  return scene;
};

export const useSelection = (): readonly string[] => useStore(useStudio().selection);
