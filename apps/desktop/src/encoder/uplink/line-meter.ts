/** Rates over the last second or so. */
const SPAN_MS = 1_000;

export interface Line {
  readonly sentBytes: number;
  readonly deliveredBytes: number;
}

interface Sample extends Line {
  readonly atMs: number;
}

/** What one connection carries, read a few times a second. */
export class LineMeter {
  #samples: Sample[] = [];
  #progressMs = 0;
  #nowMs = 0;

  restart(nowMs: number, line: Line): void {
    this.#samples = [sample(nowMs, line)];
    this.#progressMs = nowMs;
    this.#nowMs = nowMs;
  }

  /** @param waiting something is there to be sent: without it no progress is no sign of trouble */
  read(nowMs: number, line: Line, waiting: boolean): void {
    const last = this.#samples.at(-1);
    if (!waiting || line.deliveredBytes !== last?.deliveredBytes) this.#progressMs = nowMs;
    this.#nowMs = nowMs;
    this.#samples.push(sample(nowMs, line));
    while ((this.#samples[1]?.atMs ?? nowMs) <= nowMs - SPAN_MS) this.#samples.shift();
  }

  get sentBps(): number {
    return this.#rate((line) => line.sentBytes);
  }

  get deliveredBps(): number {
    return this.#rate((line) => line.deliveredBytes);
  }

  /** How long things have been waiting without any progress. */
  get stalledMs(): number {
    return this.#nowMs - this.#progressMs;
  }

  #rate(of: (line: Line) => number): number {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined || last.atMs <= first.atMs) return 0;
    return Math.round(((of(last) - of(first)) * 8_000) / (last.atMs - first.atMs));
  }
}

const sample = (atMs: number, { sentBytes, deliveredBytes }: Line): Sample => ({
  atMs,
  sentBytes,
  deliveredBytes,
});
