import type { StudioDocument } from "../../model/document.ts";
import { type RemoteEvent, subscription } from "./messages.ts";
import { transitionDuration, transitionName } from "./transition-requests.ts";

/** Tells when one scene begins to follow another, and when it has: clients light their buttons by it. */
export class TransitionTeller implements Disposable {
  #ending: NodeJS.Timeout | undefined;
  #end: () => void = () => {};

  constructor(private readonly tell: (event: RemoteEvent) => void) {}

  follow(before: StudioDocument, { transition, programmeSceneId }: StudioDocument): void {
    if (before.programmeSceneId === programmeSceneId) return;
    this.#finish();
    const data = { transitionName: transitionName(transition), transitionUuid: transition.kind };
    const tell = (type: string) => this.tell({ type, intent: subscription.transitions, data });
    tell("SceneTransitionStarted");
    this.#end = () => {
      tell("SceneTransitionVideoEnded");
      tell("SceneTransitionEnded");
    };
    // A stinger is as long as its file, which only the engine knows: its cut is what is told.
    const cutAtMs = transition.kind === "stinger" ? transition.cutAtMs : 0;
    this.#ending = setTimeout(() => this.#finish(), transitionDuration(transition) ?? cutAtMs);
  }

  #finish(): void {
    clearTimeout(this.#ending);
    this.#end();
    this.#end = () => {};
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#ending);
  }
}
