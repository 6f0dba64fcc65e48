import { FlvReader } from "@footlight/protocols/flv/flv-file.ts";
import { parseVideoTag } from "@footlight/protocols/flv/video-tag.ts";
import { matroskaFrameHeader } from "@footlight/protocols/matroska/live-muxer.ts";
import { rawPictureHeader } from "@footlight/protocols/matroska/raw-media.ts";
import type { EncodeSettings } from "../../contract/media-port.ts";
import { encodeArguments, hardwareArguments } from "../ffmpeg/encoder-arguments.ts";
import { type FfmpegExit, FfmpegProcess } from "../ffmpeg/ffmpeg-process.ts";

const FLV_VIDEO = 9;
/** FLV knows no negative times, and B-frames are decoded before they are shown. */
const HEADROOM_US = 10_000_000;

export interface RawPicture {
  readonly ptsUs: number;
  readonly captureMs: number;
  /** I420, tightly packed. */
  readonly data: Uint8Array;
}

export interface CodedPicture {
  readonly ptsUs: number;
  readonly dtsUs: number;
  readonly captureMs: number;
  readonly key: boolean;
  /** With 4-byte lengths. */
  readonly data: Uint8Array;
  /** AVCDecoderConfigurationRecord. */
  readonly config: Buffer;
}

/** One ffmpeg that makes H.264 of raw pictures, from its first one to its end. */
export class PictureRun {
  readonly exited: Promise<FfmpegExit>;
  /** Pictures that came out. */
  produced = 0;
  readonly #process: FfmpegProcess;
  readonly #reader = new FlvReader();
  readonly #onPicture: (picture: CodedPicture) => void;
  /** Those that are in the encoder, oldest first. */
  #inside: { readonly ptsUs: number; readonly captureMs: number }[] = [];
  #config: Buffer | undefined;
  #progressMs = 0;

  constructor(of: {
    readonly path: string;
    readonly settings: EncodeSettings;
    readonly bitrateBps: number;
    /** Of the first picture that will be pushed. */
    readonly firstUs: number;
    readonly onPicture: (picture: CodedPicture) => void;
  }) {
    const { settings } = of;
    this.#onPicture = of.onPicture;
    const args = [
      ...hardwareArguments(settings.encoder as Exclude<EncodeSettings["encoder"], "webcodecs">),
      // Nothing is to be found out: the header says all.
      ...["-probesize", "32", "-analyzeduration", "0", "-f", "matroska", "-i", "pipe:0"],
      ...encodeArguments(settings, of.bitrateBps, of.firstUs / 1e6),
      ...["-flush_packets", "1", "-f", "flv", "-flvflags", "no_duration_filesize", "pipe:1"],
    ];
    this.#process = new FfmpegProcess(of.path, args, (data) => this.#onData(data));
    this.exited = this.#process.exited;
    this.#process.write(rawPictureHeader(settings));
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get inside(): number {
    return this.#inside.length;
  }

  /** How long something has been inside without anything coming out. */
  get waitsMs(): number {
    return this.#inside.length === 0 ? 0 : performance.now() - this.#progressMs;
  }

  /** `onTaken` when ffmpeg has it. */
  push({ ptsUs, captureMs, data }: RawPicture, onTaken: () => void): void {
    if (this.#inside.length === 0) this.#progressMs = performance.now();
    this.#inside.push({ ptsUs, captureMs });
    this.#process.write(matroskaFrameHeader(1, ptsUs + HEADROOM_US, true, data.byteLength));
    this.#process.write(data, onTaken);
  }

  /** What is inside comes out, then it ends. */
  end(): Promise<FfmpegExit> {
    return this.#process.end();
  }

  kill(): void {
    this.#process.kill("SIGKILL");
  }

  #onData(data: Buffer): void {
    for (const { type, timestamp, body } of this.#reader.push(data)) {
      const tag = type === FLV_VIDEO ? parseVideoTag(body) : undefined;
      if (tag?.kind === "config") this.#config = Buffer.from(tag.config);
      if (tag?.kind !== "frame" || this.#config === undefined) continue;
      const compositionUs = tag.compositionMs * 1000;
      const from = this.#take((timestamp + tag.compositionMs) * 1000 - HEADROOM_US);
      if (from === undefined) continue;
      this.produced += 1;
      this.#progressMs = performance.now();
      this.#onPicture({
        ...from,
        dtsUs: from.ptsUs - compositionUs,
        key: tag.keyframe,
        data: tag.data,
        config: this.#config,
      });
    }
  }

  /** The picture that went in with this time: FLV's are whole milliseconds. */
  #take(ptsUs: number): { readonly ptsUs: number; readonly captureMs: number } | undefined {
    const distance = (at: number): number => Math.abs((this.#inside[at]?.ptsUs ?? 0) - ptsUs);
    let nearest = 0;
    for (let at = 1; at < this.#inside.length; at += 1) if (distance(at) < distance(nearest)) nearest = at;
    return this.#inside.splice(nearest, 1)[0];
  }
}
