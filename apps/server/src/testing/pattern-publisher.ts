import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { CODE_AREA, CODE_CELLS, encodeClock } from "./clock-code.ts";

const SAMPLE_RATE = 48_000;
/** A white flash and a beep of this length, on each full second of media time. */
const FLASH_S = 0.1;

export interface PatternOptions {
  readonly ffmpegPath: string;
  /** Where ffmpeg writes, e.g. `rtmp://127.0.0.1:1935/live/KEY`; or who takes its FLV. */
  readonly url: string | ((flv: Readable) => void);
  readonly width?: number;
  readonly height?: number;
  readonly fps?: number;
  /** ffmpeg's arguments for the encoders, instead of a zero-latency x264 with a 2 s GOP and AAC. */
  readonly encoderArgs?: readonly string[];
  readonly sound?: boolean;
  /**
   * How far the sound is ahead of its time. AAC takes two frames to begin and a third to end, and ffmpeg's
   * muxer waits for it with the picture: below some 80 ms pictures leave up to 50 ms later than they could.
   */
  readonly soundAheadMs?: number;
  /** Noise that fills the bitrate; without it the picture is easy to code. */
  readonly noise?: boolean;
  /** Burns in when a frame was due, as a camera would, not when a busy machine came to draw it. */
  readonly camera?: boolean;
  /** Each frame, with the wall clock that is burnt into it. */
  readonly onFrame?: (burntMs: number) => void;
}

/**
 * Publishes a picture made here in real time through a real ffmpeg: the wall clock of each frame's
 * making burnt in (clock-code.ts), something that moves, a flash and a beep each second.
 */
export class PatternPublisher {
  readonly exited: Promise<number | null>;
  readonly #timer: NodeJS.Timeout;
  readonly #startedMs = performance.now();
  readonly #startedAtMs = Date.now();
  readonly #texture: Uint8Array;
  readonly #width: number;
  readonly #height: number;
  readonly #fps: number;
  readonly #camera: boolean;
  readonly #soundAheadS: number;
  readonly #onFrame: PatternOptions["onFrame"];
  #frames = 0;
  #samples = 0;
  /** ffmpeg's own words, newest last, for a failed test. */
  stderr = "";

  private constructor(
    private readonly child: ChildProcess,
    options: PatternOptions,
  ) {
    this.#width = options.width ?? 640;
    this.#height = options.height ?? 360;
    this.#fps = options.fps ?? 30;
    this.#onFrame = options.onFrame;
    this.#camera = options.camera ?? false;
    this.#soundAheadS = (options.soundAheadMs ?? 20) / 1_000;
    this.#texture = texture(this.#width * 2, this.#height, options.noise ?? false);
    this.exited = new Promise((resolve) => {
      child.once("exit", (code) => resolve(code));
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      this.stderr = (this.stderr + chunk.toString()).slice(-4_000);
    });
    // A publisher that was refused closes its pipes; its exit code tells.
    child.stdin?.on("error", () => {});
    (child.stdio[3] as Writable | null | undefined)?.on("error", () => {});
    this.#timer = setInterval(() => this.#catchUp(), 4);
  }

  static start(options: PatternOptions): PatternPublisher {
    const { width = 640, height = 360, fps = 30, sound = true } = options;
    const { url } = options;
    const gop = String(Math.round(fps * 2));
    const encode = options.encoderArgs ?? [
      ...["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-b:v", "1500k", "-g", gop],
      ...["-keyint_min", gop, "-sc_threshold", "0", "-pix_fmt", "yuv420p"],
      ...(sound ? ["-c:a", "aac", "-b:a", "96k"] : []),
    ];
    const input = ["-probesize", "32", "-analyzeduration", "0", "-thread_queue_size", "64"];
    const args = [
      ...["-hide_banner", "-loglevel", "warning"],
      ...[...input, "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", `${width}x${height}`, "-r", String(fps)],
      ...["-i", "pipe:0"],
      ...(sound ? [...input, "-f", "s16le", "-ar", String(SAMPLE_RATE), "-ac", "2", "-i", "pipe:3"] : []),
      ...[...encode, "-f", "flv", "-flush_packets", "1", typeof url === "string" ? url : "pipe:1"],
    ];
    const child = spawn(options.ffmpegPath, args, {
      stdio: [
        "pipe",
        typeof url === "string" ? "ignore" : "pipe",
        "pipe",
        ...(sound ? (["pipe"] as const) : []),
      ],
    });
    if (typeof url !== "string") url(child.stdout as Readable);
    return new PatternPublisher(child, options);
  }

