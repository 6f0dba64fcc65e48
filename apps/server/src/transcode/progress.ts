/** What ffmpeg says of itself about twice a second (`-progress`): blocks of `key=value`, ended by `progress=`. */
export interface Progress {
  /** Media seconds a second since the start; undefined while unknown. */
  readonly speed: number | undefined;
  readonly duplicatedFrames: number;
  readonly droppedFrames: number;
}

/** Streaming parser of progress blocks. */
export class ProgressParser {
  readonly #emit: (progress: Progress) => void;
  #rest = "";
  #values = new Map<string, string>();

  constructor(emit: (progress: Progress) => void) {
    this.#emit = emit;
  }

  push(text: string): void {
    const lines = (this.#rest + text).split("\n");
    // A line of ffmpeg's is short; what is not is none.
    this.#rest = (lines.pop() ?? "").slice(-1024);
    for (const line of lines) {
      const at = line.indexOf("=");
      if (at === -1) continue;
      const key = line.slice(0, at).trim();
      this.#values.set(key, line.slice(at + 1).trim());
      if (key === "progress") this.#finish();
    }
  }

  #finish(): void {
    const number = (key: string): number => Number.parseFloat(this.#values.get(key) ?? "");
    const speed = number("speed");
    this.#emit({
      speed: Number.isFinite(speed) ? speed : undefined,
      duplicatedFrames: number("dup_frames") || 0,
      droppedFrames: number("drop_frames") || 0,
    });
    this.#values = new Map();
  }
}
