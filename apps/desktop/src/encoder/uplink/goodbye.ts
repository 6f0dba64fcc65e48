import { pause } from "../pause.ts";
import { RtmpConnection, type RtmpConnectOptions } from "./rtmp-connection.ts";
import { RtmpFault } from "./rtmp-fault.ts";
import { backOffMs, judge } from "./verdict.ts";

export interface GoodbyeOptions extends Omit<RtmpConnectOptions, "signal"> {
  /** `performance.now()` of the moment in which the connection was lost. */
  readonly lostMs: number;
  /** For so long the server keeps the stream; another would begin another. */
  readonly graceMs: number;
}

/**
 * For a broadcast that was ended while its line was away: its server waits for it still. Says goodbye when the line is
 * back, unless the server has given the stream up by then. `done` never rejects.
 */
export class Goodbye {
  readonly done: Promise<void>;
  readonly #stop = new AbortController();

  constructor(options: GoodbyeOptions) {
    const leftMs = Math.ceil(options.lostMs + options.graceMs - performance.now());
    const late = AbortSignal.timeout(Math.max(0, leftMs));
    this.done = say(options, AbortSignal.any([this.#stop.signal, late]));
  }

  /** The key is wanted for another broadcast, or the studio closes. */
  cancel(): void {
    this.#stop.abort();
  }
}

async function say(options: GoodbyeOptions, signal: AbortSignal): Promise<void> {
  const { lostMs, graceMs } = options;
  let unsaid = 0;
  for (let tries = 1; !signal.aborted; tries += 1) {
    try {
      const connection = await RtmpConnection.publish({ ...options, signal });
      await connection.unpublish();
      return;
    } catch (error) {
      const fault = error instanceof RtmpFault ? error : new RtmpFault("protocol", { cause: error });
      unsaid = fault.code === "closed_unsaid" ? unsaid + 1 : 0;
      const verdict = judge(fault, { tries, unsaid, graceMs, sinceMs: performance.now() - lostMs });
      if (verdict.kind === "over") return;
    }
    await pause(backOffMs(tries, Math.random()), signal);
  }
}
