import { OPUS_RATE } from "@footlight/protocols/opus/opus.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import type { PublishLease } from "../../stream/publish.ts";
import { OPUS_TRACK } from "../opus-track.ts";
import { Mixer } from "./mixer.ts";
import type { StageVoices, VoicesTap } from "./stage-voices.ts";
import { STILL_FPS, type Still } from "./still.ts";
import { Voices } from "./voices.ts";

const TICK_MS = 20;
const FRAME90K = 90_000 / STILL_FPS;
/** What a voice needs to come through the mix; its times say so, that sound comes when it is due. */
const SOUND_LAG90K = 12_000;
/** A mixer that died is started anew, but not in a circle. */
const MIXER_AGAIN_MS = 500;

export interface SlateDeps {
  readonly lease: PublishLease;
  /** Its end. */
  readonly until: AbortSignal;
  readonly still: Still;
  readonly voices: StageVoices;
  /** The most voices that are heard together. */
  readonly places: number;
  readonly ffmpegPath: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A still picture and the guests' voices, in real time. */
export class Slate {
  /** Settles when nothing of it runs any more. Never rejects. */
  readonly done: Promise<void>;
  readonly #voices: Voices;
  readonly #beganMs: number;
  readonly #timer: NodeJS.Timeout;
  #frames = 0;
  #mixer: Mixer | undefined;
  #mixerNotBeforeMs = Number.NEGATIVE_INFINITY;
  #tap: VoicesTap | undefined;
  #tapping = false;

  constructor(private readonly deps: SlateDeps) {
    const { lease, until, still, clock } = deps;
    this.#voices = new Voices(deps.places);
    this.#beganMs = clock.monotonicMs();
    lease.setTracks({ video: still.track, audio: OPUS_TRACK, expectsVideo: true, expectsAudio: true });
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.done = new Promise((resolve) => {
      const end = () => resolve(this.#end());
      if (until.aborted) end();
      else until.addEventListener("abort", end, { once: true });
    });
    this.listen();
  }

  /** The stage may have media again, or others. */
  listen(): void {
    const { lease, until, voices } = this.deps;
    const hears = this.#tap !== undefined && !this.#tap.closed.aborted;
    if (hears || this.#tapping || until.aborted) return;
    this.#tapping = true;
    voices
      .tap(lease.streamId, {
        rtp: (voice, packet) => this.#voices.rtp(voice, packet, this.deps.clock.monotonicMs()),
        left: (voice) => this.#voices.left(voice),
      })
      .then(
        (tap) => {
          this.#tap = tap;
          if (until.aborted) tap?.close();
        },
        (error: unknown) => this.deps.logger.warn({ err: error }, "the guests cannot be heard now"),
      )
      .finally(() => {
        this.#tapping = false;
      });
  }

  #tick(): void {
    const { lease, still, clock } = this.deps;
    const nowMs = clock.monotonicMs() - this.#beganMs;
    for (; (this.#frames * 1_000) / STILL_FPS <= nowMs; this.#frames += 1) {
      const place = this.#frames % still.frames.length;
      const at90k = this.#frames * FRAME90K;
      const data = still.frames[place] as Uint8Array;
      lease.push({ kind: "video", dts90k: at90k, pts90k: at90k, keyframe: place === 0, data });
    }
    const pieces = this.#voices.take((nowMs * OPUS_RATE) / 1_000);
    this.#mixer ??= this.#startMixer();
    this.#mixer?.push(pieces);
  }

  #startMixer(): Mixer | undefined {
    const { ffmpegPath, places, lease, clock, logger } = this.deps;
    if (clock.monotonicMs() < this.#mixerNotBeforeMs) return undefined;
    this.#mixerNotBeforeMs = clock.monotonicMs() + MIXER_AGAIN_MS;
    const mixer = new Mixer({
      ffmpegPath,
      places,
      onOpus: (pts90k, data) => {
        const at90k = pts90k + SOUND_LAG90K;
        // The first packets of a mixer are its encoder's start.
        if (this.#mixer === mixer && at90k >= 0) {
          lease.push({ kind: "audio", dts90k: at90k, pts90k: at90k, keyframe: true, data });
        }
      },
    });
    void mixer.exited.then(({ code, signal, stderr }) => {
      if (this.#mixer !== mixer) return;
      this.#mixer = undefined;
      logger.warn({ code, signal, stderr: stderr.slice(-500) }, "the mixer ended and is started anew");
    });
    return mixer;
  }

  async #end(): Promise<void> {
    clearInterval(this.#timer);
    this.#tap?.close();
    const mixer = this.#mixer;
    this.#mixer = undefined;
    await mixer?.stop();
  }
}
