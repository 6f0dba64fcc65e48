import type { Layer } from "./compositor.ts";

/** So many frames a layer stays the same before it is painted into a picture that is kept. */
export const STEADY_FRAMES = 3;

export interface Run {
  readonly first: number;
  /** Exclusive. */
  readonly end: number;
}

/**
 * Neighbours that stand still are painted once, as one picture, and only copied in each frame. What blends with
 * the layers below it can be baked only together with all of them.
 */
export function bakeRuns(layers: readonly Layer[], steady: (layer: Layer) => boolean): Run[] {
  const runs: Run[] = [];
  let first: number | undefined;
  const end = (at: number) => {
    if (first !== undefined) runs.push({ first, end: at });
    first = undefined;
  };
  layers.forEach((layer, at) => {
    const fits = steady(layer) && (layer.transform.blend === "normal" || first === 0 || at === 0);
    if (!fits) end(at);
    else first ??= at;
  });
  end(layers.length);
  return runs.filter((run) => run.end - run.first > 1 || worthBaking(layers[run.first]));
}

/** A picture that is drawn dot by dot costs no more than its copy would. */
function worthBaking(layer: Layer | undefined): boolean {
  if (layer === undefined) return false;
  const { size } = layer.content;
  const { width, height, rotationDeg, opacity } = layer.transform;
  return size?.width !== width || size.height !== height || rotationDeg !== 0 || opacity < 1;
}
