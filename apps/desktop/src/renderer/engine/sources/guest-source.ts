import type { SourceSettings } from "../../../model/document.ts";
import type { Guest, Guests } from "../stage-call/guests.ts";
import { covered, TrackFrames } from "../stage-call/track-frames.ts";
import { GuestPaint, type Plate } from "./guest-paint.ts";
import {
  type FrameMoment,
  opaqueCanvas,
  type PictureSource,
  type Size,
  type SourceContext,
} from "./picture-source.ts";

type GuestSettings = Extract<SourceSettings, { kind: "guest" }>;

/** A guest's picture always has this shape, whatever their camera's is, so that no scene is put out of order. */
const SIZE: Size = { width: 1280, height: 720 };
const SLATE: Size = { width: 640, height: 360 };

/**
 * Whoever sits on a seat of the stage: their camera, or a slate where nobody does or it is off; or the screen that they
 * share, and nothing where they share none.
 */
export class GuestSource implements PictureSource {
  #slate = opaqueCanvas(SLATE);
  readonly #paint = new GuestPaint();
  #painted: OffscreenCanvas | undefined;
  #guest: Guest | undefined;
  #frames: TrackFrames | undefined;
  #frame: VideoFrame | undefined;
  #captureMs: number | undefined;
  #version = 0;
  #wanted = false;
  readonly #stop: () => void;

  constructor(
    world: SourceContext,
    private settings: GuestSettings,
    guests: Pick<Guests, "watch">,
  ) {
    this.#stop = guests.watch(settings.seat, (guest) => this.#seat(guest));
    world.report({ state: "live", ...SIZE });
  }

  get size(): Size | undefined {
    const frame = this.#frame;
    if (frame === undefined) return this.#isScreen ? undefined : SLATE;
    return this.#painted ?? { width: frame.displayWidth, height: frame.displayHeight };
  }

  get version(): number {
    return this.#version;
  }

  get captureMs(): number | undefined {
    return this.#captureMs;
  }

  picture(): CanvasImageSource | undefined {
    return this.#painted ?? this.#frame ?? (this.#isScreen ? undefined : this.#slate.canvas);
  }

  advance(_moment: FrameMoment): void {}

  update(settings: SourceSettings): boolean {
    const { seat, shows } = this.settings;
    if (settings.kind !== "guest" || settings.seat !== seat || settings.shows !== shows) return false;
    this.settings = settings;
    this.#draw();
    return true;
  }

  setWanted(wanted: boolean): void {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    this.#follow();
  }

  close(): void {
    this.#stop();
    this.#frames?.close();
    this.#show(undefined);
  }

  #seat(guest: Guest): void {
    const before = this.#guest;
    this.#guest = guest;
    if (guest.name !== before?.name) {
      this.#paintSlate(guest.name);
      this.#draw();
    }
    if (before === undefined || this.#trackOf(guest) !== this.#trackOf(before)) this.#follow();
  }

  get #isScreen(): boolean {
    return this.settings.shows === "screen";
  }

  #trackOf(guest: Guest | undefined): MediaStreamTrack | null {
    return (this.#isScreen ? guest?.screen : guest?.camera) ?? null;
  }

  #follow(): void {
    this.#frames?.close();
    this.#frames = undefined;
    const track = this.#trackOf(this.#guest);
    const take = (frame: VideoFrame) => this.#show(this.#isScreen ? frame : covered(frame, SIZE));
    if (track === null) this.#show(undefined);
    else if (this.#wanted) this.#frames = new TrackFrames(track, take);
  }

  #show(frame: VideoFrame | undefined): void {
    this.#frame?.close();
    this.#frame = frame;
    this.#captureMs = frame && Date.now();
    this.#draw();
  }

  /** Only where the frame alone is not what shall be seen. */
  #draw(): void {
    this.#version += 1;
    const frame = this.#frame;
    const { plate } = this.settings;
    this.#painted =
      frame && (this.#isScreen || plate !== "none")
        ? this.#paint.paint(frame, this.#version, SIZE, this.#plate)
        : undefined;
  }

  get #plate(): Plate | undefined {
    const { plate } = this.settings;
    return plate === "none" ? undefined : { name: this.#guest?.name ?? "", at: plate };
  }

  /** Calm, for an audience may see it: whose place it is. */
  #paintSlate(name: string): void {
    const { width, height } = SLATE;
    const paint = this.#slate;
    const shade = paint.createLinearGradient(0, 0, 0, height);
    shade.addColorStop(0, "#26211e");
    shade.addColorStop(1, "#171412");
    paint.fillStyle = shade;
    paint.fillRect(0, 0, width, height);
    paint.fillStyle = "#3d352f";
    paint.beginPath();
    paint.arc(width / 2, height * 0.4, height * 0.13, 0, 2 * Math.PI);
    paint.fill();
    paint.beginPath();
    paint.ellipse(width / 2, height * 0.78, height * 0.26, height * 0.2, 0, Math.PI, 0);
    paint.fill();
    paint.fillStyle = "#cfc3b8";
    paint.font = '600 26px "Inter Variable", sans-serif';
    paint.textAlign = "center";
    paint.fillText(name || `Guest ${this.settings.seat}`, width / 2, height * 0.91, width * 0.9);
    this.#version += 1;
  }
}
