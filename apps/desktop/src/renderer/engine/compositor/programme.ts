import type { StudioDocument, Transition } from "../../../model/document.ts";
import type { SlideSide } from "./compositor.ts";

/** Which scenes the programme shows at a moment; ids only. Null is black. */
export type Cue =
  | { readonly kind: "scene"; readonly sceneId: string | null }
  | {
      readonly kind: "mix";
      readonly from: string;
      readonly to: string;
      readonly how: { readonly kind: "fade" } | { readonly kind: "slide"; readonly from: SlideSide };
      readonly progress: number;
    }
  | { readonly kind: "stinger"; readonly sceneId: string; readonly path: string; readonly atMs: number };

interface Change {
  readonly from: string;
  readonly transition: Transition;
  readonly beganMs: number;
}

/** A stinger whose end nobody tells is over after this. */
const LONGEST_STINGER_MS = 30_000;

/** Follows the document's programme scene by its transition; panic overrides both. */
export class Programme {
  #sceneId: string | null = null;
  #safeSceneId: string | null = null;
  #change: Change | undefined;
  #panic = false;

  follow({ programmeSceneId, safeSceneId, scenes, transition }: StudioDocument, nowMs: number): void {
    const exists = (id: string | null) => id !== null && scenes.some((scene) => scene.id === id);
    this.#safeSceneId = exists(safeSceneId) ? safeSceneId : null;
    if (this.#change !== undefined && !exists(this.#change.from)) this.#change = undefined;
    const next = exists(programmeSceneId) ? programmeSceneId : null;
    if (next === this.#sceneId) return;
    const from = this.#sceneId;
    this.#sceneId = next;
    const canChange = from !== null && next !== null && exists(from) && transition.kind !== "cut";
    this.#change = canChange ? { from, transition, beganMs: nowMs } : undefined;
  }

  panic(on: boolean): void {
    this.#panic = on;
    this.#change = undefined;
  }

  get panicking(): boolean {
    return this.#panic;
  }

  /** The stinger has played to its end. */
  stingerEnded(): void {
    if (this.#change?.transition.kind === "stinger") this.#change = undefined;
  }

  at(nowMs: number): Cue {
    if (this.#panic) return { kind: "scene", sceneId: this.#safeSceneId };
    const cue = this.#change === undefined ? undefined : this.#changing(this.#change, nowMs);
    if (cue === undefined) this.#change = undefined;
    return cue ?? { kind: "scene", sceneId: this.#sceneId };
  }

  #changing({ from, transition, beganMs }: Change, nowMs: number): Cue | undefined {
    const to = this.#sceneId;
    const atMs = nowMs - beganMs;
    if (to === null || transition.kind === "cut") return undefined;
    if (transition.kind === "stinger") {
      if (atMs >= LONGEST_STINGER_MS) return undefined;
      const { path, cutAtMs } = transition;
      return { kind: "stinger", sceneId: atMs < cutAtMs ? from : to, path, atMs };
    }
    const progress = atMs / transition.durationMs;
    if (progress >= 1) return undefined;
    const how =
      transition.kind === "fade"
        ? { kind: "fade" as const }
        : { kind: "slide" as const, from: transition.from };
    return { kind: "mix", from, to, how, progress: smooth(progress) };
  }
}

/** Starts and ends gently. */
const smooth = (t: number): number => t * t * (3 - 2 * t);
