import { fileUrl } from "../../../contract/engine-bridge.ts";
import type { Filter } from "../../../model/document.ts";
import { readImage } from "../sources/image-source.ts";
import { clearCanvas } from "../sources/picture-source.ts";
import { chromaKey, type PixelStage } from "./chroma-key.ts";
import { lutStage, parseCube } from "./cube-lut.ts";

/** What is done to a picture, one after another. Neighbours that Skia can do by itself are one drawing. */
export type Stage =
  | { readonly kind: "css"; readonly filter: string }
  | { readonly kind: "pixels"; readonly apply: PixelStage }
  | { readonly kind: "mask"; readonly picture: OffscreenCanvas };

/** The stages of the filters that are on; those whose file is not there are left out. */
export async function filterStages(filters: readonly Filter[]): Promise<Stage[]> {
  const stages = await Promise.all(filters.filter(({ enabled }) => enabled).map(stageOf));
  const joined: Stage[] = [];
  for (const stage of stages) {
    const last = joined.at(-1);
    if (stage === undefined) continue;
    if (stage.kind === "css" && last?.kind === "css")
      joined[joined.length - 1] = { kind: "css", filter: `${last.filter} ${stage.filter}` };
    else joined.push(stage);
  }
  return joined;
}

async function stageOf(filter: Filter): Promise<Stage | undefined> {
  switch (filter.kind) {
    case "chroma-key":
      return { kind: "pixels", apply: chromaKey(filter) };
    case "colour": {
      const { brightness, contrast, saturation, hueDeg } = filter;
      const css = `brightness(${1 + brightness}) contrast(${1 + contrast}) saturate(${1 + saturation}) hue-rotate(${hueDeg}deg)`;
      return { kind: "css", filter: css };
    }
    case "blur":
      return filter.radiusPx === 0 ? undefined : { kind: "css", filter: `blur(${filter.radiusPx}px)` };
    case "mask": {
      const image = await readImage(filter.path);
      return typeof image === "string" ? undefined : { kind: "mask", picture: maskOf(image) };
    }
    case "lut": {
      const answer = await fetch(fileUrl(filter.path)).catch(() => undefined);
      const lut = answer?.ok === true ? parseCube(await answer.text()) : undefined;
      return lut === undefined ? undefined : { kind: "pixels", apply: lutStage(lut, filter.amount) };
    }
  }
}

/** White shows and black hides; what is see-through in the file hides too. */
function maskOf(image: ImageBitmap): OffscreenCanvas {
  const { width, height } = image;
  const context = clearCanvas({ width, height });
  context.drawImage(image, 0, 0);
  image.close();
  const pixels = context.getImageData(0, 0, width, height);
  const { data } = pixels;
  for (let at = 0; at < data.length; at += 4) {
    const luma = (54 * (data[at] ?? 0) + 183 * (data[at + 1] ?? 0) + 19 * (data[at + 2] ?? 0)) >> 8;
    data[at + 3] = (luma * (data[at + 3] ?? 0)) / 255;
  }
  context.putImageData(pixels, 0, 0);
  return context.canvas;
}
