import type { Transform } from "../../../model/document.ts";
import type { Size } from "../sources/picture-source.ts";

/** From the unit square (0, 0 is the picture's top left) to clip space, where y points up. Column-major. */
export function placeOf(
  { x, y, width, height, rotationDeg, flipX, flipY }: Transform,
  canvas: Size,
): Float32Array {
  const turn = (rotationDeg * Math.PI) / 180;
  const [sin, cos] = [Math.sin(turn), Math.cos(turn)];
  const [wide, tall] = [flipX ? -width : width, flipY ? -height : height];
  const [toX, toY] = [2 / canvas.width, -2 / canvas.height];
  const left = x - (cos * wide - sin * tall) / 2;
  const top = y - (sin * wide + cos * tall) / 2;
  return Float32Array.of(
    ...[cos * wide * toX, sin * wide * toY, 0],
    ...[-sin * tall * toX, cos * tall * toY, 0],
    ...[left * toX - 1, top * toY + 1, 1],
  );
}
