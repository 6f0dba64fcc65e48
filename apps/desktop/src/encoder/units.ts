import type { EncodeId } from "../contract/media-port.ts";

/**
 * What an encode gives to whoever sends or keeps it: whole access units in decode order, times in microseconds since
 * the media epoch. Units are shared between sinks: nobody writes into their bytes.
 */
export interface PictureUnit {
  readonly kind: "picture";
  readonly encode: EncodeId;
  readonly ptsUs: number;
  readonly dtsUs: number;
  readonly key: boolean;
  /** NAL units with 4-byte lengths, the capture clock's before the first slice; no parameter sets. */
  readonly data: Buffer;
  /** AVCDecoderConfigurationRecord under which it decodes. */
  readonly config: Buffer;
  /** Of the capture clock: counts in decode order without holes, modulo 2^32. */
  readonly frame: number;
  /** Which life of that counter. */
  readonly source: number;
  readonly captureMs: number;
}

export interface SoundUnit {
  readonly kind: "sound";
  /** Recording track; 1 is what is streamed. */
  readonly track: number;
  readonly ptsUs: number;
  /** One raw AAC frame. */
  readonly data: Uint8Array;
  /** AudioSpecificConfig. */
  readonly config: Buffer;
}

export type Unit = PictureUnit | SoundUnit;

/** Takes a unit at once and never waits; what it cannot hold is its own to drop and count. */
export interface UnitSink {
  push(unit: Unit): void;
}

/** When a unit must be at its decoder: what sending and keeping goes by. */
export const decodeTimeUs = (unit: Unit): number => (unit.kind === "picture" ? unit.dtsUs : unit.ptsUs);

/** Hands each unit to all who listen; one that throws is told of and does not harm the others. */
export class UnitBus {
  readonly #sinks = new Set<UnitSink>();
  readonly #onFault: (error: unknown) => void;

  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  get listeners(): number {
    return this.#sinks.size;
  }

  /** The returned function ends it. */
  add(sink: UnitSink): () => void {
    this.#sinks.add(sink);
    return () => {
      this.#sinks.delete(sink);
    };
  }

  push(unit: Unit): void {
    for (const sink of this.#sinks) {
      try {
        sink.push(unit);
      } catch (error) {
        this.#onFault(error);
      }
    }
  }
}
