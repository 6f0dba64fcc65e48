/** Chromium's way to a track's frames without an element (mediacapture-transform), as far as we use it. */
interface TrackProcessor {
  readonly readable: ReadableStream<VideoFrame>;
}
type TrackProcessorMaker = new (init: { track: MediaStreamTrack; maxBufferSize: number }) => TrackProcessor;

/** The newest picture of a track. */
export interface FrameSource {
  /** Null before the first one. */
  readonly frame: {
    readonly image: CanvasImageSource;
    readonly width: number;
    readonly height: number;
  } | null;
  close(): void;
}

/** Frames as they come, also in a hidden page, where elements may not be drawn any more. */
export function openFrameSource(track: MediaStreamTrack): FrameSource {
  const Processor = (globalThis as { MediaStreamTrackProcessor?: TrackProcessorMaker })
    .MediaStreamTrackProcessor;
  return Processor === undefined ? new ElementSource(track) : new ProcessorSource(track, Processor);
}

class ProcessorSource implements FrameSource {
  #latest: VideoFrame | null = null;
  #closed = false;
  /** Ours alone: the reader holds no other user of the track back. */
  readonly #track: MediaStreamTrack;

  constructor(track: MediaStreamTrack, Processor: TrackProcessorMaker) {
    this.#track = track.clone();
    const reader = new Processor({ track: this.#track, maxBufferSize: 1 }).readable.getReader();
    void this.#read(reader).catch(() => {});
  }

  get frame(): FrameSource["frame"] {
    const latest = this.#latest;
    return latest && { image: latest, width: latest.displayWidth, height: latest.displayHeight };
  }

  close(): void {
    this.#closed = true;
    this.#track.stop();
    this.#latest?.close();
    this.#latest = null;
  }

  async #read(reader: ReadableStreamDefaultReader<VideoFrame>): Promise<void> {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      if (this.#closed) {
        value.close();
        return;
      }
      // Decoders have few frames; whoever keeps them stops them.
      this.#latest?.close();
      this.#latest = value;
    }
  }
}

class ElementSource implements FrameSource {
  readonly #video = document.createElement("video");

  constructor(track: MediaStreamTrack) {
    this.#video.muted = true;
    this.#video.playsInline = true;
    this.#video.srcObject = new MediaStream([track]);
    void this.#video.play().catch(() => {});
  }

  get frame(): FrameSource["frame"] {
    const { videoWidth: width, videoHeight: height } = this.#video;
    return width === 0 ? null : { image: this.#video, width, height };
  }

  close(): void {
    this.#video.srcObject = null;
  }
}
