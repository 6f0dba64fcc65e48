/** Why WebRTC does not play: no place, no way through, broken off, or too bad to look at. */
export type FallReason = "full" | "blocked" | "lost" | "poor";

export type TierNotice = { readonly kind: "fell"; readonly reason: FallReason } | { readonly kind: "back" };

/** Who is back by then has hardly seen it, and is told nothing. */
const TELL_AFTER_MS = 2_000;

/** Tells the viewer once that the ultra tier has been left for another, and once that it is back. */
export class FallBack {
  private state: "up" | "falling" | "told" = "up";
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly tell: (notice: TierNotice | null) => void) {}

  fell(reason: FallReason): void {
    if (this.state !== "up") return;
    this.state = "falling";
    this.timer = setTimeout(() => {
      this.state = "told";
      this.tell({ kind: "fell", reason });
    }, TELL_AFTER_MS);
  }

  back(): void {
    if (this.state === "told") this.tell({ kind: "back" });
    this.rest();
  }

  /** Another stream, or the viewer's own word. */
  forget(): void {
    if (this.state === "told") this.tell(null);
    this.rest();
  }

  private rest(): void {
    clearTimeout(this.timer);
    this.state = "up";
  }
}
