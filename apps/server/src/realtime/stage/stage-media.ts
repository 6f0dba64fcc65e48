import type { StreamId } from "@footlight/shared";
import { delay } from "../../platform/lifecycle.ts";
import type { Logger } from "../../platform/logger.ts";
import type { RtcStages } from "../../sfu/rtc-port.ts";
import { StageRoom } from "../../sfu/stage/stage-room.ts";

/** A worker that died is replaced within a second or so; participants are to be back within five. */
const RETRY_MS = [0, 100, 200, 400, 800, 1_500];

export interface StageMediaDeps {
  readonly streamId: StreamId;
  readonly stages: RtcStages;
  readonly onChange: () => void;
  readonly logger: Logger;
}

/** A stage's room while somebody wants it: held, and held anew when its worker dies. */
export class StageMedia {
  #room: StageRoom | undefined;
  #holding: Promise<void> | undefined;
  #wanted = new AbortController();
  /** Grows with each room, so that who was in an earlier one knows. */
  #epoch = 0;

  constructor(private readonly deps: StageMediaDeps) {}

  get room(): StageRoom | undefined {
    return this.#room;
  }

  get state(): { readonly available: boolean; readonly epoch: number } {
    return { available: this.#room !== undefined, epoch: this.#epoch };
  }

  /** Throws `RtcRefusal` where no worker is there now. */
  async hold(): Promise<StageRoom> {
    if (this.#room !== undefined) return this.#room;
    if (this.#wanted.signal.aborted) this.#wanted = new AbortController();
    this.#holding ??= this.#hold(this.#wanted.signal).finally(() => {
      this.#holding = undefined;
    });
    await this.#holding;
    if (this.#room === undefined) throw new Error("the stage's room was let go of while it was made");
    return this.#room;
  }

  release(): void {
    this.#wanted.abort(new Error("released"));
    this.#room?.close();
    this.#room = undefined;
  }

  async #hold(wanted: AbortSignal): Promise<void> {
    const { stages, streamId, onChange } = this.deps;
    const room = await StageRoom.create(await stages.holdForStage(streamId), onChange);
    if (wanted.aborted || room.closed.aborted) {
      room.close();
      return;
    }
    this.#room = room;
    this.#epoch += 1;
    room.closed.addEventListener("abort", () => this.#lost(room, wanted), { once: true });
    onChange();
  }

  #lost(room: StageRoom, wanted: AbortSignal): void {
    if (this.#room !== room) return;
    this.#room = undefined;
    room.close();
    this.deps.onChange();
    void this.#again(wanted);
  }

  async #again(wanted: AbortSignal): Promise<void> {
    for (let attempt = 0; !wanted.aborted; attempt++) {
      try {
        await delay(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)] ?? 0, wanted);
        await this.hold();
        return;
      } catch (error) {
        if (wanted.aborted) return;
        this.deps.logger.warn({ err: error, attempt }, "stage waits for a media worker");
      }
    }
  }
}
