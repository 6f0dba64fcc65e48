import type { TracksEvent } from "./intake.ts";
import type { RunShape } from "./run-shape.ts";

/** A larger picture has come to stay after this: WebRTC senders try theirs for seconds as they feel their way. */
const SETTLED_MS = 4_000;
/** Shapes that differ by less are one, scaled to even sides. */
const SAME_SHAPE = 0.02;

/**
 * Whether a run can go on with a source that changes without a break (a WebRTC sender that follows its
 * line). An encoder takes any size of the same shape in its stride; what is passed through cannot change.
 */
export class SourceWatch {
  #area: number | undefined;
  #grownSinceMs: number | undefined;

  constructor(private readonly shape: RunShape) {}

  judge(event: TracksEvent, nowMs: number): "in_stride" | "anew" {
    const before = this.shape.video;
    const picture = event.tracks.video;
    if (before === undefined || picture === undefined) return "in_stride";
    if (before.passthrough) {
      const same = Buffer.compare(picture.config, this.shape.tracks.video?.config ?? picture.config) === 0;
      return same && before.steady === (event.frameRate !== undefined) ? "in_stride" : "anew";
    }
    const { width, height } = picture;
    if (Math.abs((width * before.height) / (height * before.width) - 1) > SAME_SHAPE) return "anew";
    const area = width * height;
    if (area === this.#area) return "in_stride";
    this.#area = area;
    this.#grownSinceMs = area > before.width * before.height * (1 + SAME_SHAPE) ? nowMs : undefined;
    return "in_stride";
  }

  /** The source is larger than what its renditions were planned for, and stays so. */
  isOutgrown(nowMs: number): boolean {
    return this.#grownSinceMs !== undefined && nowMs - this.#grownSinceMs >= SETTLED_MS;
  }
}