  /** Cuts the connection as a pulled cable would, without goodbye. */
  kill(): Promise<number | null> {
    clearInterval(this.#timer);
    this.child.kill("SIGKILL");
    return this.exited;
  }

  /** Ends the broadcast as an encoder does. */
  async stop(): Promise<number | null> {
    clearInterval(this.#timer);
    this.child.stdin?.end();
    (this.child.stdio[3] as Writable | null | undefined)?.end();
    const deadline = setTimeout(() => this.child.kill("SIGKILL"), 3_000);
    const code = await this.exited;
    clearTimeout(deadline);
    return code;
  }

  #catchUp(): void {
    const elapsedS = (performance.now() - this.#startedMs) / 1_000;
    const stdin = this.child.stdin;
    if (stdin === null || stdin.destroyed) return;
    const sound = this.child.stdio[3] as Writable | null | undefined;
    while (sound && this.#samples < (elapsedS + this.#soundAheadS) * SAMPLE_RATE) this.#writeSound(sound);
    while (this.#frames / this.#fps <= elapsedS) {
      // A stalled ffmpeg must not fill our memory: its frames are left out, time goes on.
      if (stdin.writableLength < 20_000_000) stdin.write(this.#frame());
      this.#frames += 1;
    }
  }

  #writeSound(sound: Writable): void {
    const count = 480;
    const block = Buffer.alloc(count * 4);
    for (let i = 0; i < count; i += 1) {
      const at = this.#samples + i;
      const inBeep = at % SAMPLE_RATE < FLASH_S * SAMPLE_RATE;
      const value = inBeep ? Math.round(12_000 * Math.sin((2 * Math.PI * 1_000 * at) / SAMPLE_RATE)) : 0;
      block.writeInt16LE(value, i * 4);
      block.writeInt16LE(value, i * 4 + 2);
    }
    this.#samples += count;
    sound.write(block);
  }

  #frame(): Buffer {
    const width = this.#width;
    const height = this.#height;
    const frame = Buffer.alloc((width * height * 3) / 2, 128);
    const shift = (this.#frames * 2) % width;
    for (let y = 0; y < height; y += 1) {
      frame.set(this.#texture.subarray(y * width * 2 + shift, y * width * 2 + shift + width), y * width);
    }
    const flash = (this.#frames / this.#fps) % 1 < FLASH_S - 1e-9;
    frame.fill(flash ? 235 : 16, Math.floor(height * 0.8) * width, width * height);
    const dueMs = this.#startedAtMs + Math.round((this.#frames * 1_000) / this.#fps);
    const burntMs = this.#camera ? dueMs : Date.now();
    drawClock(frame, width, height, burntMs);
    this.#onFrame?.(burntMs);
    return frame;
  }
}

function drawClock(luma: Buffer, width: number, height: number, timeMs: number): void {
  const top = Math.floor(CODE_AREA.top * height);
  const bottom = Math.ceil((CODE_AREA.top + CODE_AREA.height) * height);
  const left = CODE_AREA.left * width;
  const cell = (CODE_AREA.width * width) / CODE_CELLS;
  const cells = encodeClock(timeMs);
  for (let y = top; y < bottom; y += 1) {
    cells.forEach((white, i) => {
      luma.fill(
        white ? 235 : 16,
        y * width + Math.round(left + i * cell),
        y * width + Math.round(left + (i + 1) * cell),
      );
    });
  }
}

function texture(width: number, height: number, noise: boolean): Uint8Array {
  let seed = 7;
  const plane = new Uint8Array(width * height);
  for (let i = 0; i < plane.length; i += 1) {
    seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
    const smooth = 90 + 60 * Math.sin((i % width) / 23) * Math.cos(Math.floor(i / width) / 19);
    plane[i] = noise ? 64 + ((seed >> 16) & 127) : smooth;
  }
  return plane;
}
