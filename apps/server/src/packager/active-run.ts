import type { RenditionUnit, Run } from "../stream/media-sink.ts";
import { type AssemblerOutput, RunAssembler } from "./run-assembler.ts";
import { configureTrack, frameSamplesOf, type RunInfo } from "./runs.ts";

/** A rendition this many slots behind the first one has gaps instead. */
const MAX_LAG_SLOTS = 4;

export interface ActiveRunOptions {
  readonly run: Run;
  readonly info: RunInfo;
  readonly epochMs: number;
  /** Length of a part; undefined where segments are given out whole. */
  readonly part90k: number | undefined;
  readonly output: AssemblerOutput;
  /** A rendition's decoder is known: its init segment, or why there is none. */
  readonly described: (rendition: string, init: Buffer | Error) => void;
}

/** The run that takes media now: its renditions' decoders, and the assembler that cuts their units. */
export class ActiveRun {
  readonly run: Run;
  readonly info: RunInfo;
  readonly assembler: RunAssembler;
  readonly #described: ActiveRunOptions["described"];
  readonly #configs = new Map<string, Uint8Array>();
  /** Pictures whose init segment waits for the first keyframe, which shows the reorder delay. */
  readonly #undescribed = new Set<string>();
  #droppedUnits = 0;

  constructor(options: ActiveRunOptions) {
    const { run, info, epochMs, part90k, output } = options;
    this.run = run;
    this.info = info;
    this.#described = options.described;
    this.assembler = new RunAssembler({
      run,
      epochMs,
      maxLagSlots: MAX_LAG_SLOTS,
      part90k,
      frameSamples: (name) =>
        frameSamplesOf(
          this.#configs.get(name),
          run.renditions.find((each) => each.name === name),
        ),
      output,
    });
  }

  /** The decoder configurations so far. */
  get configs(): ReadonlyMap<string, Uint8Array> {
    return this.#configs;
  }

  get droppedUnits(): number {
    return this.#droppedUnits + this.assembler.droppedUnits;
  }

  /** `changed`: another one than the rendition had before. */
  configure(name: string, config: Uint8Array): "unchanged" | "changed" | "new" {
    if (!this.assembler.has(name)) return "unchanged";
    const known = this.#configs.get(name);
    if (known !== undefined && Buffer.compare(known, config) === 0) return "unchanged";
    this.#configs.set(name, Uint8Array.from(config));
    const isVideo = this.info.tracks.get(name)?.kind === "video";
    if (isVideo) this.#undescribed.add(name);
    else this.#describe(name, 0);
    return known === undefined ? "new" : "changed";
  }

  push(name: string, unit: RenditionUnit): void {
    if (this.#undescribed.has(name) && unit.keyframe) {
      this.#undescribed.delete(name);
      this.#describe(name, unit.pts90k - unit.dts90k);
    }
    if (this.#configs.has(name) && !this.#undescribed.has(name)) this.assembler.push(name, unit);
    else this.#droppedUnits += 1;
  }

  #describe(name: string, reorder90k: number): void {
    const rendition = this.run.renditions.find((each) => each.name === name);
    const config = this.#configs.get(name);
    if (rendition === undefined || config === undefined) return;
    try {
      this.#described(name, configureTrack(this.info, rendition, config, reorder90k));
    } catch (error) {
      this.#configs.delete(name);
      this.#described(name, error as Error);
    }
  }
}
