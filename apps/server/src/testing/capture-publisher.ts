import type { Readable } from "node:stream";
import { FlvReader, type FlvTag } from "@footlight/protocols/flv/flv-file.ts";
import { toLengthPrefixed } from "@footlight/protocols/h264/nal.ts";
import { captureClockNal } from "@footlight/shared";
import { type PatternOptions, PatternPublisher } from "./pattern-publisher.ts";
import { RtmpPublisher } from "./rtmp-publisher.ts";

const FLV_VIDEO = 9;
/** Frame type and codec, packet type, composition time (FLV §E.4.3.1). */
const AVC_HEADER = 5;
const AVC_NALUS = 1;

export interface CaptureOptions extends Omit<PatternOptions, "url" | "onFrame" | "camera"> {
  readonly rtmpPort: number;
  readonly streamKey: string;
  /** Writes the time of capture into each frame, as our studio does. */
  readonly tellsCapture: boolean;
  /** A fixed way through the network: each message is sent so long after it was made. */
  readonly delayMs?: number;
  /** Nothing is sent before; then everything that waits, at once. */
  readonly holdMs?: number;
}

/**
 * The pattern with the burnt-in clock as a studio far away would send it: encoded by a real ffmpeg,
 * each frame's time of capture put into its bitstream, sent late by our own RTMP client. Without
 * B-frames: what comes out of the encoder is in the order of its capture.
 */
export class CapturePublisher {
  /** When each frame left, by the clock that is burnt into it. */
  readonly sentAtMs = new Map<number, number>();
  /** Of the frames that are being encoded, oldest first. */
  readonly #burntMs: number[] = [];
  #frame = 0;
  readonly #flv = new FlvReader();
  readonly #options: CaptureOptions;
  readonly #rtmp: RtmpPublisher;
  #pattern: PatternPublisher | undefined;
  #held: FlvTag[] | undefined;
  readonly #timers = new Set<NodeJS.Timeout>();

  private constructor(options: CaptureOptions, rtmp: RtmpPublisher) {
    this.#options = options;
    this.#rtmp = rtmp;
  }

  static async start(options: CaptureOptions): Promise<CapturePublisher> {
    const rtmp = await RtmpPublisher.publish({ port: options.rtmpPort }, options.streamKey);
    const publisher = new CapturePublisher(options, rtmp);
    publisher.#begin();
    return publisher;
  }

  async stop(): Promise<void> {
    await this.#pattern?.stop();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#rtmp.unpublish();
    this.#rtmp.destroy();
    await this.#rtmp.closed;
  }

  #begin(): void {
    const { rtmpPort: _, streamKey: __, tellsCapture: ___, delayMs, holdMs, ...pattern } = this.#options;
    if (holdMs !== undefined) {
      this.#held = [];
      this.#later(holdMs, () => this.#letGo());
    }
    this.#pattern = PatternPublisher.start({
      ...pattern,
      camera: true,
      url: (flv: Readable) => {
        flv.on("data", (data: Buffer) => {
          for (const tag of this.#flv.push(data)) {
            if (this.#held !== undefined) this.#held.push(tag);
            else if (delayMs === undefined) this.#send(tag);
            else this.#later(delayMs, () => this.#send(tag));
          }
        });
      },
      onFrame: (burntMs) => this.#burntMs.push(burntMs),
    });
  }

  #letGo(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const tag of held) this.#send(tag);
  }

  #later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }

  #send(tag: FlvTag): void {
    if (tag.type !== FLV_VIDEO || tag.body[1] !== AVC_NALUS) {
      this.#rtmp.tag(tag);
      return;
    }
    const burntMs = this.#burntMs.shift();
    const frame = this.#frame++;
    if (burntMs !== undefined) this.sentAtMs.set(burntMs, Date.now());
    const tells = this.#options.tellsCapture && burntMs !== undefined;
    this.#rtmp.tag(tells ? withClock(tag, { captureUs: burntMs * 1_000, frame }) : tag);
  }
}

/** The tag of an AVC frame with its capture clock before the first slice. */
export function withClock(tag: FlvTag, clock: Parameters<typeof captureClockNal>[0]): FlvTag {
  const sei = toLengthPrefixed([captureClockNal(clock)]);
  const { body } = tag;
  return { ...tag, body: Buffer.concat([body.subarray(0, AVC_HEADER), sei, body.subarray(AVC_HEADER)]) };
}
