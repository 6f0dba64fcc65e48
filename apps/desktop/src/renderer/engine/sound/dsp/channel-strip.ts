import type { SoundFilter } from "../../../../model/document.ts";
import { DelayLine } from "./delay-line.ts";
import { Compressor, Gain, Gate, Limiter } from "./dynamics.ts";
import { type Level, LevelMeter } from "./loudness.ts";
import { NoiseSuppressor } from "./noise-suppressor.ts";
import { fromDb, type SoundUnit } from "./unit.ts";

/** What the strip needs to know of a source, as the mixer works it out. */
export interface StripSettings {
  readonly volumeDb: number;
  /** Muted, not in the scene, not solo, panic: whyever. */
  readonly silent: boolean;
  readonly pan: number;
  readonly mono: boolean;
  readonly offsetMs: number;
  readonly filters: readonly SoundFilter[];
}

/** Changes of level are spread over 10 ms, so that none clicks. */
const RAMP_SAMPLES = 480;

/** A source's way to the mix: filters, delay, mono, pan, fader, meter. */
export class ChannelStrip {
  readonly #delay = new DelayLine();
  readonly #meter = new LevelMeter();
  #settings: StripSettings | undefined;
  #units: SoundUnit[] = [];
  #filtersJson = "";
  #left = 0;
  #right = 0;

  constructor(private readonly rnnoise: WebAssembly.Module | undefined) {}

  set(settings: StripSettings): void {
    this.#settings = settings;
    this.#delay.setMs(settings.offsetMs);
    const filtersJson = JSON.stringify(settings.filters);
    if (filtersJson === this.#filtersJson) return;
    this.#filtersJson = filtersJson;
    this.#units = settings.filters.flatMap((filter) => (filter.enabled ? this.#unit(filter) : []));
  }

  /** In place; the level of the result when a tenth of a second is full. */
  process(left: Float32Array, right: Float32Array): Level | undefined {
    for (const unit of this.#units) unit.process(left, right);
    this.#delay.process(left, right);
    const { volumeDb = 0, silent = true, pan = 0, mono = false } = this.#settings ?? {};
    const gain = silent ? 0 : fromDb(volumeDb);
    const [toLeft, toRight] = [gain * Math.min(1, 1 - pan), gain * Math.min(1, 1 + pan)];
    const [stepLeft, stepRight] = [
      (toLeft - this.#left) / Math.max(RAMP_SAMPLES, left.length),
      (toRight - this.#right) / Math.max(RAMP_SAMPLES, left.length),
    ];
    for (let i = 0; i < left.length; i += 1) {
      let [l, r] = [left[i] ?? 0, right[i] ?? 0];
      if (mono) l = r = (l + r) / 2;
      this.#left += stepLeft;
      this.#right += stepRight;
      left[i] = l * this.#left;
      right[i] = r * this.#right;
    }
    if (Math.abs(toLeft - this.#left) < 1e-5) this.#left = toLeft;
    if (Math.abs(toRight - this.#right) < 1e-5) this.#right = toRight;
    return this.#meter.measure(left, right);
  }

  #unit(filter: SoundFilter): SoundUnit[] {
    switch (filter.kind) {
      case "gain":
        return [new Gain(filter)];
      case "gate":
        return [new Gate(filter)];
      case "compressor":
        return [new Compressor(filter)];
      case "limiter":
        return [new Limiter(filter)];
      case "noise-suppression":
        return this.rnnoise === undefined ? [] : [new NoiseSuppressor(this.rnnoise)];
    }
  }
}
