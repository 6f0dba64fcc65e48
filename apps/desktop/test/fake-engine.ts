import { MessageChannel, type MessagePort } from "node:worker_threads";
import type { EncodeSettings, FromEngine, ToEngine } from "../src/contract/media-port.ts";

const SAMPLE_RATE = 48_000;
/** As an AudioWorklet's blocks come to the port: ten of 128. */
const BLOCK_SAMPLES = 1_280;
const TICK_MS = 8;
/** Raw pictures that the encoder has not taken: the real engine lets three wait. */
const MAX_IN_FLIGHT = 3;
/** Each full second begins with a bright picture and a beep of so long. */
const FLASH_US = 100_000;

/**
 * The engine's side of the media port, for tests without Electron: moving grey pictures as I420, and sound, in real
 * time over a real MessagePort. Each full second of media time flashes and beeps.
 */
export class FakeEngine {
  /** What the encoder's side reads and writes. */
  readonly port: MessagePort;
  readonly #own: MessagePort;
  readonly #encodes = new Map<string, { settings: EncodeSettings; nextFrame: number; inFlight: number }>();
  readonly #timer: NodeJS.Timeout;
  readonly #beganMs = performance.now();
  #tracks: readonly number[] = [];
  #nextSample = 0;
  /** Every message of the encoder's. */
  readonly asked: ToEngine[] = [];
  /** Numbers of the raw frames that were given to an encode. */
  readonly given = new Map<string, number[]>();

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#own = port1;
    this.port = port2;
    this.#own.on("message", (message: ToEngine) => this.#onMessage(message));
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#own.close();
  }

  get #nowUs(): number {
    return (performance.now() - this.#beganMs) * 1000;
  }

  #onMessage(message: ToEngine): void {
    this.asked.push(message);
    switch (message.kind) {
      case "encode": {
        const nextFrame = Math.ceil((this.#nowUs * message.settings.fps) / 1e6);
        this.#encodes.set(message.settings.id, { settings: message.settings, nextFrame, inFlight: 0 });
        return;
      }
      case "stop":
        this.#encodes.delete(message.encode);
        return;
      case "taken": {
        const encode = this.#encodes.get(message.encode);
        if (encode !== undefined) encode.inFlight -= 1;
        return;
      }
      case "tracks":
        if (this.#tracks.length === 0) this.#nextSample = Math.ceil((this.#nowUs * SAMPLE_RATE) / 1e6);
        this.#tracks = message.tracks;
        return;
      default:
        return;
    }
  }

  #post(message: FromEngine): void {
    this.#own.postMessage(message);
  }

  #tick(): void {
    for (const encode of this.#encodes.values()) {
      for (;;) {
        const { settings, nextFrame } = encode;
        const ptsUs = Math.round((nextFrame * 1e6) / settings.fps);
        if (ptsUs > this.#nowUs) break;
        encode.nextFrame += 1;
        if (encode.inFlight >= MAX_IN_FLIGHT) {
          this.#post({ kind: "dropped", encode: settings.id, cause: "encode", frames: 1 });
          continue;
        }
        encode.inFlight += 1;
        const perGrid = (settings.keyframeIntervalMs * settings.fps) / 1000;
        this.given.set(settings.id, [...(this.given.get(settings.id) ?? []), nextFrame]);
        this.#post({
          kind: "raw",
          encode: settings.id,
          ptsUs,
          key: nextFrame % perGrid === 0,
          data: picture(settings, ptsUs, nextFrame),
          captureMs: Date.now(),
        });
      }
    }
    while (this.#tracks.length > 0 && (this.#nextSample * 1e6) / SAMPLE_RATE <= this.#nowUs) {
      const ptsUs = Math.round((this.#nextSample * 1e6) / SAMPLE_RATE);
      for (const track of this.#tracks) {
        this.#post({ kind: "sound", track, ptsUs, samples: tone(this.#nextSample) });
      }
      this.#nextSample += BLOCK_SAMPLES;
    }
  }
}

/** Costly to code, so that a bitrate is met. */
const NOISE = Uint8Array.from(
  { length: 1 << 20 },
  (_, at) => 64 + ((Math.imul(at + 1, 2_654_435_761) >>> 16) & 63),
);

/** Noise that jumps about, and white all over in the first tenth of each second. */
function picture({ width, height }: EncodeSettings, ptsUs: number, frame: number): Uint8Array {
  const luma = width * height;
  const data = new Uint8Array((luma * 3) / 2).fill(128);
  const from = Math.imul(frame, 7_919) % (NOISE.length - luma);
  if (ptsUs % 1e6 < FLASH_US) data.fill(235, 0, luma);
  else data.set(NOISE.subarray(from, from + luma));
  return data;
}

/** 1 kHz in the first tenth of each second. */
function tone(firstSample: number): Float32Array {
  const samples = new Float32Array(BLOCK_SAMPLES * 2);
  for (let at = 0; at < BLOCK_SAMPLES; at += 1) {
    const sample = firstSample + at;
    const beeps = (sample % SAMPLE_RATE) / SAMPLE_RATE < FLASH_US / 1e6;
    const value = beeps ? 0.5 * Math.sin((2 * Math.PI * 1_000 * sample) / SAMPLE_RATE) : 0;
    samples[at * 2] = value;
    samples[at * 2 + 1] = value;
  }
  return samples;
}
