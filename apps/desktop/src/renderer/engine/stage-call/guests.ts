import { producerOf } from "@footlight/realtime/stage/people.ts";
import type { StageCallOrder } from "../../../contract/stage.ts";

/** Who sits somewhere, as the audience may see and hear them. */
export interface Guest {
  /** Empty where nobody sits. */
  readonly name: string;
  readonly camera: MediaStreamTrack | null;
  /** That they share. */
  readonly screen: MediaStreamTrack | null;
  /** The microphone, and the sound of a screen that is shared. */
  readonly voices: readonly MediaStreamTrack[];
}

const NOBODY: Guest = { name: "", camera: null, screen: null, voices: [] };

/** Who sits on each seat of the stage, for those who show and mix them. */
export class Guests {
  readonly #guests = new Map<number, Guest>();
  readonly #listeners = new Set<{ readonly seat: number; readonly tell: (guest: Guest) => void }>();

  /** Tells who sits there, now and after each change. Returns how to stop it. */
  watch(seat: number, tell: (guest: Guest) => void): () => void {
    const listener = { seat, tell };
    this.#listeners.add(listener);
    tell(this.#guests.get(seat) ?? NOBODY);
    return () => void this.#listeners.delete(listener);
  }

  set(guests: ReadonlyMap<number, Guest>): void {
    const before = new Map(this.#guests);
    this.#guests.clear();
    for (const [seat, guest] of guests) this.#guests.set(seat, guest);
    for (const { seat, tell } of [...this.#listeners]) {
      const guest = guests.get(seat) ?? NOBODY;
      if (!same(guest, before.get(seat) ?? NOBODY)) tell(guest);
    }
  }
}

const same = (a: Guest, b: Guest): boolean =>
  a.name === b.name &&
  a.camera === b.camera &&
  a.screen === b.screen &&
  a.voices.length === b.voices.length &&
  a.voices.every((voice, i) => voice === b.voices[i]);

/** Who sits where, of what has come. Whoever is hidden is neither seen nor heard. */
export function guestsOf(
  { state, seats }: Pick<StageCallOrder, "state" | "seats">,
  tracks: ReadonlyMap<string, MediaStreamTrack>,
): Map<number, Guest> {
  const guests = new Map<number, Guest>();
  for (const [id, seat] of Object.entries(seats)) {
    const person = state.participants[id];
    if (person === undefined) continue;
    const trackOf = (source: "camera" | "microphone" | "screen" | "screen_audio") => {
      const producerId = producerOf(person, source);
      const isSent = producerId !== undefined && person.producers[producerId]?.paused === false;
      const track = isSent && person.online && !person.hidden ? tracks.get(producerId) : undefined;
      // One that is just being given back has ended, and nothing takes it any more.
      return track?.readyState === "live" ? track : null;
    };
    const voices = [trackOf("microphone"), trackOf("screen_audio")].filter((each) => each !== null);
    guests.set(seat, { name: person.name, camera: trackOf("camera"), screen: trackOf("screen"), voices });
  }
  return guests;
}

/** Of which seats the document has sources, by what they show. */
export interface ShownSeats {
  readonly camera: ReadonlySet<number>;
  readonly screen: ReadonlySet<number>;
}

/** Producers that the scenes need: those of the seats in them. Whose screen is shown is heard by their own source. */
export function neededProducers(
  { state, seats }: Pick<StageCallOrder, "state" | "seats">,
  shown: ShownSeats,
): Set<string> {
  const needed = new Set<string>();
  for (const [id, seat] of Object.entries(seats)) {
    for (const [producerId, { source }] of Object.entries(state.participants[id]?.producers ?? {}))
      if (source !== "programme" && shown[source === "screen" ? "screen" : "camera"].has(seat))
        needed.add(producerId);
  }
  return needed;
}
