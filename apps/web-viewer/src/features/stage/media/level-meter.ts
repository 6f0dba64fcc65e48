import { Store } from "@footlight/ui/store.ts";

const INTERVAL_MS = 60;
/** What is quieter shows nothing. */
const FLOOR_DB = -60;

/** 0 to 1 of what a meter shows, from samples between -1 and 1. */
export function levelOf(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i += 1) sum += (samples[i] ?? 0) ** 2;
  const db = 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-12);
  return Math.min(1, Math.max(0, 1 - db / FLOOR_DB));
}

/** How loud a microphone is now. */
export class LevelMeter {
  readonly level = new Store(0);
  readonly #context = new AudioContext();
  readonly #source: MediaStreamAudioSourceNode;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(track: MediaStreamTrack) {
    const analyser = new AnalyserNode(this.#context, { fftSize: 1_024 });
    this.#source = this.#context.createMediaStreamSource(new MediaStream([track]));
    this.#source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.#timer = setInterval(() => {
      // Browsers let sound begin with the person's first touch only.
      if (this.#context.state === "suspended") void this.#context.resume();
      analyser.getFloatTimeDomainData(samples);
      this.level.set(levelOf(samples));
    }, INTERVAL_MS);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#source.disconnect();
    void this.#context.close();
  }
}
