import { apply } from "./apply.ts";
import { type Command, type CommandKind, isUndoable, type Refusal } from "./commands.ts";
import type { StudioDocument } from "./document.ts";
import { sceneOf } from "./lookup.ts";

/** One step back: what was, and what was done to it. */
interface Step {
  readonly before: StudioDocument;
  readonly kind: CommandKind;
  readonly gesture: string | null;
}

export interface HistoryState {
  /** What undo would take back and redo would do again; null: nothing. */
  readonly undo: CommandKind | null;
  readonly redo: CommandKind | null;
}

/**
 * The document with its way back. Commands of one `gesture` (a drag, a turn of a fader, a run of arrow keys) are
 * one step, however many they are. Undo never changes what is on air: the programme stays where it is while its
 * scene exists.
 */
export class History {
  private past: Step[] = [];
  private future: Step[] = [];

  constructor(
    private current: StudioDocument,
    private readonly limit = 200,
  ) {}

  get document(): StudioDocument {
    return this.current;
  }

  get state(): HistoryState {
    return { undo: this.past.at(-1)?.kind ?? null, redo: this.future.at(-1)?.kind ?? null };
  }

  /** Null when it was done. */
  do(command: Command, gesture: string | null = null): Refusal | null {
    const result = apply(this.current, command);
    if ("refusal" in result) return result.refusal;
    if (isUndoable(command)) {
      const last = this.past.at(-1);
      const goesOn = gesture !== null && last?.gesture === gesture && this.future.length === 0;
      if (!goesOn)
        this.past = [...this.past, { before: this.current, kind: command.kind, gesture }].slice(-this.limit);
      this.future = [];
    }
    this.current = result.document;
    return null;
  }

  /** Changes what is there without a step: nobody did it. */
  settle(command: Command): void {
    const result = apply(this.current, command);
    if (!("refusal" in result)) this.current = result.document;
  }

  /** False when there is nothing to take back. */
  undo(): boolean {
    return this.step(this.past, this.future);
  }

  redo(): boolean {
    return this.step(this.future, this.past);
  }

  private step(from: Step[], to: Step[]): boolean {
    const step = from.pop();
    if (!step) return false;
    // No gesture: what is done next is a step of its own.
    to.push({ before: this.current, kind: step.kind, gesture: null });
    this.current = keepOnAir(step.before, this.current);
    return true;
  }
}

const keepOnAir = (document: StudioDocument, now: StudioDocument): StudioDocument => {
  const still = (id: string | null, other: string | null) =>
    id !== null && sceneOf(document, id) ? id : other;
  const programmeSceneId =
    still(now.programmeSceneId, document.programmeSceneId) ?? document.programmeSceneId;
  const previewSceneId =
    now.previewSceneId === null
      ? null
      : (still(now.previewSceneId, document.previewSceneId) ?? programmeSceneId);
  return { ...document, programmeSceneId, previewSceneId };
};
