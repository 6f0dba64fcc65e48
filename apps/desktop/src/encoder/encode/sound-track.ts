import { type SoundUnit, UnitBus } from "../units.ts";
import { AacEncoder } from "./aac-encoder.ts";

/** One track's sound at one bitrate, for all who want it so. */
export class SoundTrack {
  readonly bus: UnitBus;
  readonly #encoder: AacEncoder;

  constructor(
    readonly track: number,
    readonly bitrateBps: number,
    of: {
      readonly ffmpegPath: string;
      readonly onFault: (area: string, cause: string) => void;
      readonly onSound: (works: boolean) => void;
    },
  ) {
    this.bus = new UnitBus((error) => of.onFault("sink", String(error)));
    this.#encoder = new AacEncoder({
      path: of.ffmpegPath,
      track,
      bitrateBps,
      onUnit: (unit: SoundUnit) => this.bus.push(unit),
      onFault: (cause) => of.onFault("sound-encoder", cause),
      onWorks: of.onSound,
    });
  }

  push(ptsUs: number, samples: Float32Array): void {
    this.#encoder.push(ptsUs, samples);
  }

  close(): Promise<void> {
    return this.#encoder.close();
  }
}
