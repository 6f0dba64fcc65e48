import { SEATS } from "../../contract/stage.ts";

export type Seats = Readonly<Record<string, number>>;

/**
 * Who sits where: whoever comes on stage takes the lowest place that is free, and keeps it until they leave the stage,
 * also while their connection is away.
 */
export function seated(seats: Seats, onStage: readonly string[]): Seats {
  const kept = Object.entries(seats).filter(([id]) => onStage.includes(id));
  const taken = new Set(kept.map(([, seat]) => seat));
  const next = new Map(kept);
  for (const id of onStage) {
    if (next.has(id)) continue;
    const free = Array.from({ length: SEATS }, (_, i) => i + 1).find((seat) => !taken.has(seat));
    if (free === undefined) break;
    taken.add(free);
    next.set(id, free);
  }
  return Object.fromEntries(next);
}

/** Gives somebody another place; whoever has it takes theirs. */
export function moved(seats: Seats, id: string, seat: number): Seats {
  const before = seats[id];
  if (before === undefined || before === seat) return seats;
  const other = Object.keys(seats).find((each) => seats[each] === seat);
  return { ...seats, ...(other !== undefined && { [other]: before }), [id]: seat };
}
