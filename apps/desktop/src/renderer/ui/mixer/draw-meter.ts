import { meterShare } from "../../state/fader.ts";

/** Moves a meter's parts to their levels. By transforms alone, which lay nothing out anew. */
export function drawMeter(bar: HTMLElement, levelsDb: readonly number[]): void {
  for (const [at, db] of levelsDb.entries()) {
    const part = bar.children[at];
    const percent = (100 * meterShare(db)).toFixed(1);
    if (part instanceof HTMLElement) part.style.transform = `translateX(${percent}%)`;
  }
}
