import type { Tier } from "@footlight/shared";

/** A tier that did not carry is left alone for so long at first; each further failure doubles it. */
const FIRST_STAY_MS = { ultra: 10_000, low: 60_000 } as const;
const LONGEST_STAY_MS = 600_000;
/** After so long without a failure it is as good as new. */
const FORGIVEN_MS = 300_000;

export type TierWish = "auto" | Tier;
type Fragile = keyof typeof FIRST_STAY_MS;

const BEST_FIRST: readonly Tier[] = ["ultra", "low", "standard"];

interface Stay {
  readonly forMs: number;
  readonly untilMs: number;
  readonly away: boolean;
}

/**
 * Which tier to play of those that a stream offers. WebRTC may be blocked, full or lossy; low latency costs
 * a dozen requests a second, which the thinnest lines do not carry beside the media. Pure: driven by times
 * in milliseconds.
 */
export class TierChoice {
  private readonly stays = new Map<Fragile, Stay>();

  /** The standard tier plays for want of network. */
  get lean(): boolean {
    return this.stays.get("low")?.away === true;
  }

  /** What is wished, or the next one below it that is offered and carries; `auto` wishes for the quickest. */
  wanted(offered: readonly Tier[], wish: TierWish, nowMs: number): Tier {
    const ceiling = wish !== "auto" && offered.includes(wish) ? wish : "ultra";
    const below = BEST_FIRST.slice(BEST_FIRST.indexOf(ceiling)).filter((tier) => offered.includes(tier));
    return below.find((tier) => !this.away(tier, nowMs)) ?? below.at(-1) ?? "standard";
  }

  /** It did not carry; not to be tried again for `leastMs` (a server's Retry-After) or longer. */
  starved(tier: Fragile, nowMs: number, leastMs = 0): void {
    const before = this.stays.get(tier);
    const isForgiven = !before || nowMs - before.untilMs > FORGIVEN_MS;
    const forMs = isForgiven ? FIRST_STAY_MS[tier] : Math.min(LONGEST_STAY_MS, before.forMs * 2);
    this.stays.set(tier, { forMs, untilMs: nowMs + Math.max(forMs, leastMs), away: true });
  }

  /** In the standard tier: the line would carry the low one with ease. True when it is time to go back. */
  relieved(nowMs: number): boolean {
    const stay = this.stays.get("low");
    if (!stay?.away || nowMs < stay.untilMs) return false;
    this.stays.set("low", { ...stay, away: false });
    return true;
  }

  /** What was wrong with it is over: it may be tried at once. */
  hope(tier: Fragile): void {
    const stay = this.stays.get(tier);
    if (stay) this.stays.set(tier, { ...stay, away: false });
  }

  /** Another stream, or the viewer's own word: nothing is held against any tier. */
  forget(): void {
    this.stays.clear();
  }

  /** Ultra is tried again when its time is up; the low tier when the line is known to carry it. */
  private away(tier: Tier, nowMs: number): boolean {
    if (tier === "standard") return false;
    const stay = this.stays.get(tier);
    return stay?.away === true && (tier === "low" || nowMs < stay.untilMs);
  }
}
