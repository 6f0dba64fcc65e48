import { Store } from "@footlight/ui/store.ts";
import type { StudioBridge } from "../../contract/studio-calls.ts";
import type { StudioTopic, TopicSnapshot } from "../../contract/studio-topics.ts";

export type Topics = { readonly [T in StudioTopic]: Store<TopicSnapshot<T> | null> };

/** Every topic as a store; null until main's first word. They live as long as the window. */
export const listenTo = (bridge: StudioBridge): Topics => {
  const hear = <T extends StudioTopic>(topic: T): Store<TopicSnapshot<T> | null> => {
    const store = new Store<TopicSnapshot<T> | null>(null);
    bridge.on(topic, (snapshot) => store.set(snapshot));
    return store;
  };
  return {
    document: hear("document"),
    collections: hear("collections"),
    history: hear("history"),
    broadcast: hear("broadcast"),
    targets: hear("targets"),
    engine: hear("engine"),
    sources: hear("sources"),
    levels: hear("levels"),
    talking: hear("talking"),
    account: hear("account"),
    settings: hear("settings"),
    encoders: hear("encoders"),
    uploadTest: hear("uploadTest"),
    recording: hear("recording"),
    replay: hear("replay"),
    markers: hear("markers"),
    report: hear("report"),
    audience: hear("audience"),
    stage: hear("stage"),
    layout: hear("layout"),
    news: hear("news"),
  };
};
