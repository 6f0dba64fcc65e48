import type { SourceSettings } from "../../../model/document.ts";
import type { Guest, Guests } from "../stage-call/guests.ts";
import { covered, TrackFrames } from "../stage-call/track-frames.ts";
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

/** Whoever sits on a seat of the stage; a slate where nobody does, or where their camera is off. */
export class GuestSource implements PictureSource {
  #slate = opaqueCanvas(SLATE);
  #guest: Guest | undefined;
  #frames: TrackFrames | undefined;
  #frame: VideoFrame | undefined;
  #captureMs: number | undefined;
  #version = 0;
  #wanted = false;
  readonly #stop: () => void;

  constructor(
    world: SourceContext,
    private readonly settings: GuestSettings,
    guests: Pick<Guests, "watch">,
  ) {
    this.#stop = guests.watch(settings.seat, (guest) => this.#seat(guest));
    world.report({ state: "live", ...SIZE });
  }

  get size(): Size {
    const frame = this.#frame;
    return frame ? { width: frame.displayWidth, height: frame.displayHeight } : SLATE;
  }

  get version(): number {
    return this.#version;
  }

  get captureMs(): number | undefined {
    return this.#captureMs;
  }

  picture(): CanvasImageSource {
    return this.#frame ?? this.#slate.canvas;
  }

  advance(_moment: FrameMoment): void {}

  update(settings: SourceSettings): boolean {
    return settings.kind === "guest" && settings.seat === this.settings.seat;
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
    if (guest.name !== before?.name) this.#paint(guest.name);
    if (guest.camera !== before?.camera) this.#follow();
  }

  #follow(): void {
    this.#frames?.close();
    this.#frames = undefined;
    const track = this.#guest?.camera ?? null;
    if (track === null) this.#show(undefined);
    else if (this.#wanted) this.#frames = new TrackFrames(track, (frame) => this.#show(covered(frame, SIZE)));
  }

  #show(frame: VideoFrame | undefined): void {
    this.#frame?.close();
    this.#frame = frame;
    this.#captureMs = frame && Date.now();
    this.#version += 1;
  }

  /** Calm, for an audience may see it: whose place it is. */
  #paint(name: string): void {
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
