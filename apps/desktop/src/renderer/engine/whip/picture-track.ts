import { encodeSlot, keyframeSlot } from "../clock/frame-grid.ts";
import type { Composed } from "../encode/picture-encode.ts";

/** Pictures that may wait for the peer connection; it encodes in real time or not at all. */
const MAX_WAITING = 3;

interface Format {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly keyframeIntervalMs: number;
}

/** The programme as a track of a peer connection, which asks its encoder for keyframes on the grid. */
export class PictureTrack {
  readonly track: MediaStreamTrack;
  readonly #writer: WritableStreamDefaultWriter<VideoFrame>;
  #sender: RTCRtpSender | undefined;
  #frameSlot = -1;
  #keySlot = -1;
  #waiting = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(private readonly format: Format) {
    if (MediaStreamTrackGenerator === undefined) throw new Error("this browser makes no tracks of pictures");
    const generator = new MediaStreamTrackGenerator({ kind: "video" });
    generator.contentHint = "motion";
    this.track = generator;
    this.#writer = generator.writable.getWriter();
  }

  /** Who sends it now; a new connection begins with a keyframe by itself. */
  attach(sender: RTCRtpSender | undefined): void {
    this.#sender = sender;
  }

  /** Whether it is one for this track's rate. */
  offer({ ptsUs, scaled }: Composed): boolean {
    const { width, height, fps, keyframeIntervalMs } = this.format;
    const slot = encodeSlot(ptsUs, fps);
    if (slot <= this.#frameSlot) return false;
    this.#frameSlot = slot;
    if (this.#waiting >= MAX_WAITING) return true;
    const keySlot = keyframeSlot(ptsUs, keyframeIntervalMs);
    const key = keySlot !== this.#keySlot;
    this.#keySlot = keySlot;
    this.#waiting += 1;
    const frame = new VideoFrame(scaled(width, height), { timestamp: ptsUs, alpha: "discard" });
    // One after the other: a picture that overtook the one that waits for its keyframe would have it thrown away.
    this.#writing = this.#writing.then(() => this.#write(frame, key));
    return true;
  }

  close(): void {
    this.#writer.close().catch(() => undefined);
    this.track.stop();
  }

  async #write(frame: VideoFrame, key: boolean): Promise<void> {
    try {
      if (key) await this.#requestKeyframe();
      await this.#writer.write(frame);
    } catch {
      // The track has ended meanwhile.
      frame.close();
    } finally {
      this.#waiting -= 1;
    }
  }

  async #requestKeyframe(): Promise<void> {
    const sender = this.#sender;
    if (sender === undefined) return;
    const parameters = sender.getParameters();
    if (parameters.encodings.length === 0) return;
    // WebRTC extensions §5.2; where it fails the connection is just being closed.
    const options = { encodingOptions: parameters.encodings.map(() => ({ keyFrame: true })) };
    await (sender as ExtendedSender).setParameters(parameters, options).catch(() => undefined);
  }
}

interface ExtendedSender extends RTCRtpSender {
  setParameters(
    parameters: RTCRtpSendParameters,
    options?: { encodingOptions: readonly { keyFrame: boolean }[] },
  ): Promise<void>;
}
