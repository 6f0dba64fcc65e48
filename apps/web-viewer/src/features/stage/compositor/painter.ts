import type { Place } from "@footlight/realtime/stage/layouts.ts";
import { tintOf } from "@footlight/ui/avatar.tsx";
import { fitInto } from "./fit.ts";
import type { FrameSource } from "./frame-source.ts";

/** A place with what is in it. */
export interface Painted extends Place {
  readonly name: string;
  readonly frame: FrameSource["frame"];
}

const BACKGROUND = "#120e0c";
const TINTS = ["#5b2a1c", "#5a3a12", "#46401a", "#2b4630", "#1f4048", "#43304f"] as const;
const FONT = '"Inter Variable", system-ui, sans-serif';
const RADIUS = 12;

/** The stage as viewers get it: pictures with names, or a slate where there is nobody. */
export function paintStage(
  paint: CanvasRenderingContext2D,
  painted: readonly Painted[],
  slate: { readonly title: string; readonly text: string },
): void {
  const { width, height } = paint.canvas;
  paint.fillStyle = BACKGROUND;
  paint.fillRect(0, 0, width, height);
  if (painted.length === 0) paintSlate(paint, slate);
  for (const item of painted) paintItem(paint, item, painted.length > 1);
}

function paintItem(paint: CanvasRenderingContext2D, item: Painted, isFramed: boolean): void {
  paint.save();
  paint.beginPath();
  paint.roundRect(item.x, item.y, item.width, item.height, isFramed ? RADIUS : 0);
  paint.clip();
  const { frame } = item;
  if (frame === null) paintInitial(paint, item);
  else {
    if (item.fit === "contain") {
      paint.fillStyle = "#000";
      paint.fillRect(item.x, item.y, item.width, item.height);
    }
    const { from, to } = fitInto(item, frame.width, frame.height);
    paint.drawImage(frame.image, from.x, from.y, from.width, from.height, to.x, to.y, to.width, to.height);
  }
  paintName(paint, item);
  paint.restore();
}

function paintInitial(paint: CanvasRenderingContext2D, { x, y, width, height, name }: Painted): void {
  paint.fillStyle = "#271d18";
  paint.fillRect(x, y, width, height);
  const radius = Math.min(width, height) * 0.22;
  paint.fillStyle = TINTS[tintOf(name)] ?? BACKGROUND;
  paint.beginPath();
  paint.arc(x + width / 2, y + height / 2, radius, 0, 2 * Math.PI);
  paint.fill();
  write(paint, [...name][0]?.toUpperCase() ?? "?", x + width / 2, y + height / 2, radius, "center");
}

function paintName(paint: CanvasRenderingContext2D, { x, y, width, height, name }: Painted): void {
  const size = Math.round(Math.min(26, Math.max(13, height * 0.06)));
  paint.font = `600 ${size}px ${FONT}`;
  const pad = size * 0.6;
  const room = width - 4 * pad;
  const shown = shorten(name, (text) => paint.measureText(text).width <= room);
  if (shown === "") return;
  const box = { width: paint.measureText(shown).width + 2 * pad, height: size * 1.7 };
  const left = x + pad;
  const top = y + height - box.height - pad;
  paint.fillStyle = "rgb(8 5 4 / 72%)";
  paint.beginPath();
  paint.roundRect(left, top, box.width, box.height, box.height / 2);
  paint.fill();
  write(paint, shown, left + pad, top + box.height / 2, size, "left");
}

function paintSlate(paint: CanvasRenderingContext2D, { title, text }: { title: string; text: string }): void {
  const { width, height } = paint.canvas;
  const glow = paint.createRadialGradient(width / 2, height, 0, width / 2, height, height);
  glow.addColorStop(0, "rgb(255 179 71 / 45%)");
  glow.addColorStop(1, "rgb(255 179 71 / 0%)");
  paint.fillStyle = glow;
  paint.fillRect(0, 0, width, height);
  write(paint, title, width / 2, height * 0.46, Math.round(height * 0.075), "center");
  write(paint, text, width / 2, height * 0.56, Math.round(height * 0.036), "center");
}

function write(
  paint: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  size: number,
  align: CanvasTextAlign,
): void {
  paint.font = `600 ${Math.round(size)}px ${FONT}`;
  paint.fillStyle = "#f8efe6";
  paint.textAlign = align;
  paint.textBaseline = "middle";
  paint.fillText(text, x, y, paint.canvas.width * 0.9);
}

/** As much of a name as there is room for. */
export function shorten(name: string, fits: (text: string) => boolean): string {
  if (fits(name)) return name;
  const letters = [...name];
  while (letters.length > 1) {
    letters.pop();
    const text = `${letters.join("").trimEnd()}…`;
    if (fits(text)) return text;
  }
  return "";
}
