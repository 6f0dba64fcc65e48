import { type Sample, writeChunk } from "@footlight/protocols/fmp4/chunk.ts";
import type { Part, PartFacts, SegmentBytes } from "./cutter.ts";

/** One access unit with its place in the track's timescale. */
export interface TimedSample {
  readonly data: Uint8Array;
  readonly decodeTime: number;
  readonly presentationTime: number;
  readonly sync: boolean;
}

/** One open segment of one rendition: samples wait until a chunk is cut from them. */
export class SegmentBuilder {
  readonly #nextSequence: () => number;
  readonly #captureMs: number;
  readonly #timescale: number;
  readonly #cut: (part: Part) => void;
  readonly #chunks: Uint8Array[] = [];
  readonly #parts: PartFacts[] = [];
  #waiting: TimedSample[] = [];
  #byteLength = 0;
  #waitingBytes = 0;

  /** `captureMs`: wall clock of the segment's start. `cut` hears of each chunk as it is made. */
  constructor(options: {
    nextSequence: () => number;
    captureMs: number;
    timescale: number;
    cut: (part: Part) => void;
  }) {
    this.#nextSequence = options.nextSequence;
    this.#captureMs = options.captureMs;
    this.#timescale = options.timescale;
    this.#cut = options.cut;
  }

  /** First of the samples that are not cut yet. */
  get first(): TimedSample | undefined {
    return this.#waiting[0];
  }

  get waitingSamples(): number {
    return this.#waiting.length;
  }

  get last(): TimedSample | undefined {
    return this.#waiting.at(-1);
  }

  /** Bytes of media that it holds, cut or waiting. */
  get heldBytes(): number {
    return this.#byteLength + this.#waitingBytes;
  }

  add(sample: TimedSample): void {
    this.#waiting.push(sample);
    this.#waitingBytes += sample.data.byteLength;
  }

  /**
   * Cuts what waits into a chunk whose last sample lasts until `end` (track's timescale). Decode
   * times are made strictly rising and below `end`, whatever came in: a player must never see a
   * duration of zero.
   */
  cutChunk(end: number): void {
    const waiting = this.#waiting;
    const first = waiting[0];
    if (first === undefined) return;
    const times = risingTimes(waiting, end);
    const samples = waiting.map((sample, index): Sample => {
      const decodeTime = times[index] ?? end;
      return {
        data: sample.data,
        duration: (times[index + 1] ?? Math.max(end, decodeTime + 1)) - decodeTime,
        compositionOffset: sample.presentationTime - decodeTime,
        sync: sample.sync,
      };
    });
    const segmentStart = this.#chunks.length === 0;
    const chunk = writeChunk({
      sequenceNumber: this.#nextSequence(),
      baseDecodeTime: first.decodeTime,
      samples,
      segmentStart,
      captureMs: segmentStart ? this.#captureMs : undefined,
    });
    const durationS = (Math.max(end, (times.at(-1) ?? 0) + 1) - first.decodeTime) / this.#timescale;
    const facts = { durationS, independent: waiting.some(({ sync }) => sync) };
    this.#chunks.push(chunk);
    this.#parts.push(facts);
    this.#byteLength += chunk.byteLength;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#cut({ bytes: chunk, ...facts });
  }

  finish(end: number): SegmentBytes {
    this.cutChunk(end);
    return { chunks: this.#chunks, byteLength: this.#byteLength, parts: this.#parts };
  }
}

function risingTimes(samples: readonly TimedSample[], end: number): number[] {
  const times: number[] = [];
  // The first one stands where it was put: it is the chunk's base decode time.
  let floor = (samples[0]?.decodeTime ?? 0) - 1;
  for (const [index, sample] of samples.entries()) {
    const ceiling = end - (samples.length - index);
    const time = Math.max(floor + 1, Math.min(sample.decodeTime, ceiling));
    times.push(time);
    floor = time;
  }
  return times;
}
