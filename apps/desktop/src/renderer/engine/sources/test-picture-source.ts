import type { SourceSettings } from "../../../model/document.ts";
import { clockCells, ROW_AREA, ROW_CELLS } from "./clock-row.ts";
import { type FrameMoment, opaqueCanvas, PaintedSource, type SourceContext } from "./picture-source.ts";

const BARS = ["#bfbfbf", "#bfbf00", "#00bfbf", "#00bf00", "#bf00bf", "#bf0000", "#0000bf"];
const HAND_TURN_MS = 4_000;

/** Bars, a turning hand and a running clock, also as cells that a machine can read. */
export class TestPictureSource extends PaintedSource {
  readonly #bars: OffscreenCanvas;
  #wallMs: number | undefined;

  constructor(world: SourceContext) {
    super(world);
    const bars = opaqueCanvas(world.canvas);
    this.#paintBars(bars);
    this.#bars = bars.canvas;
    this.context = opaqueCanvas(world.canvas);
    this.context.drawImage(this.#bars, 0, 0);
    this.painted();
  }

  override get captureMs(): number | undefined {
    return this.#wallMs;
  }

  override update(settings: SourceSettings): boolean {
    return settings.kind === "test-picture";
  }

  override advance({ wallMs }: FrameMoment): void {
    const { context } = this;
    if (context === undefined) return;
    this.#wallMs = Math.round(wallMs);
    this.#paintRow(context, this.#wallMs);
    this.#paintHand(context, wallMs);
    this.#paintClock(context, this.#wallMs);
    this.painted();
  }

  #paintBars(context: OffscreenCanvasRenderingContext2D): void {
    const { width, height } = context.canvas;
    BARS.forEach((colour, bar) => {
      context.fillStyle = colour;
      const left = Math.round((width * bar) / BARS.length);
      context.fillRect(left, 0, Math.ceil(width / BARS.length) + 1, height * 0.75);
    });
    const ramp = context.createLinearGradient(0, 0, width, 0);
    ramp.addColorStop(0, "#000000");
    ramp.addColorStop(1, "#ffffff");
    context.fillStyle = ramp;
    context.fillRect(0, height * 0.75, width, height * 0.25);
  }

  #paintRow(context: OffscreenCanvasRenderingContext2D, wallMs: number): void {
    const { width, height } = context.canvas;
    const cell = (width * ROW_AREA.width) / ROW_CELLS;
    const top = Math.round(height * ROW_AREA.top);
    const tall = Math.round(height * ROW_AREA.height);
    context.fillStyle = "#000000";
    context.fillRect(Math.round(width * ROW_AREA.left), top, Math.ceil(width * ROW_AREA.width), tall);
    context.fillStyle = "#ffffff";
    clockCells(wallMs).forEach((white, i) => {
      const left = Math.round(width * ROW_AREA.left + i * cell);
      const right = Math.round(width * ROW_AREA.left + (i + 1) * cell);
      if (white) context.fillRect(left, top, right - left, tall);
    });
  }

  #paintHand(context: OffscreenCanvasRenderingContext2D, wallMs: number): void {
    const { width, height } = context.canvas;
    const radius = height * 0.16;
    const [x, y] = [width / 2, height * 0.45];
    // Edges that are smoothed again and again in the same place become jagged.
    const [left, top, side] = [
      Math.floor(x - radius) - 1,
      Math.floor(y - radius) - 1,
      Math.ceil(2 * radius) + 3,
    ];
    context.drawImage(this.#bars, left, top, side, side, left, top, side, side);
    const turn = ((wallMs % HAND_TURN_MS) / HAND_TURN_MS) * 2 * Math.PI;
    context.fillStyle = "#101014";
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
    context.strokeStyle = "#ffffff";
    context.lineWidth = Math.max(2, height / 90);
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x + Math.sin(turn) * radius * 0.85, y - Math.cos(turn) * radius * 0.85);
    context.stroke();
  }

  #paintClock(context: OffscreenCanvasRenderingContext2D, wallMs: number): void {
    const { width, height } = context.canvas;
    const tall = Math.round(height * 0.13);
    const top = Math.round(height * 0.66);
    const wide = Math.round(height * 0.9);
    const left = Math.round((width - wide) / 2);
    context.fillStyle = "#101014";
    context.fillRect(left, top, wide, tall);
    context.fillStyle = "#ffffff";
    context.font = `600 ${Math.round(tall * 0.75)}px ui-monospace, monospace`;
    context.textBaseline = "middle";
    context.textAlign = "center";
    const date = new Date(wallMs);
    const two = (value: number) => String(value).padStart(2, "0");
    const text = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(wallMs % 1_000).padStart(3, "0")}`;
    context.fillText(text, width / 2, top + tall / 2, wide);
  }
}
