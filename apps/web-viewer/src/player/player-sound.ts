import type { PlayerMemory } from "./memory.ts";

type Sounding = Pick<HTMLVideoElement, "volume" | "muted">;

/** How loud the stream is, whichever element plays it. */
export class PlayerSound {
  volume: number;
  muted: boolean;

  constructor(
    private readonly memory: PlayerMemory,
    startMuted: boolean,
  ) {
    const kept = memory.volume();
    this.volume = kept.volume;
    this.muted = kept.muted || startMuted;
  }

  choose(video: Sounding | null, { volume = this.volume, muted = this.muted }: Partial<Sounding>): void {
    this.volume = Math.min(1, Math.max(0, volume));
    this.muted = muted;
    if (video) this.applyTo(video);
    this.memory.keepVolume(this.volume, this.muted);
  }

  applyTo(video: Sounding): void {
    video.volume = this.volume;
    video.muted = this.muted;
  }

  /** The browser or the system changed it. */
  takeFrom({ volume, muted }: Sounding): void {
    this.volume = volume;
    this.muted = muted;
  }

  get facts(): { readonly volume: number; readonly muted: boolean } {
    return { volume: this.volume, muted: this.muted };
  }
}
