import type { ToEngineControl } from "../../contract/engine-control.ts";

/**
 * A system tells of a global key's press and of its repeats, never of its release: who holds it is taken to hold
 * it for so long after the first (systems wait up to 0.66 s before they repeat), and after each one that follows.
 */
const FIRST_MS = 800;
const REPEAT_MS = 250;

interface World {
  send(message: ToEngineControl): void;
  publish(talking: string[]): void;
  /** Whether held keys repeat here; where not (macOS) a key talks until it is pressed again. */
  readonly repeats: boolean;
}

/** Which sources' talk keys are held down: by the window's buttons, by global keys. */
export class TalkDesk implements Disposable {
  readonly #held = new Set<string>();
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(private readonly world: World) {
    world.publish([]);
  }

  /** From the window, which knows of the release too. */
  hold(sourceId: string, on: boolean): void {
    clearTimeout(this.#timers.get(sourceId));
    this.#timers.delete(sourceId);
    this.#set(sourceId, on);
  }

  /** From a global key. */
  pressed(sourceId: string): void {
    const isHeld = this.#held.has(sourceId);
    if (!this.world.repeats) {
      this.#set(sourceId, !isHeld);
      return;
    }
    clearTimeout(this.#timers.get(sourceId));
    this.#timers.set(
      sourceId,
      setTimeout(() => this.hold(sourceId, false), isHeld ? REPEAT_MS : FIRST_MS),
    );
    this.#set(sourceId, true);
  }

  /** A new engine knows of no held key. */
  tellAgain(): void {
    for (const sourceId of this.#held) this.world.send({ kind: "push-to-talk", sourceId, on: true });
  }

  #set(sourceId: string, on: boolean): void {
    if (this.#held.has(sourceId) === on) return;
    if (on) this.#held.add(sourceId);
    else this.#held.delete(sourceId);
    this.world.send({ kind: "push-to-talk", sourceId, on });
    this.world.publish([...this.#held]);
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
