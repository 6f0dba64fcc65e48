import type { FromEncoder } from "../../contract/encoder-control.ts";
import type { BackfillSnapshot } from "../../contract/studio-topics.ts";

type Told = Extract<FromEncoder, { kind: "backfill" }>;

/** What each target's server lacks, as the encoder told it last; it outlives the broadcast. */
export class BackfillBook {
  readonly #byTarget = new Map<string, BackfillSnapshot>();

  of(target: string): BackfillSnapshot | null {
    return this.#byTarget.get(target) ?? null;
  }

  /** Another broadcast begins; of the one before only what is still under way is told. */
  begin(): void {
    for (const [target, { state }] of this.#byTarget) {
      if (state === "done" || state === "failed") this.#byTarget.delete(target);
    }
  }

  /** The news that it makes, if it does. */
  take({ id, state, frames, sent, bytesLeft, leftMs, cause }: Told) {
    this.#byTarget.set(id, { state, frames, sent, bytesLeft, leftMs: leftMs ?? null, cause: cause ?? null });
    if (state === "done" && sent > 0) return { code: "backfill_done", detail: String(sent) } as const;
    if (state === "failed") return { code: "backfill_failed", detail: cause ?? "" } as const;
    return undefined;
  }
}
