import type { Size } from "../sources/picture-source.ts";

/** The frames of a track as they come; whoever takes one closes it. */
export class TrackFrames {
  /** Ours alone: stopping it ends nobody else's. */
  readonly #track: MediaStreamTrack;
  #closed = false;

  constructor(
    track: MediaStreamTrack,
    private readonly take: (frame: VideoFrame) => void,
  ) {
    this.#track = track.clone();
    const frames = new MediaStreamTrackProcessor({ track: this.#track }).readable.getReader();
    void this.#read(frames).catch(() => undefined);
  }

  close(): void {
    this.#closed = true;
    this.#track.stop();
  }

  async #read(frames: ReadableStreamDefaultReader<VideoFrame>): Promise<void> {
    for (;;) {
      const { done, value } = await frames.read();
      if (done || value === undefined) return;
      if (this.#closed) value.close();
      else this.take(value);
    }
  }
}

/** The middle of a frame in another shape, without a copy; the frame itself is closed. */
export function covered(frame: VideoFrame, shape: Size): VideoFrame {
  const { visibleRect } = frame;
  const upright = frame.displayWidth * shape.height - frame.displayHeight * shape.width;
  if (visibleRect === null || upright === 0) return frame;
  const { x, y, width, height } = visibleRect;
  // Chroma is stored for two by two pixels: nothing in between can be cut.
  const even = (value: number) => 2 * Math.floor(value / 2);
  const cut =
    upright > 0
      ? { width: even((height * shape.width) / shape.height), height: even(height) }
      : { width: even(width), height: even((width * shape.height) / shape.width) };
  const rect = {
    ...{ x: x + even((width - cut.width) / 2), y: y + even((height - cut.height) / 2) },
    ...cut,
  };
  const middle = new VideoFrame(frame, { visibleRect: rect });
  frame.close();
  return middle;
}
