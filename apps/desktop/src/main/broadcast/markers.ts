import type { FromEncoder, ToEncoder } from "../../contract/encoder-control.ts";
import type { Marker, StudioTopic, TopicSnapshot } from "../../contract/studio-topics.ts";

/** As many as a file's header has room for with the longest names. */
const MAX_MARKERS = 200;

export type MarkerFault = "nothing_runs" | "too_many";
interface World {
  send(message: ToEncoder): void;
  publish(markers: readonly Marker[]): void;
  readonly now?: () => number;
}

/**
 * Moments that somebody wants to find again, of what is on air or recorded, from its beginning on. In recordings they
 * are chapters: the encoder writes them, and says where.
 */
export class Markers {
  #markers: readonly Marker[] = [];
  /** Asked for and not answered: an encoder that starts anew is asked again. */
  readonly #waiting = new Set<number>();
  #nextId = 0;
  #liveSinceMs: number | null = null;
  #path: string | null = null;

  constructor(private readonly world: World) {
    world.publish([]);
  }

  /** For `Topics.listen`. */
  readonly hear = (topic: StudioTopic, snapshot: unknown): void => {
    if (topic === "broadcast") {
      const { liveSinceMs } = snapshot as TopicSnapshot<"broadcast">;
      if (this.#liveSinceMs === null && liveSinceMs !== null && this.#path === null) this.#become([]);
      this.#liveSinceMs = liveSinceMs;
    }
    if (topic === "recording") {
      const { state, path } = snapshot as TopicSnapshot<"recording">;
      this.#hearRecording(state === "idle" ? null : path);
    }
  };

  /** Here and now. */
  put(name = ""): { readonly id: number } | { readonly fault: MarkerFault } {
    if (this.#liveSinceMs === null && this.#path === null) return { fault: "nothing_runs" };
    if (this.#markers.length >= MAX_MARKERS) return { fault: "too_many" };
    const id = this.#nextId++;
    const nowMs = (this.world.now ?? Date.now)();
    const marker: Marker = {
      id,
      name: name.trim() || `Marker ${this.#markers.length + 1}`,
      onAirMs: this.#liveSinceMs === null ? null : Math.max(0, nowMs - this.#liveSinceMs),
      recording: null,
    };
    if (this.#path !== null) {
      this.#waiting.add(id);
      this.#send(marker);
    }
    this.#become([...this.#markers, marker]);
    return { id };
  }

  /** Also when it is over; without a name it keeps the one it has. */
  rename(id: number, name: string): void {
    const before = this.#markers.find((each) => each.id === id);
    if (before === undefined || name.trim() === "" || name.trim() === before.name) return;
    const marker = { ...before, name: name.trim() };
    if (marker.recording !== null || this.#waiting.has(id)) this.#send(marker);
    this.#become(this.#markers.map((each) => (each.id === id ? marker : each)));
  }

  take({ id, path, timeMs }: Extract<FromEncoder, { kind: "marker" }>): void {
    const isFirst = this.#waiting.delete(id);
    // That it could not be named anew does not take it out of its file.
    if (path === null && !isFirst) return;
    const recording = path === null ? null : { path, timeMs };
    this.#become(this.#markers.map((each) => (each.id === id ? { ...each, recording } : each)));
  }

  #hearRecording(path: string | null): void {
    if (path === this.#path) return;
    if (this.#path === null && this.#liveSinceMs === null) this.#become([]);
    this.#path = path;
    // Its recording is over without it.
    if (path === null) this.#waiting.clear();
    for (const marker of this.#markers) if (this.#waiting.has(marker.id)) this.#send(marker);
  }

  #send({ id, name }: Marker): void {
    this.world.send({ kind: "mark-recording", id, name });
  }

  #become(markers: readonly Marker[]): void {
    this.#markers = markers;
    this.world.publish(markers);
  }
}
