import type { EncodeSettings } from "../../contract/media-port.ts";
import { type CodedPicture, PictureRun, type RawPicture } from "./picture-run.ts";

/** Waits after an ffmpeg that ended by itself; what was seen to work begins at the first again. */
const BACK_OFF_MS = [0, 500, 2_000, 5_000] as const;
/** Tries without one picture: it never will. */
const HOPELESS = 4;
/** Pictures go in and none comes out: it hangs (a driver, a stopped process). */
const HANGS_MS = 10_000;
/** A successor's pictures while its predecessor still gives out the last ones of its own. */
const MAX_HELD = 120;

export interface FfmpegPicturesOptions {
  readonly path: string;
  readonly settings: EncodeSettings;
  readonly onPicture: (picture: CodedPicture) => void;
  /** Left out because there was no ffmpeg to take them. */
  readonly onDropped: (frames: number) => void;
  readonly onFault: (cause: string, hopeless: boolean) => void;
}

/**
 * H.264 by ffmpeg, for as long as it is wanted: starts one again that died, and at another bitrate lets a fresh one
 * take over at the next keyframe of the grid, so that every picture comes out once and in order.
 */
export class FfmpegPictures {
  readonly #options: FfmpegPicturesOptions;
  /** Oldest first; only its pictures go out, the others' wait for its end. */
  #runs: { readonly run: PictureRun; readonly held: CodedPicture[] }[] = [];
  #bitrateBps: number;
  /** The newest run was started with this. */
  #runningBps: number;
  #gridUs: number | undefined;
  #failures = 0;
  #notBeforeMs = 0;
  #state: "running" | "hopeless" | "closed" = "running";

  constructor(options: FfmpegPicturesOptions) {
    this.#options = options;
    this.#bitrateBps = options.settings.bitrateBps;
    this.#runningBps = this.#bitrateBps;
    this.#gridUs = options.settings.gridUs;
  }

  get pids(): number[] {
    return this.#runs.flatMap(({ run }) => run.pid ?? []);
  }

  setBitrate(bitrateBps: number): void {
    this.#bitrateBps = bitrateBps;
  }

  /** @param gridKey a keyframe of the grid: where another encoder may take over */
  push(picture: RawPicture, gridKey: boolean, onTaken: () => void): void {
    this.#gridUs ??= picture.ptsUs;
    const current = this.#runs.at(-1);
    const change = gridKey && this.#bitrateBps !== this.#runningBps;
    const run = current === undefined || change ? this.#begin(picture.ptsUs) : current.run;
    if (run === undefined) {
      this.#options.onDropped(1);
      onTaken();
      return;
    }
    if (change) void current?.run.end();
    run.push(picture, onTaken);
  }

  /** Once a second: one that hangs is ended, and so started again. */
  watch(): void {
    for (const { run } of this.#runs) if (run.waitsMs > HANGS_MS) run.kill();
  }

  async close(): Promise<void> {
    this.#state = "closed";
    await Promise.all(this.#runs.map(({ run }) => run.end()));
  }

  #begin(firstUs: number): PictureRun | undefined {
    if (this.#state !== "running" || performance.now() < this.#notBeforeMs) return undefined;
    const held: CodedPicture[] = [];
    const run: PictureRun = new PictureRun({
      path: this.#options.path,
      settings: { ...this.#options.settings, gridUs: this.#gridUs },
      bitrateBps: this.#bitrateBps,
      firstUs,
      onPicture: (picture) => {
        if (this.#runs[0]?.run === run) this.#options.onPicture(picture);
        else if (held.length < MAX_HELD) held.push(picture);
        else this.#options.onDropped(1);
      },
    });
    this.#runningBps = this.#bitrateBps;
    this.#runs.push({ run, held });
    void run.exited.then(({ words }) => this.#onExit(run, words));
    return run;
  }

  #onExit(run: PictureRun, words: string): void {
    const isNewest = this.#runs.at(-1)?.run === run;
    if (run.inside > 0) this.#options.onDropped(run.inside);
    this.#runs = this.#runs.filter((other) => other.run !== run);
    this.#releaseHeld();
    // A predecessor was asked to end.
    if (!isNewest || this.#state === "closed") return;
    this.#failures = run.produced > 0 ? 1 : this.#failures + 1;
    const waitMs = BACK_OFF_MS[Math.min(this.#failures - 1, BACK_OFF_MS.length - 1)] ?? 0;
    this.#notBeforeMs = performance.now() + waitMs;
    const hopeless = this.#failures >= HOPELESS;
    if (hopeless) this.#state = "hopeless";
    this.#options.onFault(words.split("\n").at(-1) ?? "", hopeless);
  }

  #releaseHeld(): void {
    for (const picture of this.#runs[0]?.held.splice(0) ?? []) this.#options.onPicture(picture);
  }
}
