import type { StreamClock } from "../stream/capture-clock.ts";
import type { Slot } from "./slot-log.ts";

/** A stretch of slots of one run, all of one length but the last, in which the same renditions have media. */
export interface DashPeriod {
  readonly run: number;
  readonly firstSeq: number;
  readonly start90k: number;
  /** Of a slot; may be fractional. */
  readonly slot90k: number;
  /** Undefined while it goes on. */
  readonly end90k: number | undefined;
  readonly renditions: readonly string[];
  /** The timeline's wall clock as it is known best. */
  readonly clock: StreamClock;
}

export interface PeriodContext {
  /** The run that still gets media, if one does. */
  readonly openRun: number | undefined;
  /** The grid's period where it is known. */
  readonly slot90kOf: (run: number) => number | undefined;
  /** Names of a run's pictures and sound that can be played. */
  readonly tracksOf: (run: number) => readonly { readonly name: string; readonly kind: "video" | "audio" }[];
}

/**
 * A rendition that comes back after a gap is announced for a Period so many slots after its first segment.
 * By then every player has read of it: a Period must not begin behind where somebody plays.
 */
const REJOIN_AFTER_SLOTS = 3;
/** Slots are cut at whole ticks. */
const ROUNDING_90K = 2;

/**
 * The Periods of a manifest with numbered segments, in which there is no word for a gap: whatever has
 * not got each segment of a stretch is not in it. Where nothing can be played there is no Period.
 *
 * What is missing where a run begins is left out of the whole run. So a quality that is made on demand
 * does not show, and its coming and going, which would cut a Period each, does not disturb those who watch.
 */
export function dashPeriods(slots: readonly Slot[], context: PeriodContext): DashPeriod[] {
  const periods: DashPeriod[] = [];
  for (let from = 0; from < slots.length; ) {
    const run = (slots[from] as Slot).run;
    let to = from;
    while (slots[to]?.run === run) to += 1;
    periods.push(...periodsOfRun(slots.slice(from, to), context));
    from = to;
  }
  return periods;
}

interface Place {
  readonly seq: number;
  readonly start90k: number;
  readonly end90k: number;
  readonly renditions: readonly string[];
  readonly clock: StreamClock;
}

function periodsOfRun(slots: readonly Slot[], context: PeriodContext): DashPeriod[] {
  const first = slots[0];
  const last = slots.at(-1);
  if (first === undefined || last === undefined) return [];
  const isOpen = first.run === context.openRun;
  const slot90k = context.slot90kOf(first.run) ?? estimate(slots);
  const tracks = context.tracksOf(first.run);
  const places = placesOf([...slots, ...(isOpen ? coming(last, slot90k) : [])], tracks);
  const lastSeq = places.at(-1)?.seq;

  const periods: DashPeriod[] = [];
  let begun: Place[] = [];
  const isNominal = (ticks90k: number): boolean => Math.abs(ticks90k - slot90k) <= ROUNDING_90K;
  const close = (): void => {
    const [head, tail] = [begun[0], begun.at(-1)];
    begun = [];
    if (head === undefined || tail === undefined || !playable(head.renditions, tracks)) return;
    const own90k = tail.end90k - tail.start90k;
    periods.push({
      run: first.run,
      firstSeq: head.seq,
      start90k: head.start90k,
      slot90k: tail === head && !isNominal(own90k) ? own90k : slot90k,
      end90k: isOpen && tail.seq === lastSeq ? undefined : tail.end90k,
      renditions: head.renditions,
      clock: tail.clock,
    });
  };
  for (const place of places) {
    const previous = begun.at(-1);
    const follows =
      previous !== undefined &&
      previous.renditions.join() === place.renditions.join() &&
      // The end of a run shortens its last slot; a shorter first one is a Period of its own.
      isNominal(previous.end90k - previous.start90k);
    if (!follows) close();
    begun.push(place);
  }
  close();
  return periods;
}

/** What each slot's Period has to list: the renditions that have media in it, and had for a while. */
function placesOf(slots: readonly Slot[], tracks: readonly { readonly name: string }[]): Place[] {
  const atStart = tracks.filter(({ name }) => slots[0]?.entries.get(name)?.kind !== "gap");
  /** Where a rendition's media began, as far as it is known. */
  const begun = new Map<string, number | undefined>(atStart.map(({ name }) => [name, 0]));
  return slots.map(({ seq, start90k, duration90k, entries, clock }, index) => {
    const renditions = atStart.flatMap(({ name }) => {
      const entry = entries.get(name);
      if (entry?.kind === "gap") begun.set(name, undefined);
      else if (entry !== undefined && begun.get(name) === undefined) begun.set(name, index);
      const from = begun.get(name);
      return from === 0 || (from !== undefined && index - from >= REJOIN_AFTER_SLOTS) ? [name] : [];
    });
    return { seq, start90k, end90k: start90k + duration90k, renditions, clock };
  });
}

/** Slots to come, in which renditions will join that have just come back. */
function coming(last: Slot, slot90k: number): Slot[] {
  return Array.from({ length: REJOIN_AFTER_SLOTS }, (_, index) => ({
    seq: last.seq + 1 + index,
    run: last.run,
    start90k: Math.round(last.start90k + last.duration90k + index * slot90k),
    duration90k: Math.round(slot90k),
    entries: new Map(),
    clock: last.clock,
  }));
}

function playable(names: readonly string[], tracks: readonly { name: string; kind: string }[]): boolean {
  const needed = tracks.some(({ kind }) => kind === "video") ? "video" : "audio";
  return tracks.some(({ name, kind }) => kind === needed && names.includes(name));
}

/** The slots' length without a grid to ask: the first and the last may be shorter. */
function estimate(slots: readonly Slot[]): number {
  const [second, last] = [slots[1], slots.at(-1)];
  if (second === undefined || last === undefined || second === last) {
    return Math.max(...slots.map(({ duration90k }) => duration90k));
  }
  return (last.start90k - second.start90k) / (last.seq - second.seq);
}
