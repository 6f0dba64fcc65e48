import { FramePixels } from "./frame-pixels.ts";
import { clearCanvas, opaqueCanvas, type Size } from "./picture-source.ts";

export interface Plate {
  readonly name: string;
  readonly at: "left" | "centre";
}

/** A guest's frames in the shape of their source, whole, with their name on them where it is wanted. */
export class GuestPaint {
  readonly #pixels = new FramePixels();
  #canvas: OffscreenCanvasRenderingContext2D | undefined;
  #plate: { readonly key: string; readonly picture: OffscreenCanvas } | undefined;

  /** @param version of the frame, never the same for two of them */
  paint(frame: VideoFrame, version: number, shape: Size, plate: Plate | undefined): OffscreenCanvas {
    const { displayWidth, displayHeight } = frame;
    const size = around({ width: displayWidth, height: displayHeight }, shape);
    const paint = this.#sized(size);
    const { width, height } = size;
    if (width !== displayWidth || height !== displayHeight) {
      paint.fillStyle = "#000000";
      paint.fillRect(0, 0, width, height);
    }
    const picture = this.#pixels.of(frame, version, { width: displayWidth, height: displayHeight });
    const [left, top] = [(width - displayWidth) / 2, (height - displayHeight) / 2];
    paint.drawImage(picture, Math.round(left), Math.round(top), displayWidth, displayHeight);
    if (plate !== undefined && plate.name !== "") this.#put(paint, plate, size);
    return paint.canvas;
  }

  #sized({ width, height }: Size): OffscreenCanvasRenderingContext2D {
    const { canvas } = this.#canvas ?? {};
    if (this.#canvas === undefined || canvas?.width !== width || canvas.height !== height)
      this.#canvas = opaqueCanvas({ width, height });
    return this.#canvas;
  }

  #put(paint: OffscreenCanvasRenderingContext2D, { name, at }: Plate, size: Size): void {
    const key = `${name} ${size.width} ${size.height}`;
    if (this.#plate?.key !== key) this.#plate = { key, picture: plateOf(name, size) };
    const { picture } = this.#plate;
    const margin = Math.round(size.height * 0.05);
    const left = at === "left" ? margin : (size.width - picture.width) / 2;
    paint.drawImage(picture, Math.round(left), size.height - margin - picture.height);
  }
}

/** The smallest size of that shape that holds all of a picture. */
export function around({ width, height }: Size, shape: Size): Size {
  const wide = width * shape.height - height * shape.width;
  // A pixel more or less is no bar at the edge.
  if (Math.abs(wide) <= 2 * Math.max(shape.width, shape.height)) return { width, height };
  return wide > 0
    ? { width, height: Math.round((width * shape.height) / shape.width) }
    : { width: Math.round((height * shape.width) / shape.height), height };
}

function plateOf(name: string, size: Size): OffscreenCanvas {
  const letters = Math.max(12, Math.round(size.height * 0.06));
  const font = `600 ${letters}px "Inter Variable", sans-serif`;
  const ruler = clearCanvas({ width: 1, height: 1 });
  ruler.font = font;
  const most = size.width * 0.8;
  const width = Math.ceil(Math.min(most, ruler.measureText(name).width) + letters * 1.3);
  const height = Math.ceil(letters * 1.8);
  const paint = clearCanvas({ width, height });
  paint.fillStyle = "#171412d9";
  paint.beginPath();
  paint.roundRect(0, 0, width, height, letters * 0.35);
  paint.fill();
  paint.fillStyle = "#ffffff";
  paint.font = font;
  paint.textAlign = "center";
  paint.textBaseline = "middle";
  paint.fillText(name, width / 2, height * 0.53, most);
  return paint.canvas;
}
